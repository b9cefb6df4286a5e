// Predictive scaling. The forecast has a daily maximum at 14:00 UTC, and follows the current load.

import type { PredictiveScalingMetricSpecification } from '@aws-sdk/client-application-auto-scaling'
import type { Service } from '../state.ts'
import { setCount } from './activities.ts'
import { activeService, type Scaling } from './context.ts'
import { type Metric, worth } from './meters.ts'
import type { Policy } from './state.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The forecast load at a time, in numbers of fully busy tasks. */
const loadAt = (scaling: Scaling, service: Service, at: number): number => {
  const usual = scaling.meters.loadOf(service) ?? service.desired / 2
  const hour = new Date(at).getUTCHours()
  return usual * (0.8 + 0.4 * Math.cos(((hour - 14) / 12) * Math.PI))
}

const specOf = ({ strategy }: Policy): PredictiveScalingMetricSpecification | undefined =>
  strategy.type === 'PredictiveScaling' ? strategy.input.MetricSpecifications?.[0] : undefined

/** The metric for each predefined metric pair. Other specifications use the CPU forecast. */
const PAIRS: Readonly<Record<string, Metric>> = { ECSServiceMemoryUtilization: 'memory', ALBRequestCount: 'requests' }

/** The value of the policy's metric for one task that is fully busy. */
const worthOf = (policy: Policy): number =>
  worth[PAIRS[specOf(policy)?.PredefinedMetricPairSpecification?.PredefinedMetricType ?? ''] ?? 'cpu']

const capacityAt = (scaling: Scaling, policy: Policy, service: Service, at: number): number =>
  Math.ceil((loadAt(scaling, service, at) * worthOf(policy)) / (specOf(policy)?.TargetValue ?? 100) - 1e-9)

const nextHour = (at: number) => (Math.floor(at / HOUR) + 1) * HOUR

/** Whether a service is at least one day old. A forecast needs one day of history. */
const hasHistory = ({ fleet }: Scaling, { createdAt }: Service) => fleet.clock.now() - createdAt >= DAY

/** The forecast capacity: the larger of the values for now and for the end of the scheduling buffer. */
export const capacityAhead = (scaling: Scaling, policy: Policy, service: Service): number => {
  if (policy.strategy.type !== 'PredictiveScaling' || !hasHistory(scaling, service)) return 0
  const now = scaling.fleet.clock.now()
  const soon = now + (policy.strategy.input.SchedulingBufferTime ?? 300) * 1_000
  return Math.max(capacityAt(scaling, policy, service, now), capacityAt(scaling, policy, service, soon))
}

export type Forecast = {
  readonly timestamps: readonly Date[]
  /** The forecast metric of the service, over all tasks. */
  readonly load: readonly number[]
  readonly capacity: readonly number[]
  readonly updatedAt: Date
}

/** The forecast as hourly values, for at most two days from now. */
export const forecastOf = (scaling: Scaling, policy: Policy, from: number, to: number): Forecast => {
  const now = scaling.fleet.clock.now()
  const service = activeService(scaling, policy.target)
  const isKnown = service !== undefined && hasHistory(scaling, service)
  const first = nextHour(from - 1)
  const count = isKnown ? Math.max(0, Math.ceil((Math.min(to, now + 2 * DAY) - first) / HOUR)) : 0
  const hours = Array.from({ length: count }, (_, n) => first + n * HOUR)
  return {
    timestamps: hours.map(at => new Date(at)),
    load: service ? hours.map(at => Math.round(loadAt(scaling, service, at) * worthOf(policy) * 100) / 100) : [],
    capacity: service ? hours.map(at => capacityAt(scaling, policy, service, at)) : [],
    updatedAt: new Date(Math.floor(now / (6 * HOUR)) * 6 * HOUR),
  }
}

/**
 * Raises the desired count to the forecast, and never lowers it. With IncreaseMaxCapacity it also raises the maximum,
 * permanently.
 */
const raise = (scaling: Scaling, policy: Policy): void => {
  const { target, strategy } = policy
  const service = activeService(scaling, target)
  if (!service || strategy.type !== 'PredictiveScaling') return
  const predicted = capacityAhead(scaling, policy, service)
  const { MaxCapacityBreachBehavior: behaviour, MaxCapacityBuffer: buffer = 0 } = strategy.input
  if (behaviour === 'IncreaseMaxCapacity')
    target.max = Math.max(target.max, Math.ceil(predicted * (1 + (predicted >= target.max ? buffer : 0) / 100)))
  const to = Math.min(predicted, target.max)
  // The text of the activity's cause is a guess.
  if (to > service.desired) setCount(scaling, target, to, `predictive scaling policy ${policy.name} was triggered`)
}

/**
 * Sets a timer that raises the count before each full hour, earlier by the scheduling buffer. Only policies that scale
 * get a timer.
 */
export const armForecast = (scaling: Scaling, policy: Policy): void => {
  policy.timer?.cancel()
  delete policy.timer
  if (policy.strategy.type !== 'PredictiveScaling' || policy.strategy.input.Mode !== 'ForecastAndScale') return
  const { clock } = scaling.fleet
  const buffer = (policy.strategy.input.SchedulingBufferTime ?? 300) * 1_000
  policy.timer = clock.at(nextHour(clock.now() + buffer) - buffer, () => {
    raise(scaling, policy)
    armForecast(scaling, policy)
  })
}
