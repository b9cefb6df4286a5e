// The predictive policy that a command about forecasts is about.

import { predictiveOf } from '../../../features/scaling/forecast.ts'
import type { Scaling } from '../../../features/scaling/load-scaling.ts'
import { fullName } from '../../../kit/language/target.ts'
import type { Autoscaling, ScalingPolicy } from '../../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import { autoscalingOf } from '../plan.ts'

type Found = { readonly autoscaling: Autoscaling; readonly policy: ScalingPolicy }

export const forecastOf = (state: Scaling): Found | Refusal => {
  const autoscaling = autoscalingOf(state)
  if (isRefusal(autoscaling)) return autoscaling
  const policy = predictiveOf(autoscaling)
  if (policy !== undefined) return { autoscaling, policy }
  const { ref } = state.service
  return refuse(`*${ref.service}* has no forecast.`, 'A forecast alone changes nothing:', [
    { label: 'Forecast by CPU', invocation: `autoscale forecast create ${fullName(ref)} cpu 60` },
    { label: 'Forecast by Memory', invocation: `autoscale forecast create ${fullName(ref)} memory 60` },
  ])
}
