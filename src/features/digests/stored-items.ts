// Pure: the items of a digest that Quarterdeck's own store tells: requests, temporary changes, emergencies and deployments.

import type { AuditRecord } from '../../engine/audit/audit.ts'
import { withoutAnswer } from '../../engine/cards/asking.ts'
import { OPEN_CARD } from '../../engine/cards/card.ts'
import { operationIn, type Pending } from '../../engine/change/open-request.ts'
import { eachTarget } from '../../engine/change/plan.ts'
import { type Lease, type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { offersOf } from '../../engine/leases/offers.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { type Button, timeMark } from '../../kit/messages/markup.ts'
import { codeText, plainName, shortName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Item } from '../../model/ports/store.ts'
import type { ServiceState } from '../status/service-health.ts'
import type { DigestItem } from './item.ts'

type Covers = (ref: ServiceRef) => boolean

/** Opens the card of an operation as a dialog, for its reader. */
const openButton = (operation: string, { service }: Pick<ServiceRef, 'service'>): Button => ({
  label: `Open ${shortName(service)}`,
  action: OPEN_CARD,
  value: operation,
})

/** Runs a line as the person who clicks: a change asks for its plan. */
export const runButton = (what: string, { service }: Pick<ServiceRef, 'service'>, invocation: string): Button => ({
  label: `${what} ${shortName(service)}`,
  action: 'run',
  value: invocation,
})

/** Minutes since 1970: the earliest comes first. */
const rankOf = (at: string): number => Math.floor(Date.parse(at) / 60_000)

/** Gates come first: ECS acts without an answer. */
export const waitingItems = (pending: readonly Item<Pending>[], covers: Covers, now: string): readonly DigestItem[] =>
  pending
    .filter(
      ({ value: { expiresAt, ...request } }) => expiresAt > now && eachTarget(request).some(one => covers(one.target)),
    )
    .map(({ key, value: { title, requester, target, expiresAt, gate } }) => {
      const operation = operationIn(key)
      const what =
        gate === undefined
          ? `requested by ${plainName(requester.name)}, expires ${timeMark(expiresAt)}`
          : `a gate. ${withoutAnswer(gate)}`
      return {
        topic: 'waiting',
        id: `waiting ${operation}`,
        facts: expiresAt,
        line: `*${plainName(title)}*, ${what}`,
        rank: gate === undefined ? rankOf(expiresAt) : rankOf(expiresAt) / 1_000,
        buttons: [openButton(operation, target)],
      }
    })

export const leaseItems = (books: readonly LeaseBook[], covers: Covers): readonly DigestItem[] =>
  books.filter(({ target }) => covers(target)).flatMap(book => leasesOf(book).map(lease => leaseItem(book, lease)))

const leaseItem = (book: LeaseBook, lease: Lease): DigestItem => {
  const { target } = book
  const { operation, left, lost, until } = lease
  const line = `*${fullName(target)}*: ${leaseLine({ ...lease, holder: { ...lease.holder, name: plainName(lease.holder.name) } })}`
  if (left === undefined && lost === undefined)
    return {
      ...{ topic: 'temporary', id: `lease ${operation}`, facts: until, line, rank: rankOf(until) },
      buttons: [openButton(operation, target)],
    }
  return {
    topic: 'left-overs',
    id: `left ${operation}`,
    facts: left?.found ?? lost ?? '',
    line,
    rank: rankOf(until),
    buttons: offersOf(book, lease).map(({ label, invocation }) => runButton(label, target, invocation)),
  }
}

/** The records of an account, newest first. */
type Audit = { readonly records: readonly AuditRecord[]; readonly refOf: (arn: string) => ServiceRef | undefined }

/** Changes without an approval: one item an operation. */
export const emergencyItems = ({ records, refOf }: Audit, covers: Covers): readonly DigestItem[] => {
  const ends = new Map(records.flatMap(one => (one.kind === 'outcome' ? [[one.operation, one.outcome] as const] : [])))
  const begun = records.filter(({ kind, isBreakGlass }) => kind === 'intent' && isBreakGlass === true)
  return begun.flatMap(({ operation, actor, invocation, target, at }): readonly DigestItem[] => {
    const ref = refOf(target)
    if (ref === undefined || !covers(ref)) return []
    const end = ends.get(operation) ?? 'running'
    return [
      {
        ...{ topic: 'emergencies', id: `emergency ${operation}`, facts: end, rank: -rankOf(at) },
        line: `*${fullName(ref)}*: ${plainName(actor.name)} ran ${commandText(invocation)} without approval, ${timeMark(at)}: ${end}`,
        buttons: [openButton(operation, ref)],
      },
    ]
  })
}

/** The command of a line without its reason, and without what it runs in a container. */
const commandText = (invocation: string): string =>
  codeText(invocation.replace(/ --reason (?:"(?:[^"\\]|\\.)*"|\S+)/s, '').replace(/ --(?: .*)?$/s, ''), 80)

/** Deployments and rollbacks that Quarterdeck made. */
export const deployedItems = ({ records, refOf }: Audit, covers: Covers): readonly DigestItem[] =>
  records
    .filter(({ kind, invocation }) => kind === 'outcome' && /^(?:deploy|rollback) /.test(invocation))
    .flatMap(({ operation, actor, invocation, target, at, outcome = '' }): readonly DigestItem[] => {
      const ref = refOf(target)
      if (ref === undefined || !covers(ref) || !/^(?:done|failed|unknown|reverted)$/.test(outcome)) return []
      return [
        {
          ...{ topic: 'deployments', id: `deployed ${operation}`, facts: outcome },
          rank: (outcome === 'done' ? 0 : -1e9) - rankOf(at),
          line: `*${fullName(ref)}*: ${commandText(invocation)} by ${plainName(actor.name)}, ${timeMark(at)}: ${outcome}`,
          buttons: [openButton(operation, ref)],
        },
      ]
    })

/** The services whose last event is a failed deployment. `since`: ISO 8601. */
export const failedItems = (
  states: readonly (readonly [ServiceRef, ServiceState])[],
  since: string,
): readonly DigestItem[] =>
  states
    .filter(([, { kind, at }]) => kind === 'failed' && at >= since)
    .map(([ref, { at, why }]) => ({
      ...{ topic: 'deployments', id: `failed ${ref.arn}`, facts: at, rank: -2e9 - rankOf(at) },
      line: `*${fullName(ref)}*: ${plainName(why)}, ${timeMark(at)}`,
      buttons: [runButton('Deployments', ref, `deployments ${fullName(ref)}`)],
    }))
