// The forecast of a predictive policy: what it was and will be, and how far it was from the load that came.

import type { Autoscaling, ScalingForecast, ScalingPolicy, ServiceRef } from '../../model/ecs.ts'
import type { PanelsPicture, Sample } from '../../model/picture.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { ScalingReads, Span } from './reads.ts'
import { memberOf } from './tracking.ts'

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** AWS forecasts two days ahead. */
const AHEAD_MS = 2 * DAY_MS
/** AWS forecasts from one day of the metric on. */
export const LEAST_HOURS = 24

/** The predictive policy of a service. With several, one that scales comes first, then the name decides. */
export const predictiveOf = ({ policies }: Autoscaling): ScalingPolicy | undefined =>
  policies
    .filter(({ kind }) => kind === 'predictive')
    .toSorted((a, b) => Number(b.scalesOut) - Number(a.scalesOut) || (a.name < b.name ? -1 : 1))[0]

const specificationIn = ({ configuration }: ScalingPolicy) => {
  const list = configuration?.['MetricSpecifications']
  const [first] = Array.isArray(list) ? list : []
  return first as ScalingPolicy['configuration']
}

export const targetIn = (policy: ScalingPolicy): number | undefined => {
  const target = memberOf(specificationIn(policy), 'TargetValue')
  return typeof target === 'number' && target > 0 ? target : undefined
}

const labelIn = (policy: ScalingPolicy): string | undefined => {
  const label = memberOf(specificationIn(policy), 'PredefinedMetricPairSpecification', 'ResourceLabel')
  return typeof label === 'string' ? label : undefined
}

/** `needed`: the tasks that the load needed, by the hour; undefined if the metric is not one that Quarterdeck reads. */
export type Compared = {
  readonly span: Span
  readonly forecast: ScalingForecast
  readonly needed?: readonly Sample[]
}

/** Reads the forecast of the last `days` and the next two, and the load of the last `days`. */
export const loadForecast = async (
  ref: ServiceRef,
  policy: ScalingPolicy,
  read: Pick<ScalingReads, 'forecast' | 'loadByHour'>,
  { now, days }: { readonly now: string; readonly days: number },
): Promise<Compared> => {
  const hour = Math.floor(Date.parse(now) / HOUR_MS) * HOUR_MS
  const span = { from: hour - days * DAY_MS, until: hour + AHEAD_MS }
  const target = targetIn(policy)
  const [forecast, load] = await Promise.all([
    read.forecast(ref, policy.name, span),
    policy.metric === undefined || target === undefined
      ? undefined
      : read.loadByHour(ref, policy.metric, { from: span.from, until: hour }, labelIn(policy)),
  ])
  const needed = load?.map(({ at, value }) => ({ at, value: Math.ceil(value / (target ?? 1) - 1e-9) }))
  return { span, forecast, ...(needed !== undefined && { needed }) }
}

/** `hours`: those with both. `mean`: the mean absolute error in tasks. `over`, `under`: hours with too many and too few tasks. */
export type ForecastError = {
  readonly hours: number
  readonly mean: number
  readonly over: number
  readonly under: number
}

export const errorOf = ({ forecast, needed = [] }: Compared): ForecastError => {
  const forecastAt = new Map(forecast.capacity.map(({ at, value }) => [at, value]))
  const differences = needed.flatMap(({ at, value }) => {
    const there = forecastAt.get(at)
    return there === undefined ? [] : [there - value]
  })
  const sum = differences.reduce((all, one) => all + Math.abs(one), 0)
  return {
    hours: differences.length,
    mean: differences.length === 0 ? 0 : sum / differences.length,
    over: differences.filter(one => one > 0).length,
    under: differences.filter(one => one < 0).length,
  }
}

export const errorText = ({ hours, mean, over, under }: ForecastError): string =>
  `off by ${Number(mean.toFixed(1))} ${mean === 1 ? 'task' : 'tasks'} on average over ${hours} h: ${under} h too few, ${over} h too many`

/** The highest forecast from now on. */
export const highestAhead = ({ forecast }: Compared, now: string): Sample | undefined =>
  forecast.capacity
    .filter(({ at }) => at > Date.parse(now) - HOUR_MS)
    .reduce<Sample | undefined>((most, one) => (most === undefined || one.value > most.value ? one : most), undefined)

/** The forecast for the hour that runs. */
export const forecastNow = ({ forecast }: Compared, now: string): number | undefined =>
  forecast.capacity.find(({ at }) => at <= Date.parse(now) && Date.parse(now) < at + HOUR_MS)?.value

/** A chart of tasks: the forecast, and the tasks that the load needed. */
export const forecastPicture = (
  title: string,
  where: string,
  { span, forecast, needed = [] }: Compared,
): PanelsPicture => ({
  title,
  where,
  source: 'CloudWatch',
  ...span,
  hourly: { unit: '', thin: 'needed by the load' },
  panels: [
    {
      name: 'Tasks',
      words: `forecast, at most ${tasks(Math.max(0, ...forecast.capacity.map(({ value }) => value)))}`,
      average: forecast.capacity,
      most: needed,
    },
  ],
})
