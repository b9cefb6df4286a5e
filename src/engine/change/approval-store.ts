// Applies one event to a stored approval with a conditional write, which is retried after a conflict.

import type { Store } from '../../model/ports/store.ts'
import { type Approval, type ApprovalEvent, type Transition, transition } from './approval.ts'
import { approvalKey } from './records.ts'

/** The maximum number of tries: far more than the conflicts that two dozen simultaneous clicks cause. */
const MOST_TRIES = 40

/**
 * Applies an event. `event`: receives the stored approval; called again after a conflict. `beforeSettling`: runs before
 * the write of a decision, for example to arm a timer. Throws after 40 conflicting writes.
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
  throw new Error(`could not update approval ${operation}: ${MOST_TRIES} conflicting writes`)
}
