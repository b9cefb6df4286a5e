// A plan is kept whole, in the history of its operation and in the store; one that is too large for that is refused.
import { boundedRefusal } from '../../engine/change/bounded.ts'
import { jsonBytes } from '../../model/bytes.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Proposal } from '../prepare/propose.ts'

/** What else is kept with a plan has a good part of AWS's 262,144 bytes besides. */
const MOST_BYTES = 230_000

/** What a step may give back. */
export const keepable = (proposed: Proposal | Refusal): Proposal | Refusal => {
  if (isRefusal(proposed)) return boundedRefusal(proposed)
  const bytes = jsonBytes(proposed)
  if (bytes <= MOST_BYTES) return proposed
  return refuse(
    `That is too much for one plan, and nothing was changed: it has ${bytes.toLocaleString('en')} bytes, and ${MOST_BYTES.toLocaleString('en')} can be kept.`,
    'Ask for it in parts, such as in one task at a time.',
  )
}
