// /ecs autoscale bounds: sets autoscaling's minimum and maximum capacity.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { riskOfBounds, riskOfClamp, worse } from '../../engine/change/risk.ts'
import { withSpot } from '../../features/capacity/spot-risk.ts'
import { revertWarning } from '../../features/managed-by/revert-warning.ts'
import { amountsOf, loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setBounds, setExpressBounds } from '../../features/scaling/scaling-calls.ts'
import { boundsLosses, callerLosses, countLosses } from '../../features/scaling/scaling-losses.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Bounds } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { boundsText } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { undoOfCountChange } from '../lease/losses.ts'
import { boundsWithoutLeases, stepOf } from '../lease/weight.ts'
import { autoscalingOf, clampOf, pinning, planOf } from './plan.ts'
import { MANAGED_READS, SCALING_READS } from './reads.ts'

export const bounds = mutation({
  name: 'autoscale bounds',
  summary: 'Set autoscaling’s minimum and maximum',
  args: { service: { kind: 'service' }, bounds: { kind: 'bounds' } },
  options: {},
  examples: ['autoscale bounds checkout 4..20'],
  reads: [...SCALING_READS, ...MANAGED_READS],
  writes: ['application-autoscaling:RegisterScalableTarget', 'ecs:UpdateExpressGatewayService'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { undone: 'MaxCapacity', callers: true }),
  plan: (values, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    return boundsText(values.bounds) === boundsText(autoscaling)
      ? refuse(
          `The bounds of *${state.service.ref.service}* are already ${boundsText(autoscaling)}.`,
          'Nothing to change.',
        )
      : planBounds(state, autoscaling, values.bounds)
  },
  settled: async (plan, since, now, read) => {
    const autoscaling = await read.autoscaling(plan.target)
    const [, wanted = ''] = / (\d+\.\.\d+)$/.exec(plan.invocation) ?? []
    if (autoscaling === undefined) return { status: 'superseded', text: 'Its scalable target was deregistered.' }
    // Express Mode updates the scalable target of its service with a delay.
    if (boundsText(autoscaling) === plan.binds['bounds'] && minutesBetween(since, now) < PATIENCE_MINUTES)
      return { status: 'moving', text: `the bounds are still ${boundsText(autoscaling)}` }
    return boundsText(autoscaling) === wanted
      ? { status: 'done', text: `Autoscaling bounds are ${wanted}.` }
      : {
          status: 'superseded',
          text: `Another change set the bounds to ${boundsText(autoscaling)}.`,
        }
  },
})

const PATIENCE_MINUTES = 5
const minutesBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 60_000

const planBounds = (state: Scaling, before: Autoscaling, after: Bounds): NewPlan => {
  const { service } = state
  const { ref, desired } = service
  const clamp = clampOf(service, after)
  const back = boundsWithoutLeases(state, before, after)
  return planOf(state, {
    command: 'autoscale bounds',
    invocation: `autoscale bounds ${fullName(ref)} ${boundsText(after)}`,
    title: `Set bounds of *${ref.service}* ${boundsText(before)} → ${boundsText(after)}`,
    changes: [{ what: 'Autoscaling bounds', from: boundsText(before), to: boundsText(after) }, ...clamp.changes],
    risk: withSpot(
      riskOfClamp(
        { from: desired, to: clamp.count, callers: state.callers },
        worse(riskOfBounds(before, after), riskOfBounds(back, after)),
      ),
      state,
      { count: clamp.count, most: after.max },
    ),
    clamped: clamp.count,
    ...pinning(before, back, after),
    size: Math.max(Math.abs(clamp.count - desired), stepOf(before, after), stepOf(back, after)),
    tasks: after.max,
    amounts: { tasks: { from: desired, to: clamp.count }, ...amountsOf(before, after) },
    losses: [
      ...countLosses(desired, clamp.count, ' at once'),
      ...callerLosses(state, clamp.count),
      ...boundsLosses(before, after),
    ].map(cardLine),
    undo: `set ${boundsText(before)} again${clamp.count === desired ? '' : `, then ${undoOfCountChange(clamp.count, desired)}`}`,
    consequences: [
      ...(after.min === 0
        ? [
            'At 0 tasks there is no CPU or memory metric: only a metric that shows demand without tasks starts it again.',
          ]
        : []),
      ...(service.isExpress ? ['Express service: ECS stores these bounds in its own scaling target.'] : []),
      `Scaling policies stay active within ${boundsText(after)}.`,
      ...revertWarning(state.managed),
    ],
    takeBack: `autoscale bounds ${fullName(ref)} ${boundsText(before)}`,
    calls: [service.isExpress ? setExpressBounds(ref, after) : setBounds(ref, before.arn, after)],
  })
}
