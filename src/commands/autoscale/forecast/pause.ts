// /ecs autoscale forecast pause: the forecast no longer scales the service; it goes on forecasting.

import type { NewPlan } from '../../../engine/change/plan.ts'
import { PAUSED } from '../../../engine/change/risk.ts'
import { endedBy } from '../../../features/scaling/autoscaling.ts'
import { loadScaling, type Scaling } from '../../../features/scaling/load-scaling.ts'
import { putPredictive } from '../../../features/scaling/scaling-calls.ts'
import { fullName } from '../../../kit/language/target.ts'
import { codeText, plainName } from '../../../kit/messages/text.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import { mutation } from '../../command.ts'
import { digestOf, endingOf, planOf, policyJson } from '../plan.ts'
import { SCALING_READS } from '../reads.ts'
import { settledPolicies } from '../settled.ts'
import { forecastOf } from './policy.ts'

export const pauseForecast = mutation({
  name: 'autoscale forecast pause',
  summary: 'Let the forecast only forecast again',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale forecast pause checkout'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:PutScalingPolicy'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker),
  plan: (_, state: Scaling) => planPause(state),
  settled: settledPolicies,
})

const planPause = (state: Scaling): NewPlan | Refusal => {
  const found = forecastOf(state)
  if (isRefusal(found)) return found
  const { autoscaling, policy } = found
  const { ref, desired } = state.service
  if (!policy.scalesOut)
    return refuse(`The forecast ${codeText(policy.name, 80)} of *${ref.service}* does not scale.`, 'Nothing to change.')
  const paused = autoscaling.policies.map(one => (one.name === policy.name ? { ...one, scalesOut: false } : one))
  return planOf(state, {
    command: 'autoscale forecast pause',
    invocation: `autoscale forecast pause ${fullName(ref)}`,
    title: `Pause forecast of *${ref.service}*`,
    changes: [{ what: `Policy ${plainName(policy.name)}`, from: policy.says, to: 'forecasts only' }],
    ...endingOf(autoscaling.policies, paused, PAUSED),
    size: 0,
    tasks: desired,
    losses: [
      'No scale-out ahead of load',
      ...(endedBy(autoscaling.policies, paused).out ? ['No other policy scales it out'] : []),
      'No task stops now',
    ],
    undo: 'promote it again',
    consequences: ['Other policies scale as before.'],
    takeBack: `autoscale forecast promote ${fullName(ref)}`,
    compared: { policy: digestOf([policyJson(policy)]) },
    calls: [putPredictive(ref, autoscaling.arn, policy.name, { ...policy.configuration, Mode: 'ForecastOnly' })],
  })
}
