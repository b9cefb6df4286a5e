// What every change of a service's autoscaling has in common: what it is planned on, and how its plan is put together.

import type { Change, Plan, Risk } from '../../engine/change/plan.ts'
import { bindsOf, type Scaling, tasks } from '../../features/scaling/load-scaling.ts'
import type { Autoscaling, Bounds, Service, Suspensions } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { inBounds } from '../../model/scaling-words.ts'

export const autoscalingOf = ({ service, autoscaling }: Scaling): Autoscaling | Refusal => {
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}.`)
  return (
    autoscaling ??
    refuse(
      `${name} has no autoscaling: no scalable target is registered for it.`,
      'Its count is what `/ecs scale` sets.',
    )
  )
}

/** Whatever of a target is registered anew, AWS moves the count into the bounds at once: a change like any other. */
export const clampOf = (
  { desired }: Service,
  bounds: Bounds,
): { readonly count: number; readonly changes: readonly Change[] } => {
  const count = inBounds(desired, bounds)
  return {
    count,
    changes: count === desired ? [] : [{ what: 'Desired tasks', from: `${desired}`, to: `${count}, at once` }],
  }
}

export const riskOfClamp = (from: number, to: number, otherwise: Risk): Risk => {
  if (to < from / 2)
    return {
      level: 'high',
      reasons: [`${tasks(from - to)} of ${from} ${from - to === 1 ? 'stops' : 'stop'} at once`, ...otherwise.reasons],
    }
  if (to < from)
    return {
      level: 'medium',
      reasons: [`${tasks(from - to)} ${from - to === 1 ? 'stops' : 'stop'} at once`, ...otherwise.reasons],
    }
  if (to > from)
    return {
      ...otherwise,
      reasons: [`${tasks(to - from)} ${to - from === 1 ? 'starts' : 'start'} at once`, ...otherwise.reasons],
    }
  return otherwise
}

export const riskOfSuspension = ({ out }: Suspensions, isPermanent: boolean): Risk => {
  const reasons = [
    ...(out ? ['It does not grow when load does'] : ['It still grows when load does']),
    ...(isPermanent ? ['It has no end'] : []),
  ]
  return { level: isPermanent && out ? 'high' : out ? 'medium' : 'low', reasons }
}

type Parts = Pick<
  Plan,
  'command' | 'invocation' | 'title' | 'changes' | 'risk' | 'size' | 'tasks' | 'consequences' | 'calls'
> &
  Partial<Pick<Plan, 'offers' | 'lease' | 'isPermanent' | 'totalMinutes'>>

export const planOf = (state: Scaling, parts: Parts): Plan => ({
  kind: 'plan',
  target: state.service.ref,
  offers: [],
  binds: bindsOf(state),
  drifts: { 'desired tasks': state.service.desired },
  ...parts,
})
