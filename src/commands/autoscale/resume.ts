// /ecs autoscale resume: ends every suspension of autoscaling; AWS then moves the desired count into the bounds at
// once.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { RESUMED, riskOfClamp } from '../../engine/change/risk.ts'
import { autoscalingText, isActive } from '../../features/scaling/autoscaling.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setSuspensions } from '../../features/scaling/scaling-calls.ts'
import { callerLosses, countLosses, scheduleDue } from '../../features/scaling/scaling-losses.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { undoOfCountChange } from '../lease/losses.ts'
import { oneDayAfter } from '../scale/losses.ts'
import { autoscalingOf, clampOf, planOf } from './plan.ts'
import { SCALING_READS } from './reads.ts'
import { settledSuspensions } from './settled.ts'

const NONE = { in: false, out: false, scheduled: false } as const

export const resumeScaling = mutation({
  name: 'autoscale resume',
  summary: 'Resume autoscaling',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale resume checkout'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:RegisterScalableTarget'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { callers: true }),
  plan: (_, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    return suspendedNames(autoscaling.suspended) === ''
      ? refuse(`Autoscaling of *${state.service.ref.service}* is not suspended.`, 'Nothing to resume.')
      : planResume(state, autoscaling)
  },
  settled: settledSuspensions,
})

const planResume = (state: Scaling, autoscaling: Autoscaling): NewPlan => {
  const { service } = state
  const { ref, desired } = service
  const clamp = clampOf(service, autoscaling)
  const resumed = { ...autoscaling, suspended: NONE }
  return planOf(state, {
    command: 'autoscale resume',
    invocation: `autoscale resume ${fullName(ref)}`,
    title: `Resume ${suspendedNames(autoscaling.suspended)} of *${ref.service}*`,
    changes: [{ what: 'Suspended', from: suspendedNames(autoscaling.suspended), to: 'nothing' }, ...clamp.changes],
    risk: riskOfClamp({ from: desired, to: clamp.count, callers: state.callers }, RESUMED),
    clamped: clamp.count,
    size: Math.abs(clamp.count - desired),
    tasks: clamp.count,
    losses: [
      ...countLosses(desired, clamp.count, ' at once'),
      ...callerLosses(state, clamp.count),
      isActive(resumed)
        ? `Autoscaling may change the count within ${boundsText(autoscaling)}`
        : `No policy changes the count within ${boundsText(autoscaling)}`,
    ].map(cardLine),
    undo: `suspend ${suspendedNames(autoscaling.suspended)} again${clamp.count === desired ? '' : `, then ${undoOfCountChange(clamp.count, desired)}`}`,
    included: scheduleDue(resumed, state.now, oneDayAfter(state.now)),
    consequences: autoscalingText(clamp.count, resumed),
    calls: [setSuspensions(ref, autoscaling.arn, NONE)],
  })
}
