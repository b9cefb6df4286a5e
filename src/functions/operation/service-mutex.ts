// Allows only one change of a service, or of the providers of a cluster, at a time, with a lock in the store. The lock expires, in case its operation
// dies.

import type { Plan } from '../../engine/change/plan.ts'
import { lockKey, type ServiceActivity, type ServiceMutex } from '../../engine/change/records.ts'
import { clusterArn } from '../../features/capacity/capacity-calls.ts'
import { withoutMarkup } from '../../kit/messages/markup.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'

/** The time after which a lock that is not renewed expires: 12 times the longest poll interval. */
const LOCK_SECONDS = 3_600

/** The result of locking. `from`: the change that was interrupted. */
export type Locked =
  | { readonly kind: 'ours'; readonly from?: ServiceActivity }
  | { readonly kind: 'held'; readonly lock: ServiceMutex }

/**
 * A rollback, and a change that breaks glass, do not wait for the running change, which detects it before its next call
 * or poll.
 */
export const isUrgent = (
  { command }: Pick<Plan, 'command'>,
  { isBreakGlass }: { readonly isBreakGlass?: boolean },
): boolean => command === 'rollback' || isBreakGlass === true

/** A change of a cluster locks the cluster, not its services: it moves none of their tasks. */
const keyOf = ({ target, isOfCluster }: Plan) => lockKey(isOfCluster === true ? clusterArn(target) : target.arn)

/**
 * Locks the service. Idempotent: an operation that already has the lock gets it again. `takesOver`: also the lock of a running
 * change, once this one may run: a request that is out of date stops no other change.
 */
export const lock = async (
  store: Store,
  { id, actor }: Pick<OperationJob, 'id' | 'actor'>,
  plan: Plan,
  now: string,
  takesOver = false,
): Promise<Locked> => {
  const key = keyOf(plan)
  const until = Math.floor(Date.parse(now) / 1000) + LOCK_SECONDS
  const ours: ServiceMutex = { operation: id, holder: actor, what: withoutMarkup(plan.title), until }
  if (await store.create(key, ours, until)) return { kind: 'ours' }
  const item = await store.get<ServiceMutex>(key)
  if (item === undefined) return lock(store, { id, actor }, plan, now, takesOver)
  const { operation, holder, what, from } = item.value
  if (operation === id) return { kind: 'ours', ...(from !== undefined && { from }) }
  if (!takesOver) return { kind: 'held', lock: item.value }
  const taken = { holder, what }
  if (await store.replace(key, { ...ours, from: taken }, item.version, until)) return { kind: 'ours', from: taken }
  return lock(store, { id, actor }, plan, now, takesOver)
}

/** Who has the lock. `lost`: nobody; the lock has expired, or another change took it and has released it. */
export type LockState = { readonly kind: 'ours' | 'lost' } | { readonly kind: 'taken'; readonly lock: ServiceMutex }

/** Checks and renews the lock. Called before each call and at each poll. */
export const renewLock = async (store: Store, { id }: OperationJob, plan: Plan, now: string): Promise<LockState> => {
  const item = await store.get<ServiceMutex>(keyOf(plan))
  if (item === undefined) return { kind: 'lost' }
  const { key, value, version } = item
  if (value.operation !== id) return { kind: 'taken', lock: value }
  const seconds = Math.floor(Date.parse(now) / 1000)
  const until = seconds + LOCK_SECONDS
  if ((value.until ?? 0) - seconds < LOCK_SECONDS / 2) await store.replace(key, { ...value, until }, version, until)
  return { kind: 'ours' }
}

/** Removes the lock if this operation has it. */
export const unlock = async (store: Store, { id }: OperationJob, plan: Plan): Promise<null> => {
  const item = await store.get<ServiceMutex>(keyOf(plan))
  if (item?.value.operation === id) await store.remove(item.key, item.version)
  return null
}
