// Renders the daily digest: first what a person must decide, then what ends automatically.

import type { Pending } from '../../engine/change/open-request.ts'
import type { Lease, LeaseBook } from '../../engine/leases/book.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { context, cut, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { timeText } from '../../model/scaling-words.ts'

type LeaseEntry = { readonly book: LeaseBook; readonly lease: Lease }

const MAX_LINES = 15

export const renderDigest = (leases: readonly LeaseEntry[], waiting: readonly Pending[]): Rendered => {
  const byEnd = (one: LeaseEntry, other: LeaseEntry) => (one.lease.until < other.lease.until ? -1 : 1)
  const undecided = leases.filter(({ lease }) => !isRunning(lease)).toSorted(byEnd)
  const running = leases.filter(({ lease }) => isRunning(lease)).toSorted(byEnd)
  const parts = [
    part('Not reverted: a decision is needed', undecided.map(leasedLine)),
    part('Awaiting approval', waiting.map(pendingLine)),
    part('Temporary changes', running.map(leasedLine)),
  ].flat()
  return {
    text: cut(plain(parts.flatMap(({ head, lines }) => [head, ...lines.map(line => `• ${line}`)]).join('\n')), 3_000),
    blocks: [
      richText(...parts.flatMap(({ head, lines }) => [section(`*${head}*\n`), list(lines)])),
      context('Decide with /ecs leases'),
    ],
  }
}

const isRunning = ({ left, lost }: Lease): boolean => left === undefined && lost === undefined

const leasedLine = ({ book, lease }: LeaseEntry): string => `*${fullName(book.target)}*: ${leaseLine(lease)}`

const pendingLine = ({ title, requester, expiresAt }: Pending): string =>
  `${title}, requested by ${requester.name}, expires ${timeText(expiresAt)}`

const part = (head: string, all: readonly string[]) => {
  if (all.length === 0) return []
  const more = all.length > MAX_LINES ? [`and ${all.length - MAX_LINES} more`] : []
  return [{ head, lines: [...all.slice(0, MAX_LINES), ...more] }]
}
