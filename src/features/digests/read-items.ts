// The items of a digest that AWS tells: suspended autoscaling, and what services could cost less.

import { type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { suspendedNames } from '../../model/scaling-words.ts'
import { type Finding, moneyText, ranked } from '../cost/findings.ts'
import { findingsIn } from '../cost/load-findings.ts'
import type { Advice } from '../cost/reads.ts'
import type { DigestItem } from './item.ts'
import type { SuspendedService } from './reads.ts'
import { runButton } from './stored-items.ts'

/** Suspensions that no temporary change ends. `refs`: of one account and region. */
export const suspensionItems = (
  suspended: readonly SuspendedService[],
  refs: readonly ServiceRef[],
  books: ReadonlyMap<string, LeaseBook>,
): readonly DigestItem[] => {
  const byName = new Map(refs.map(ref => [`${ref.cluster}/${ref.service}`, ref]))
  return suspended.flatMap(({ cluster, service, suspended: ways }): readonly DigestItem[] => {
    const ref = byName.get(`${cluster}/${service}`)
    if (ref === undefined || isTemporary(books.get(ref.arn))) return []
    const names = suspendedNames(ways)
    return [
      {
        ...{ topic: 'suspensions', id: `suspension ${ref.arn}`, facts: names, rank: 0 },
        line: `*${fullName(ref)}*: autoscaling suspended without an end: ${names}`,
        buttons: [runButton('Resume', ref, `autoscale resume ${fullName(ref)}`)],
      },
    ]
  })
}

const isTemporary = (book: LeaseBook | undefined): boolean =>
  book !== undefined && leasesOf(book).some(({ holding }) => holding.kind === 'suspension')

/** What the services of one account and region could cost less, the greatest saving first. */
export const costItems = (
  advice: Extract<Advice, { kind: 'advice' }>,
  byArn: ReadonlyMap<string, ServiceRef>,
): readonly DigestItem[] => ranked(findingsIn(advice, byArn)).map(costItem)

/** Amounts and peaks differ each day: only another kind or size is told again. */
const costItem = ({ ref, kind, what, saving, risk, owner }: Finding): DigestItem => {
  const amount = saving?.money.amount ?? 0
  const saves = saving === undefined ? '' : `, saves about ${moneyText(saving.money)} a month`
  const owned = owner === undefined ? '' : `, owner ${plainName(owner, 30)}`
  return {
    ...{ topic: 'cost', id: `cost ${ref.arn}`, facts: kind === 'idle' ? kind : `${kind} ${what}`, rank: -amount },
    line: `*${fullName(ref)}*: ${plainName(what)}${saves}, risk: ${plainName(risk, 40)}${owned}`,
    buttons: [runButton('Cost of', ref, `cost ${fullName(ref)}`)],
    ...(saving?.money.currency === 'USD' && { saving: amount }),
  }
}
