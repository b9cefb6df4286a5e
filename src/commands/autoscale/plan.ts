// The parts shared by all plans that change a service's autoscaling.

import type { Change, NewPlan, Plan } from '../../engine/change/plan.ts'
import { bindsOf, callersOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import type { Autoscaling, Bounds, Service } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { inBounds } from '../../model/scaling-words.ts'

export const autoscalingOf = ({ service, autoscaling }: Scaling): Autoscaling | Refusal => {
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}.`)
  return (
    autoscaling ??
    refuse(`${name} has no autoscaling: no scalable target is registered.`, 'Set its desired count with `/ecs scale`.')
  )
}

/**
 * The desired count after RegisterScalableTarget, which moves the count into the bounds at once, and this move as a
 * change of the plan.
 */
export const clampOf = (
  { desired }: Service,
  bounds: Bounds,
): { readonly count: number; readonly changes: readonly Change[] } => {
  const count = inBounds(desired, bounds)
  return {
    count,
    changes: count === desired ? [] : [{ what: 'Desired count', from: `${desired}`, to: `${count}, at once` }],
  }
}

/** `clamped`: the desired count after RegisterScalableTarget; absent if the plan does not call it. */
type Parts = Pick<
  NewPlan,
  | 'command'
  | 'invocation'
  | 'title'
  | 'changes'
  | 'risk'
  | 'size'
  | 'tasks'
  | 'losses'
  | 'undo'
  | 'consequences'
  | 'calls'
> &
  Partial<
    Pick<Plan, 'also' | 'takeBack' | 'amounts' | 'included' | 'offers' | 'lease' | 'isPermanent' | 'totalMinutes'>
  > & {
    readonly clamped?: number
  }

export const planOf = (state: Scaling, { clamped, ...parts }: Parts): NewPlan => ({
  kind: 'plan',
  target: state.service.ref,
  offers: [],
  binds: bindsOf(state, clamped),
  amounts: { tasks: { from: state.service.desired, to: parts.tasks } },
  drifts: { 'desired tasks': state.service.desired },
  ...callersOf(state),
  ...(clamped !== undefined && clamped !== state.service.desired && { also: ['scale'] }),
  ...parts,
})
