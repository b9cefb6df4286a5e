// The parts shared by all plans that change a service's autoscaling.
import { createHash } from 'node:crypto'

import type { Change, NewPlan, Plan, Risk } from '../../engine/change/plan.ts'
import { riskOfSuspension, worse } from '../../engine/change/risk.ts'
import { endedBy } from '../../features/scaling/autoscaling.ts'
import { bindsOf, callersOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import { hasRoom } from '../../features/scaling/schedule-room.ts'
import type { Autoscaling, Bounds, ScalingPolicy, Service } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import { inBounds } from '../../model/scaling-words.ts'

/** `hint`: what to do where there is no scalable target. */
export const autoscalingOf = (
  { service, autoscaling }: Scaling,
  hint = 'Set its desired count with `/ecs scale`.',
): Autoscaling | Refusal => {
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}.`)
  return autoscaling ?? refuse(`${name} has no autoscaling: no scalable target is registered.`, hint)
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
    Pick<
      Plan,
      | 'also'
      | 'warnings'
      | 'takeBack'
      | 'amounts'
      | 'included'
      | 'offers'
      | 'lease'
      | 'isPermanent'
      | 'totalMinutes'
      | 'runs'
    >
  > & { readonly clamped?: number; readonly compared?: JsonObject }

/** `compared`: values besides those of every change that the approval depends on. */
export const planOf = (state: Scaling, { clamped, compared, also = [], ...parts }: Parts): NewPlan => ({
  kind: 'plan',
  target: state.service.ref,
  offers: [],
  binds: { ...bindsOf(state, clamped), ...compared },
  amounts: { tasks: { from: state.service.desired, to: parts.tasks } },
  drifts: { 'desired tasks': state.service.desired },
  ...callersOf(state),
  ...alsoOf(clamped !== undefined && clamped !== state.service.desired ? ['scale', ...also] : also),
  ...parts,
})

const alsoOf = (also: readonly string[]): Pick<Plan, 'also'> => (also.length === 0 ? {} : { also })

/** Of a plan after which no policy scales in one way any more: a suspension without an end. */
export const ENDS_SCALING = { also: ['autoscale suspend'], isPermanent: true } as const

/** The same of bounds without an end that leave the policies no room. `before`: the bounds without temporary changes. */
export const pinning = (autoscaling: Autoscaling, before: Bounds, after: Bounds): Ending =>
  endingIf(hasRoom(before) && !hasRoom(after), autoscaling)

/** The same where a policy scales. */
export const endingIf = (takesRoom: boolean, { policies }: Autoscaling): Ending =>
  takesRoom && policies.some(one => one.scalesIn || one.scalesOut) ? ENDS_SCALING : {}

type Ending = Pick<Plan, 'also' | 'isPermanent'>

/** The same of a plan that takes policies away; its risk is at least that of the suspension. */
export const endingOf = (
  before: readonly ScalingPolicy[],
  after: readonly ScalingPolicy[],
  risk: Risk,
): Pick<NewPlan, 'risk' | 'also' | 'isPermanent'> => {
  const ended = endedBy(before, after)
  return ended.in || ended.out ? { ...ENDS_SCALING, risk: worse(risk, riskOfSuspension(ended, true)) } : { risk }
}

/** Something of a list that another change may alter, short enough to show: its length and a hash. */
export const digestOf = (items: readonly JsonObject[]): string =>
  `${items.length}, ${createHash('sha256').update(canonicalJson(items)).digest('hex').slice(0, 8)}`

/** What approval of a change of policies depends on. */
export const policyJson = ({ name, says, configuration = {} }: ScalingPolicy): JsonObject => ({
  name,
  says,
  configuration,
})
