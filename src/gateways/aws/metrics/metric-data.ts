// Reads several CloudWatch metrics over one time span with GetMetricData.
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataOutput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { RemoteError } from '../../../model/errors.ts'
import type { Sample } from '../../../model/picture.ts'

/** A metric to read. `id`: starts with a lower-case letter. */
export type MetricRequest = {
  readonly id: string
  readonly namespace: string
  readonly metric: string
  readonly statistic: 'Average' | 'Maximum' | 'Sum'
  readonly dimensions: Readonly<Record<string, string>>
  /** The length of one sample in seconds; 60 by default. */
  readonly period?: number
}

/**
 * A search for the metrics of a namespace that have exactly the dimensions `dimensions`. `where`: values that some of these
 * dimensions must have. A value must not contain a quotation mark.
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
 * Reads at most 500 metrics (CloudWatch API reference, GetMetricData). Returns a function from a metric's id to its samples, one
 * for each period, oldest first.
 */
export const readMetrics = async (
  client: CloudWatchClient,
  metrics: readonly MetricRequest[],
  span: Span,
): Promise<(id: string) => readonly Sample[]> => {
  const samples = new Map<string, readonly Sample[]>()
  for (const { Id = '', ...result } of (await readPages(client, metrics.map(queryOf), span)).flatMap(resultsOf))
    samples.set(Id, [...(samples.get(Id) ?? []), ...samplesOf(result)])
  return id => samples.get(id) ?? []
}

/**
 * Runs the searches. Returns a function from a search's id to the metrics that the search found. A search finds only metrics that
 * had data in the last two weeks. Throws RemoteError if CloudWatch did not return all metrics.
 */
export const searchMetrics = async (
  client: CloudWatchClient,
  searches: readonly MetricSearch[],
  span: Span,
): Promise<(id: string) => readonly FoundMetric[]> => {
  const pages = await readPages(client, searches.map(searchOf), span)
  demandAll(pages)
  const metrics = new Map<string, { readonly id: string } & FoundMetric>()
  for (const { Id: id = '', Label: label = '', ...result } of pages.flatMap(resultsOf)) {
    const key = JSON.stringify([id, label])
    metrics.set(key, { id, label, samples: [...(metrics.get(key)?.samples ?? []), ...samplesOf(result)] })
  }
  return wanted =>
    [...metrics.values()].filter(({ id }) => id === wanted).map(({ label, samples }) => ({ label, samples }))
}

/**
 * Throws RemoteError if the pages do not contain all metrics. The status PartialData means that the next page continues the
 * metric. A message in a page means that something was left out, such as metrics above the maximum. Source: CloudWatch API
 * reference, GetMetricData and MetricDataResult.
 */
const demandAll = (pages: readonly GetMetricDataOutput[]): void => {
  const last = pages.at(-1)
  const codes = pages.flatMap(page =>
    resultsOf(page).flatMap(({ StatusCode = 'unknown' }) =>
      StatusCode === 'Complete' || (StatusCode === 'PartialData' && page !== last) ? [] : [StatusCode],
    ),
  )
  const messages = pages.flatMap(({ Messages = [] }) => Messages.map(({ Code = 'unknown' }) => Code))
  const [code] = [...codes, ...messages, ...(last?.NextToken === undefined ? [] : ['more than ten pages'])]
  if (code !== undefined)
    throw new RemoteError(`CloudWatch did not return all metrics (${code})`, { code, passing: code !== 'Forbidden' })
}

/** The maximum number of pages. 500 metrics of one hour need fewer. */
const MOST_PAGES = 10

const readPages = async (
  client: CloudWatchClient,
  MetricDataQueries: MetricDataQuery[],
  { from, until }: Span,
): Promise<readonly GetMetricDataOutput[]> => {
  const pages: GetMetricDataOutput[] = []
  let NextToken: string | undefined
  do {
    const page: GetMetricDataOutput = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(from),
        EndTime: new Date(until),
        ScanBy: 'TimestampAscending',
        MetricDataQueries,
        ...(NextToken !== undefined && { NextToken }),
      }),
    )
    pages.push(page)
    NextToken = page.NextToken
  } while (NextToken !== undefined && pages.length < MOST_PAGES)
  return pages
}

const resultsOf = ({ MetricDataResults = [] }: GetMetricDataOutput): readonly MetricDataResult[] => MetricDataResults

const samplesOf = ({ Timestamps = [], Values = [] }: MetricDataResult): readonly Sample[] =>
  Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 }))

/** The query of a search. A value in double quotes must match exactly (CloudWatch user guide, search expression syntax). */
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
