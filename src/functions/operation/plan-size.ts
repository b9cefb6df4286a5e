// Refuses a plan that is too large for the durable history and the store.
import { boundedRefusal } from '../../engine/change/bounded.ts'
import { jsonBytes } from '../../model/bytes.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Proposal } from '../prepare/proposal.ts'

/** The maximum size of a plan in bytes. The rest of AWS's limit of 262,144 bytes is for the other data. */
const MAX_BYTES = 230_000

/** Returns the proposal if the result of a durable step can contain it, else a refusal. */
export const limitPlanSize = (proposed: Proposal | Refusal): Proposal | Refusal => {
  if (isRefusal(proposed)) return boundedRefusal(proposed)
  const bytes = jsonBytes(proposed)
  if (bytes <= MAX_BYTES) return proposed
  return refuse(
    `The plan is too large; nothing was changed. It has ${bytes.toLocaleString('en')} bytes; the maximum is ${MAX_BYTES.toLocaleString('en')}.`,
    'Split the request, for example one task at a time.',
  )
}
