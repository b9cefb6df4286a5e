// /ecs autoscale bounds: between how many tasks autoscaling may move.

import type { Plan } from '../../engine/change/plan.ts'
import { managedWords } from '../../features/managed-by/revert-warning.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setBounds, setExpressBounds } from '../../features/scaling/scaling-calls.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Bounds } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { boundsText } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { riskOfBounds, stepOf, unleased, worse } from '../lease/weight.ts'
import { autoscalingOf, clampOf, planOf, riskOfClamp } from './plan.ts'
import { MANAGED_READS, SCALING_READS } from './reads.ts'

export const bounds = mutation({
  name: 'autoscale bounds',
  summary: 'Move the least and the most tasks that autoscaling may set',
  args: { service: { kind: 'service' }, bounds: { kind: 'bounds' } },
  options: {},
  examples: ['autoscale bounds checkout 4..20'],
  reads: [...SCALING_READS, ...MANAGED_READS],
  writes: ['application-autoscaling:RegisterScalableTarget', 'ecs:UpdateExpressGatewayService'],
  load: ({ service }, read, own) => loadScaling(service, read, own, { undone: 'MaxCapacity' }),
  plan: (values, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    return boundsText(values.bounds) === boundsText(autoscaling)
      ? refuse(
          `The bounds of *${state.service.ref.service}* are ${boundsText(autoscaling)} already.`,
          'Nothing to change.',
        )
      : planBounds(state, autoscaling, values.bounds)
  },
  settled: async (plan, since, now, read) => {
    const autoscaling = await read.autoscaling(plan.target)
    const [, wanted = ''] = / (\d+\.\.\d+)$/.exec(plan.invocation) ?? []
    if (autoscaling === undefined)
      return { status: 'superseded', text: 'Its scalable target was deregistered meanwhile.' }
    // Express Mode passes its bounds on to its scalable target a little later.
    if (boundsText(autoscaling) === plan.binds['bounds'] && minutesBetween(since, now) < PATIENCE_MINUTES)
      return { status: 'moving', text: `the bounds are ${boundsText(autoscaling)} still` }
    return boundsText(autoscaling) === wanted
      ? { status: 'done', text: `Autoscaling moves within ${wanted}.` }
      : {
          status: 'superseded',
          text: `The bounds were set to ${boundsText(autoscaling)} meanwhile, not by this operation.`,
        }
  },
})

const PATIENCE_MINUTES = 5
const minutesBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 60_000

const planBounds = (state: Scaling, before: Autoscaling, after: Bounds): Plan => {
  const { service } = state
  const { ref, desired } = service
  const clamp = clampOf(service, after)
  const back = unleased(state, before, after)
  return planOf(state, {
    command: 'autoscale bounds',
    invocation: `autoscale bounds ${fullName(ref)} ${boundsText(after)}`,
    title: `Move the bounds of *${ref.service}* to ${boundsText(after)}`,
    changes: [{ what: 'Autoscaling bounds', from: boundsText(before), to: boundsText(after) }, ...clamp.changes],
    risk: riskOfClamp(desired, clamp.count, worse(riskOfBounds(before, after), riskOfBounds(back, after))),
    size: Math.max(Math.abs(clamp.count - desired), stepOf(before, after), stepOf(back, after)),
    tasks: after.max,
    consequences: [
      ...(after.min === 0
        ? [
            'At 0 tasks there is no CPU or memory to measure: it starts again only on a metric that shows demand without tasks.',
          ]
        : []),
      ...(service.isExpress ? ['It is an Express service: ECS keeps these bounds in its own scaling target.'] : []),
      `Scaling policies go on within ${boundsText(after)}.`,
      ...managedWords(state.managed),
    ],
    calls: [service.isExpress ? setExpressBounds(ref, after) : setBounds(ref, before.arn, after)],
  })
}
