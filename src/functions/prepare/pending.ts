// Other activity on the service of a plan: temporary changes and open requests. They do not lock the service, so every
// new plan shows them.
import type { Approval } from '../../engine/change/approval.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { leasesOnService } from '../../engine/leases/origin.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import type { Who } from '../../engine/rules/config.ts'
import { withoutMarkup } from '../../kit/messages/markup.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key, Store } from '../../model/ports/store.ts'

/** An open request: the data that others see, and who may vote. */
export type Pending = {
  readonly title: string
  readonly requester: Actor
  readonly target: ServiceRef
  readonly role?: 'deployer' | 'exec'
  readonly approvers: Who
  readonly maySelfApprove: boolean
  readonly expiresAt: string
  /** The address of the card; absent until it is posted. */
  readonly posted?: Posted
}

/** The partition key of all open requests. They share one partition because every App Home reads all of them. */
export const PENDING = 'pending'
const pendingOf = (serviceArn: string): string => `${serviceArn}#`
export const pendingKey = (serviceArn: string, operation: string): Key => ({
  pk: PENDING,
  sk: `${pendingOf(serviceArn)}${operation}`,
})

export const pendingFrom = (
  { title, target, role }: Plan,
  { requester, approvers, maySelfApprove, expiresAt }: Approval,
): Pending => ({
  title: withoutMarkup(title),
  requester,
  target,
  ...(role !== undefined && { role }),
  approvers,
  maySelfApprove,
  expiresAt,
})

/** Adds the address of the card. Without it, an App Home shows no link. */
export const showPending = async (store: Pick<Store, 'get' | 'replace'>, key: Key, posted: Posted): Promise<void> => {
  const pending = await store.get<Pending>(key)
  if (pending !== undefined) await store.replace(key, { ...pending.value, posted }, pending.version)
}

const MAX_SHOWN = 5

/** The other activity on a service, one sentence each. `operation`: the operation to leave out. */
export const otherActivityOn = async (
  { target, command, binds }: Plan,
  operation: string,
  store: Pick<Store, 'get' | 'list'>,
): Promise<readonly string[]> => {
  const [book, pending] = await Promise.all([
    command.startsWith('lease ') ? undefined : store.get<LeaseBook>(bookKey(target.arn)),
    store.list<Pending>(PENDING, { prefix: pendingOf(target.arn), limit: MAX_SHOWN }),
  ])
  const createdAt = binds['createdAt']
  const ours = book && (typeof createdAt === 'string' ? leasesOnService(book.value, createdAt) : book.value)
  const leases = ours === undefined ? [] : leasesOf(ours).filter(lease => lease.operation !== operation)
  return [
    ...leases.slice(0, MAX_SHOWN).map(lease => `Temporary change on this service: ${leaseLine(lease)}.`),
    ...pending
      .filter(({ key }) => !key.sk.endsWith(`#${operation}`))
      .map(
        ({ value }) =>
          `Also awaiting approval on this service: “${value.title}”, requested by ${value.requester.name}.`,
      ),
  ]
}
