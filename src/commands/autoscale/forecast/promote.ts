// /ecs autoscale forecast promote: lets a forecast scale the service. /ecs autoscale forecast pause is the way back.

import { cardLine } from '../../../engine/cards/card-line.ts'
import type { NewPlan } from '../../../engine/change/plan.ts'
import { PROMOTED } from '../../../engine/change/risk.ts'
import { type Compared, errorOf, highestAhead, LEAST_HOURS, loadForecast } from '../../../features/scaling/forecast.ts'
import { loadScaling, type Scaling } from '../../../features/scaling/load-scaling.ts'
import { putPredictive } from '../../../features/scaling/scaling-calls.ts'
import { memberOf } from '../../../features/scaling/tracking.ts'
import { fullName } from '../../../kit/language/target.ts'
import { timeMark } from '../../../kit/messages/markup.ts'
import { codeText, plainName } from '../../../kit/messages/text.ts'
import type { ScalingPolicy } from '../../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import { tasks } from '../../../model/scaling-words.ts'
import { mutation } from '../../command.ts'
import { digestOf, planOf, policyJson } from '../plan.ts'
import { FORECAST_READS, SCALING_READS } from '../reads.ts'
import { settledPolicies } from '../settled.ts'
import { forecastOf } from './policy.ts'

/** The days over which the error is measured. */
const DAYS = 14

type Promotion = { readonly scaling: Scaling; readonly compared?: Compared }

export const promoteForecast = mutation({
  name: 'autoscale forecast promote',
  summary: 'Let the forecast scale a service out ahead of load',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale forecast promote checkout'],
  reads: [...SCALING_READS, ...FORECAST_READS],
  writes: ['application-autoscaling:PutScalingPolicy'],
  load: async ({ service }, read, asker): Promise<Promotion | Refusal> => {
    const scaling = await loadScaling(service, read, asker)
    if (isRefusal(scaling)) return scaling
    const found = forecastOf(scaling)
    if (isRefusal(found)) return found
    return { scaling, compared: await loadForecast(service, found.policy, read, { now: scaling.now, days: DAYS }) }
  },
  plan: (_, { scaling, compared }: Promotion) => {
    const found = forecastOf(scaling)
    if (isRefusal(found)) return found
    const { policy } = found
    const name = scaling.service.ref.service
    if (policy.scalesOut)
      return refuse(`The forecast ${codeText(policy.name, 80)} already scales *${name}*.`, 'Nothing to change.')
    if (compared?.needed === undefined)
      return refuse(
        `The metric of ${codeText(policy.name, 80)} cannot be compared with the load, so its error is unknown.`,
        'Promote it at AWS.',
      )
    const { hours } = errorOf(compared)
    return hours < LEAST_HOURS
      ? refuse(
          `The forecast of *${name}* has ${hours} h of data to compare; it needs ${LEAST_HOURS} h.`,
          'Let it forecast for longer; 14 days are best.',
        )
      : planPromotion(scaling, policy, compared)
  },
  settled: settledPolicies,
})

const planPromotion = (scaling: Scaling, policy: ScalingPolicy, compared: Compared): NewPlan | Refusal => {
  const { service, autoscaling, now } = scaling
  if (autoscaling === undefined) return refuse('Its scalable target was deregistered.')
  const { ref, desired } = service
  const { hours, mean, over, under } = errorOf(compared)
  const highest = highestAhead(compared, now)
  const mayRaise = memberOf(policy.configuration, 'MaxCapacityBreachBehavior') === 'IncreaseMaxCapacity'
  const most = Math.max(desired, mayRaise ? (highest?.value ?? 0) : Math.min(highest?.value ?? 0, autoscaling.max))
  return planOf(scaling, {
    command: 'autoscale forecast promote',
    invocation: `autoscale forecast promote ${fullName(ref)}`,
    title: `Promote forecast of *${ref.service}* to scale it`,
    changes: [
      { what: `Policy ${plainName(policy.name)}`, from: 'forecasts only', to: 'scales out ahead of the forecast' },
    ],
    also: [...(most > desired ? ['scale'] : []), ...(mayRaise ? ['autoscale bounds'] : [])],
    risk: PROMOTED,
    size: most - desired,
    tasks: most,
    losses: [
      `Its error over ${hours} h: ${Number(mean.toFixed(1))} tasks on average`,
      `Too few tasks in ${under} h, too many in ${over} h`,
      ...(highest === undefined ? [] : [`Up to ${tasks(most)} in 2 days, ${desired} now`]),
    ].map(cardLine),
    warnings: mayRaise ? ['This policy may raise the maximum permanently.'] : [],
    undo: 'pause it; tasks that it started stay until a scale-in',
    consequences: [
      'It only scales out; other policies scale in. With several policies the highest count wins.',
      ...(highest === undefined
        ? []
        : [`The highest forecast is ${tasks(highest.value)} at ${timeMark(new Date(highest.at).toISOString())}.`]),
    ],
    takeBack: `autoscale forecast pause ${fullName(ref)}`,
    compared: { policy: digestOf([policyJson(policy)]) },
    calls: [putPredictive(ref, autoscaling.arn, policy.name, { ...policy.configuration, Mode: 'ForecastAndScale' })],
  })
}
