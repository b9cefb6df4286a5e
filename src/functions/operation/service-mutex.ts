// One change at a time for each service: a lock in the store, with an end, so that no dead function holds it for ever.

import type { Plan } from '../../engine/change/plan.ts'
import { lockKey, type ServiceMutex, type Under } from '../../engine/change/records.ts'
import { unmarked } from '../../kit/messages/markup.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'

/** Of a lock that is not renewed: many times longer than the five minutes between two looks of a long watch. */
const SECONDS = 3_600

/** `from`: who was under way, and gives way. */
export type Locked =
  | { readonly kind: 'ours'; readonly from?: Under }
  | { readonly kind: 'held'; readonly lock: ServiceMutex }

/** Going back is urgent: it does not wait until what is under way has settled, which notices before its next call and look. */
const isUrgent = ({ command }: Plan): boolean => command === 'rollback'

/** Repeatable: the operation that holds it gets it again. */
export const lock = async (store: Store, { id, actor }: OperationJob, plan: Plan, now: string): Promise<Locked> => {
  const key = lockKey(plan.target.arn)
  const until = Math.floor(Date.parse(now) / 1000) + SECONDS
  const ours: ServiceMutex = { operation: id, holder: actor, what: unmarked(plan.title), until }
  if (await store.create(key, ours, until)) return { kind: 'ours' }
  const held = await store.get<ServiceMutex>(key)
  if (held === undefined) return lock(store, { id, actor } as OperationJob, plan, now)
  const { operation, holder, what, from } = held.value
  if (operation === id) return { kind: 'ours', ...(from !== undefined && { from }) }
  if (!isUrgent(plan)) return { kind: 'held', lock: held.value }
  const taken = { holder, what }
  if (await store.replace(key, { ...ours, from: taken }, held.version, until)) return { kind: 'ours', from: taken }
  return lock(store, { id, actor } as OperationJob, plan, now)
}

/** `lost`: ours ran out, or who took the service over has left it again. */
export type Held = { readonly kind: 'ours' | 'lost' } | { readonly kind: 'taken'; readonly lock: ServiceMutex }

/** Before each call and at each look: is the lock still ours? It is renewed in time, so that it outlasts any watch. */
export const holdOn = async (store: Store, { id }: OperationJob, plan: Plan, now: string): Promise<Held> => {
  const held = await store.get<ServiceMutex>(lockKey(plan.target.arn))
  if (held === undefined) return { kind: 'lost' }
  const { key, value, version } = held
  if (value.operation !== id) return { kind: 'taken', lock: value }
  const seconds = Math.floor(Date.parse(now) / 1000)
  const until = seconds + SECONDS
  if ((value.until ?? 0) - seconds < SECONDS / 2) await store.replace(key, { ...value, until }, version, until)
  return { kind: 'ours' }
}

/** Takes away our own lock and no other. */
export const unlock = async (store: Store, { id }: OperationJob, plan: Plan): Promise<null> => {
  const held = await store.get<ServiceMutex>(lockKey(plan.target.arn))
  if (held?.value.operation === id) await store.remove(held.key, held.version)
  return null
}
