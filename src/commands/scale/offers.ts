// Other ways to make a change of the count.

import type { Plan } from '../../engine/change/plan.ts'
import { isActive } from '../../features/scaling/autoscaling.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import { fullName } from '../../kit/language/target.ts'
import { inBounds } from '../../model/scaling-words.ts'
import type { CountMode } from './wanted.ts'

/** Offers with other ways to make the change, and with a smaller first step. */
export const offersOf = (
  { service, autoscaling }: Scaling,
  wanted: number,
  { kind, minutes }: CountMode,
): Plan['offers'] => {
  const { ref, desired } = service
  const line = `scale ${fullName(ref)} ${wanted}`
  const half = Math.ceil(desired / 2)
  const isOutside = autoscaling !== undefined && inBounds(wanted, autoscaling) !== wanted
  const isScaling = autoscaling !== undefined && isActive(autoscaling)
  const offers = [
    ...(desired >= 4 && wanted < half
      ? [{ label: `Scale to ${half} First`, invocation: `scale ${fullName(ref)} ${half}` }]
      : []),
    ...(isOutside && kind !== 'move-bounds'
      ? [{ label: `Move the ${wanted > autoscaling.max ? 'Maximum' : 'Minimum'}`, invocation: `${line} --move-bounds` }]
      : []),
    ...(isScaling && kind !== 'suspend'
      ? [{ label: 'Suspend Autoscaling', invocation: `${line} --suspend --for 2h` }]
      : []),
    ...(isScaling && kind === 'count-only' && wanted > autoscaling.min
      ? [{ label: 'Raise the Minimum for 2 Hours', invocation: `${line} --for 2h` }]
      : []),
    ...(kind === 'count-only' ? [] : [{ label: 'Only the Count', invocation: line }]),
  ]
  return kind === 'count-only' && minutes !== undefined ? [] : offers
}
