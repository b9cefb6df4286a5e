// /ecs autoscale forecast create: a predictive policy that forecasts only.

import type { NewPlan } from '../../../engine/change/plan.ts'
import { FORECAST_ONLY } from '../../../engine/change/risk.ts'
import { LEAST_HOURS, predictiveOf } from '../../../features/scaling/forecast.ts'
import { loadScaling } from '../../../features/scaling/load-scaling.ts'
import { putPredictive } from '../../../features/scaling/scaling-calls.ts'
import {
  labelOf,
  METRICS,
  rangeRefusal,
  shiftingRefusal,
  specificationOf,
  targetText,
} from '../../../features/scaling/tracking.ts'
import { fullName } from '../../../kit/language/target.ts'
import { codeText, plainName } from '../../../kit/messages/text.ts'
import type { ScalingMetric } from '../../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import { mutation } from '../../command.ts'
import { type Balanced, loadBalanced } from '../load-balancing.ts'
import { autoscalingOf, digestOf, planOf, policyJson } from '../plan.ts'
import { BALANCING_READS, SCALING_READS } from '../reads.ts'
import { settledPolicies } from '../settled.ts'

const NAME = 'quarterdeck-forecast'

export const createForecast = mutation({
  name: 'autoscale forecast create',
  summary: 'Forecast the tasks that a service will need',
  args: { service: { kind: 'service' }, metric: { kind: 'metric' }, target: { kind: 'level' } },
  options: {},
  examples: ['autoscale forecast create checkout cpu 60'],
  reads: [...SCALING_READS, ...BALANCING_READS],
  writes: ['application-autoscaling:PutScalingPolicy'],
  load: async ({ service, metric }, read, asker) => loadBalanced(await loadScaling(service, read, asker), metric, read),
  plan: ({ metric, target }, state: Balanced) => planCreation(state, metric, target),
  settled: settledPolicies,
})

const planCreation = ({ scaling, balancing }: Balanced, metric: ScalingMetric, target: number): NewPlan | Refusal => {
  const { service } = scaling
  const { ref } = service
  const autoscaling = autoscalingOf(scaling, 'Register one first; `/ecs autoscale bounds` then sets its bounds.')
  if (isRefusal(autoscaling)) return autoscaling
  const found = predictiveOf(autoscaling) ?? autoscaling.policies.find(({ name }) => name === NAME)
  if (found !== undefined)
    return refuse(`*${ref.service}* already has ${codeText(found.name, 80)}, which ${found.says}.`, 'Untrack it first.')
  const requests = metric === 'requests' ? balancing : undefined
  const refusal = rangeRefusal(metric, target) ?? (requests && shiftingRefusal(requests, ref.service))
  if (refusal !== undefined) return refusal
  const label = requests && labelOf(requests, ref.service)
  if (isRefusal(label)) return label
  const configuration = {
    MetricSpecifications: [
      { TargetValue: target, PredefinedMetricPairSpecification: specificationOf(METRICS[metric].pair, label) },
    ],
    Mode: 'ForecastOnly',
  }
  const words = `${METRICS[metric].words} at ${targetText(metric, target)}`
  return planOf(scaling, {
    command: 'autoscale forecast create',
    invocation: `autoscale forecast create ${fullName(ref)} ${metric} ${target}`,
    title: `Create forecast of *${ref.service}* by ${words}`,
    changes: [{ what: `Policy ${plainName(NAME)}`, from: 'none', to: `forecasts only, by ${words}` }],
    risk: FORECAST_ONLY,
    size: 0,
    tasks: service.desired,
    losses: ['Starts and stops no task: it only forecasts'],
    undo: 'untrack it',
    consequences: [
      `AWS needs ${LEAST_HOURS} h of the metric, and 14 days for a good forecast. It forecasts two days ahead.`,
      '`/ecs autoscale forecast promote` lets it scale, as a change of its own.',
    ],
    takeBack: `autoscale untrack ${fullName(ref)} ${NAME}`,
    compared: { policies: digestOf(autoscaling.policies.map(policyJson)) },
    calls: [putPredictive(ref, autoscaling.arn, NAME, configuration)],
  })
}
