// Other activity on the service of a plan: temporary changes and open requests. They do not lock the service, so every
// new plan shows them.
import type { Approval } from '../../engine/change/approval.ts'
import { operationIn, PENDING, type Pending } from '../../engine/change/open-request.ts'
import { approvedVersion, eachTarget, type Plan } from '../../engine/change/plan.ts'
import { approvalKey, finalCardKey } from '../../engine/change/records.ts'
import { type Lease, type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { leasesOnService } from '../../engine/leases/origin.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { withoutMarkup } from '../../kit/messages/markup.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key, Store } from '../../model/ports/store.ts'

const pendingOf = (serviceArn: string): string => `${serviceArn}#`
export const pendingKey = (serviceArn: string, operation: string): Key => ({
  pk: PENDING,
  sk: `${pendingOf(serviceArn)}${operation}`,
})

export const pendingFrom = (plan: Plan, { requester, approvers, maySelfApprove, expiresAt }: Approval): Pending => ({
  title: withoutMarkup(plan.title),
  requester,
  target: plan.target,
  ...(plan.isOfCluster === true && { isOfCluster: true }),
  ...(plan.role !== undefined && { role: plan.role }),
  ...(plan.gate !== undefined && { gate: plan.gate }),
  ...(plan.members !== undefined && { members: plan.members.map(({ ref }) => ({ ref })) }),
  ...(plan.runsCommands === true && { runsCommands: true }),
  version: approvedVersion(plan),
  approvers,
  maySelfApprove,
  expiresAt,
})

/** Adds the address of the card. Without it, an App Home shows no link. */
export const showPending = async (store: Pick<Store, 'get' | 'replace'>, key: Key, posted: Posted): Promise<void> => {
  const pending = await store.get<Pending>(key)
  if (pending === undefined) return
  await store.replace(key, { ...pending.value, posted }, pending.version, untilOf(pending.value))
}

/** An open request is stored until it expires, in epoch seconds. */
export const untilOf = ({ expiresAt }: Pick<Pending, 'expiresAt'>): number => Math.floor(Date.parse(expiresAt) / 1_000)

/** Whether people may still vote: the item of a request can outlive its vote. */
export const isOpen = async (
  operation: string,
  { expiresAt }: Pick<Pending, 'expiresAt'>,
  { store, now }: { readonly store: Pick<Store, 'get'>; readonly now: () => string },
): Promise<boolean> => {
  if (expiresAt <= now()) return false
  const [approval, final] = await Promise.all([
    store.get<Approval>(approvalKey(operation)),
    store.get(finalCardKey(operation)),
  ])
  return approval !== undefined && approval.value.decision === undefined && final === undefined
}

export const clearPending = async (
  store: Pick<Store, 'get' | 'remove'>,
  operation: string,
  serviceArn: string,
): Promise<void> => {
  const pending = await store.get(pendingKey(serviceArn, operation))
  if (pending !== undefined) await store.remove(pending.key, pending.version)
}

const MAX_SHOWN = 5

/** `sentences`: temporary changes and open requests, for the dialog. `open`: all other open requests on the services. */
export type OtherActivity = { readonly sentences: readonly string[]; readonly open: readonly OpenRequest[] }

export type OpenRequest = Pending & { readonly operation: string }

/** The other activity on the services of a plan. `operation`: the operation to leave out. `now`: ISO 8601. */
export const otherActivityOn = async (
  plan: Plan,
  operation: string,
  store: Pick<Store, 'get' | 'list'>,
  now: string,
): Promise<OtherActivity> => {
  const [leases, open] = await Promise.all([leasesOn(plan, store), openOn(plan, operation, store, now)])
  return {
    open,
    sentences: [
      ...leases
        .filter(({ lease }) => lease.operation !== operation)
        .slice(0, MAX_SHOWN)
        .map(({ on, lease }) => `Temporary change on ${on}: ${leaseLine(lease)}.`),
      ...open.slice(0, MAX_SHOWN).map(one => openText(plan, one)),
    ],
  }
}

/** `on`: the service in words. */
type LeaseOn = { readonly on: string; readonly lease: Lease }

const leasesOn = async (plan: Plan, store: Pick<Store, 'get'>): Promise<readonly LeaseOn[]> => {
  const { target, command, binds, members } = plan
  if (command.startsWith('lease ')) return []
  if (members === undefined) {
    const book = (await store.get<LeaseBook>(bookKey(target.arn)))?.value
    return ofBook(book, binds['createdAt']).map(lease => ({ on: 'this service', lease }))
  }
  const books = await Promise.all(members.map(({ ref }) => store.get<LeaseBook>(bookKey(ref.arn))))
  return members.flatMap(({ ref, binds: { createdAt } }, at) =>
    ofBook(books[at]?.value, createdAt).map(lease => ({ on: fullName(ref), lease })),
  )
}

const ofBook = (book: LeaseBook | undefined, createdAt: JsonObject[string] | undefined): readonly Lease[] =>
  book === undefined ? [] : leasesOf(typeof createdAt === 'string' ? leasesOnService(book, createdAt) : book)

const openOn = async (
  plan: Plan,
  operation: string,
  store: Pick<Store, 'list'>,
  now: string,
): Promise<readonly OpenRequest[]> => {
  const services = new Set(eachTarget(plan).map(({ target }) => target.arn))
  return (await store.list<Pending>(PENDING))
    .map(({ key, value }) => ({ ...value, operation: operationIn(key) }))
    .filter(one => one.operation !== operation && one.expiresAt > now)
    .filter(one => eachTarget(one).some(({ target }) => services.has(target.arn)))
}

/** Readers of one service, or of one set, may not view all services of another set: its title is not shown to them. */
const openText = ({ members }: Plan, { title, requester, target, members: others }: OpenRequest): string => {
  const by = `by ${requester.name}`
  if (others !== undefined)
    return `Open request on ${members === undefined ? 'this service' : 'some of these services'} and on others, ${by}.`
  return `Open request on ${members === undefined ? 'this service' : fullName(target)}: “${title}”, ${by}.`
}

/** The open requests that are the same as this plan, and that people can see. */
export const sameRequests = (plan: Plan, { open }: OtherActivity): readonly OpenRequest[] =>
  open.filter(({ version, posted }) => version === approvedVersion(plan) && posted !== undefined)
