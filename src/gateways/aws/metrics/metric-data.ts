// CloudWatch's GetMetricData: some metrics over the same minutes, in one call.
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Sample } from '../../../model/picture.ts'

/** `id`: begins with a lower-case letter. */
export type MetricAsked = {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly statistic: 'Average' | 'Maximum' | 'Sum'
  readonly dimensions: Readonly<Record<string, string>>
}

/** Epoch milliseconds. */
export type Span = { readonly from: number; readonly until: number }

/** The last minutes before `now`, ISO 8601. Whole ones: CloudWatch keeps nothing between them. */
export const lastMinutes = (minutes: number, now: string): Span => {
  const until = Math.floor(Date.parse(now) / 60_000) * 60_000
  return { from: until - minutes * 60_000, until }
}

/** A sample a minute, the oldest first, by id; at most 500 metrics (CloudWatch API reference, GetMetricData). */
export const readMetrics = async (
  client: CloudWatchClient,
  asked: readonly MetricAsked[],
  { from, until }: Span,
): Promise<(id: string) => readonly Sample[]> => {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(until),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: asked.map(queryOf),
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

const queryOf = ({ id, namespace, metric, statistic, dimensions }: MetricAsked): MetricDataQuery => ({
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
