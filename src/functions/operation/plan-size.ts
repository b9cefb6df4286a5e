// Refuses a plan that is too large for the durable history and the store.
import { boundedRefusal } from '../../engine/change/bounded.ts'
import { jsonBytes } from '../../model/bytes.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Proposal } from '../prepare/propose.ts'

/** Leaves room for the other data in AWS's limit of 262,144 bytes. */
const MOST_BYTES = 230_000

/** Returns the proposal if a step's result can hold it, else a refusal. */
export const keepable = (proposed: Proposal | Refusal): Proposal | Refusal => {
  if (isRefusal(proposed)) return boundedRefusal(proposed)
  const bytes = jsonBytes(proposed)
  if (bytes <= MOST_BYTES) return proposed
  return refuse(
    `That is too much for one plan, and nothing was changed: it has ${bytes.toLocaleString('en')} bytes, and ${MOST_BYTES.toLocaleString('en')} can be kept.`,
    'Ask for it in parts, such as in one task at a time.',
  )
}
