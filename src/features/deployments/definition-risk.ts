// Pure: the risk of what another task definition gives its containers.

import type { Risk } from '../../engine/change/plan.ts'
import { withUnseen } from '../../engine/change/risk.ts'
import { type Difference, isPower, isRole } from './definition-differences.ts'
import { unmarked } from './version-changes.ts'

export const OTHER_REPOSITORY = 'It runs an image of another repository than now'

/** The risk where the task definition also differs in these settings. */
export const riskOfDifferences = (risk: Risk, differences: readonly Difference[]): Risk => {
  const powers = differences.filter(isPower).map(({ what }) => what)
  return withUnseen(
    withUnseen(risk, differences.some(isRole) ? 'Tasks start with a role that does not run now' : undefined),
    powers.length === 0 ? undefined : `It changes what containers reach and may do: ${unmarked(powers.join(', '))}`,
  )
}
