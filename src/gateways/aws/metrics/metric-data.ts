// Reads several CloudWatch metrics over one time span with GetMetricData.
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Sample } from '../../../model/picture.ts'

/** A metric to read. `id`: starts with a lower-case letter. */
export type MetricRequest = {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly statistic: 'Average' | 'Maximum' | 'Sum'
  readonly dimensions: Readonly<Record<string, string>>
}

/** A time span in epoch milliseconds. */
export type Span = { readonly from: number; readonly until: number }

/** The span of the last full minutes before `now` (ISO 8601). CloudWatch's resolution is one minute. */
export const lastMinutes = (minutes: number, now: string): Span => {
  const until = Math.floor(Date.parse(now) / 60_000) * 60_000
  return { from: until - minutes * 60_000, until }
}

/**
 * Reads samples by metric id, one per minute, oldest first. At most 500 metrics (CloudWatch API reference,
 * GetMetricData).
 */
export const readMetrics = async (
  client: CloudWatchClient,
  metrics: readonly MetricRequest[],
  { from, until }: Span,
): Promise<(id: string) => readonly Sample[]> => {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(until),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: metrics.map(queryOf),
    }),
  )
  const samples = new Map(
    MetricDataResults.map(({ Id = '', Timestamps = [], Values = [] }) => [
      Id,
      Timestamps.map((at, index): Sample => ({ at: at.getTime(), value: Values[index] ?? 0 })),
    ]),
  )
  return id => samples.get(id) ?? []
}

const queryOf = ({ id, namespace, metric, statistic, dimensions }: MetricRequest): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: 60,
    Stat: statistic,
  },
})
