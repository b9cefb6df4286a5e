// Lists temporary changes: the value, when it ends, and the value that is then restored.

import { fullName } from '../../kit/language/target.ts'
import {
  type Button,
  buttons,
  context,
  cut,
  list,
  plain,
  richText,
  section,
  timeMark,
} from '../../kit/messages/markup.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { type Lease, type LeaseBook, leasesOf } from './book.ts'
import type { Holding, Value } from './holding.ts'
import { offersOf } from './offers.ts'
import { baselineOf, otherLeases } from './origin.ts'

export const holdingText = (holding: Holding): string => {
  switch (holding.kind) {
    case 'floor':
      return `a minimum of ${holding.min}`
    case 'count':
      return `${holding.tasks} tasks`
    case 'suspension':
      return `${suspendedNames(holding)} suspended`
  }
}

const valueText = (value: Value): string => {
  if ('max' in value) return `minimum and maximum ${boundsText(value)}`
  return 'tasks' in value ? `${value.tasks} tasks` : `${suspendedNames(value) || 'nothing'} suspended`
}

export const leaseLine = ({ holding, holder, until, left, lost }: Lease): string => {
  const line = `${holdingText(holding)} until ${timeMark(until)}, by ${holder.name}`
  if (left !== undefined) return `${line}; not reverted: someone else changed it to ${left.found}`
  return lost === undefined ? line : `${line}; its operation is dead, so it is *not reverted automatically*`
}

/** The answer of `/ecs leases`. The lease that ends first comes first. */
export const renderLeases = (books: readonly LeaseBook[]): Rendered => {
  const all = books
    .flatMap(book => leasesOf(book).map(lease => ({ book, lease })))
    .toSorted((a, b) => (a.lease.until < b.lease.until ? -1 : 1))
  const head = all.length === 0 ? 'There are no temporary changes.' : '*Temporary changes*, the next to end first'
  const shown = all.slice(0, MOST)
  return {
    text: cut(
      plain([head, ...all.map(({ book, lease }) => `${fullName(book.target)}: ${leaseLine(lease)}`)].join('\n')),
      3_000,
    ),
    blocks: [
      richText(section(head)),
      ...shown.flatMap(({ book, lease }) => [
        richText(section(`*${fullName(book.target)}*\n`), list([leaseLine(lease), ...endText(book, lease)])),
        lease.left === undefined && lease.lost === undefined ? leaseButtons(book, lease) : endingButtons(book, lease),
      ]),
      ...(all.length > MOST ? [context(`and ${all.length - MOST} more`)] : []),
    ],
  }
}

/** The maximum number of leases in a message, which can have 50 blocks. */
const MOST = 20

const endText = (book: LeaseBook, lease: Lease): readonly string[] => {
  const baseline = baselineOf(book, lease)
  const others = otherLeases(book, lease)
  if (lease.left !== undefined) return []
  if (baseline === undefined) return ['The service was deleted and recreated: nothing is reverted']
  if (lease.lost !== undefined) return [`Before it: ${valueText(baseline)}`]
  return [
    others.length === 0
      ? `Then reverts to ${valueText(baseline)}`
      : `Then continues: ${others.map(other => holdingText(other.holding)).join(', ')}; the last to end reverts to ${valueText(baseline)}`,
  ]
}

/** The buttons of a running lease. Revert Now takes effect at once; the other two each start a plan. */
export const leaseButtons = (
  { target }: Pick<LeaseBook, 'target'>,
  { operation }: Lease,
  more: readonly Button[] = [],
) => {
  const name = fullName(target)
  const id = operation.slice(0, 12)
  return buttons(`lease:${operation}`, [
    { label: 'Revert Now', action: 'decide:revert', value: operation, confirm: REVERTING },
    { label: 'Extend By 1 Hour', action: 'run:extend', value: `lease extend ${name} 1h --lease ${id}` },
    { label: 'Keep', action: 'run:keep', value: `lease keep ${name} --lease ${id}` },
    ...more,
  ])
}

/** Slack asks once before it sends the click. */
const REVERTING: JsonObject = {
  title: { type: 'plain_text', text: 'Revert now?' },
  text: { type: 'plain_text', text: 'The temporary change ends at once. The card says who reverted it.' },
  confirm: { type: 'plain_text', text: 'Revert Now' },
  deny: { type: 'plain_text', text: 'Back' },
}

/** The buttons of a lease that does not end automatically. */
const endingButtons = (book: LeaseBook, lease: Lease) =>
  buttons(
    `lease:${lease.operation}`,
    offersOf(book, lease).map(({ label, invocation }, at) => ({ label, action: `run:${at}`, value: invocation })),
  )
