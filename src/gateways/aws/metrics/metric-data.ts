// Reads several CloudWatch metrics over one time span with GetMetricData.
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import type { Sample } from '../../../model/picture.ts'

/** A metric to read. `id`: starts with a lower-case letter. */
export type MetricRequest = {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly statistic: 'Average' | 'Maximum' | 'Sum'
  readonly dimensions: Readonly<Record<string, string>>
  /** The seconds of one sample; 60 if absent. */
  readonly period?: number
}

/**
 * A search for the metrics of a namespace that have exactly these dimensions. `where`: values that some of them have. A
 * value must not contain a quote.
 */
export type MetricSearch = {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly dimensions: readonly string[]
  readonly where: Readonly<Record<string, string>>
  /** The label of each metric found, which may contain `${PROP('Dim.<dimension>')}`. */
  readonly label?: string
}

/** A metric that a search found, with the sum of each minute. */
export type FoundMetric = { readonly label: string; readonly samples: readonly Sample[] }

/** A time span in epoch milliseconds. */
export type Span = { readonly from: number; readonly until: number }

/** The span of the last full minutes before `now` (ISO 8601). CloudWatch's resolution is one minute. */
export const lastMinutes = (minutes: number, now: string): Span => {
  const until = Math.floor(Date.parse(now) / 60_000) * 60_000
  return { from: until - minutes * 60_000, until }
}

/**
 * Reads samples by metric id, one per period, oldest first. At most 500 metrics (CloudWatch API reference,
 * GetMetricData).
 */
export const readMetrics = async (
  client: CloudWatchClient,
  metrics: readonly MetricRequest[],
  span: Span,
): Promise<(id: string) => readonly Sample[]> => {
  const results = await readData(client, metrics.map(queryOf), span)
  const samples = new Map(results.map(result => [result.Id ?? '', samplesOf(result)]))
  return id => samples.get(id) ?? []
}

/** Reads the metrics that each search finds, by the search's id. A search finds what had data in the last two weeks. */
export const searchMetrics = async (
  client: CloudWatchClient,
  searches: readonly MetricSearch[],
  span: Span,
): Promise<(id: string) => readonly FoundMetric[]> => {
  const results = await readData(client, searches.map(searchOf), span)
  return id =>
    results.filter(({ Id }) => Id === id).map(result => ({ label: result.Label ?? '', samples: samplesOf(result) }))
}

const readData = async (
  client: CloudWatchClient,
  MetricDataQueries: MetricDataQuery[],
  { from, until }: Span,
): Promise<readonly MetricDataResult[]> => {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(until),
      ScanBy: 'TimestampAscending',
      MetricDataQueries,
    }),
  )
  return MetricDataResults
}

const samplesOf = ({ Timestamps = [], Values = [] }: MetricDataResult): readonly Sample[] =>
  Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 }))

/** Source: CloudWatch user guide, search expression syntax. A value in double quotes must match as a whole. */
const searchOf = ({ id, namespace, metric, dimensions, where, label }: MetricSearch): MetricDataQuery => {
  const terms = Object.entries({ MetricName: metric, ...where }).map(([name, value]) => `${name}="${value}"`)
  return {
    Id: id,
    Expression: `SEARCH('{${[namespace, ...dimensions].join(',')}} ${terms.join(' ')}', 'Sum', 60)`,
    ...(label !== undefined && { Label: label }),
  }
}

const queryOf = ({ id, namespace, metric, statistic, dimensions, period = 60 }: MetricRequest): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: period,
    Stat: statistic,
  },
})
