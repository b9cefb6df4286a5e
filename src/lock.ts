// One change at a time for each service: a lock in the store, with an end, so that no dead function holds it for ever.
import type { Store } from './gateways/store.ts'
import type { OperationJob } from './job.ts'
import { plain } from './messages/markup.ts'
import type { Plan } from './plan.ts'
import { type Lock, lockKey } from './records.ts'

/** Longer than the longest settling that a scale allows (10 min + 5,000 tasks at 500 a minute), with room to spare. */
const SECONDS = 3_600

export type Locked = { readonly kind: 'ours' } | { readonly kind: 'held'; readonly lock: Lock }

/** Repeatable: the operation that holds it gets it again. */
export const lock = async (store: Store, { id, actor }: OperationJob, plan: Plan, now: string): Promise<Locked> => {
  const key = lockKey(plan.target.arn)
  const ours: Lock = { operation: id, holder: actor, what: plain(plan.title) }
  if (await store.create(key, ours, Math.floor(Date.parse(now) / 1000) + SECONDS)) return { kind: 'ours' }
  const held = await store.get<Lock>(key)
  if (held === undefined) return lock(store, { id, actor } as OperationJob, plan, now)
  return held.value.operation === id ? { kind: 'ours' } : { kind: 'held', lock: held.value }
}

/** Takes away our own lock and no other. */
export const unlock = async (store: Store, { id }: OperationJob, plan: Plan): Promise<null> => {
  const held = await store.get<Lock>(lockKey(plan.target.arn))
  if (held?.value.operation === id) await store.remove(held.key, held.version)
  return null
}
