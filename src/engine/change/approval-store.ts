// The stored approval: applies one event by a conditional write, and tries again after a conflict.

import type { Store } from '../../model/ports/store.ts'
import { type Approval, type ApprovalEvent, type Transition, transition } from './approval.ts'
import { approvalKey } from './records.ts'

/** Two dozen people clicking at once each lose a write or two; none loses this often. */
const MOST_TRIES = 40

/**
 * Applies one event to the stored approval: read, decide, write if nobody else wrote meanwhile; again if they did.
 * `beforeSettling`: what has to be there before the write that would settle it.
 */
export const applyEvent = async (
  store: Store,
  operation: string,
  event: (approval: Approval) => ApprovalEvent,
  beforeSettling: () => Promise<void> = async () => {},
): Promise<Transition | 'unknown-operation'> => {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const item = await store.get<Approval>(approvalKey(operation))
    if (item === undefined) return 'unknown-operation'
    const result = transition(item.value, event(item.value))
    if (result.kind !== 'changed') return result
    if (result.approval.decision !== undefined) await beforeSettling()
    if (await store.replace(item.key, result.approval, item.version)) return result
  }
  throw new Error(`the approval of ${operation} never stood still`)
}
