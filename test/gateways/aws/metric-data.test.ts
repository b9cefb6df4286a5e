// Answers of CloudWatch that have a part of what a search finds.
import type { CloudWatchClient, GetMetricDataInput, GetMetricDataOutput } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { readMetrics, searchMetrics } from '../../../src/gateways/aws/metrics/metric-data.ts'
import { RemoteError } from '../../../src/model/errors.ts'

const SPAN = { from: 0, until: 3_600_000 }
const SEARCH = { id: 'a', namespace: 'AWS/ECS', metric: 'M', dimensions: ['ServiceName'], where: {} }

/** A client that answers with these pages, each with the token of the next. */
const pagesOf = (...pages: readonly GetMetricDataOutput[]) => {
  const asked: (string | undefined)[] = []
  const send = async ({ input: { NextToken } }: { input: GetMetricDataInput }) => {
    asked.push(NextToken)
    const at = Number(NextToken ?? 0)
    return { ...pages[at], ...(at + 1 < pages.length && { NextToken: `${at + 1}` }) }
  }
  return { client: { send } as unknown as CloudWatchClient, asked }
}
const result = (Label: string, minutes: readonly number[], StatusCode = 'Complete') => ({
  ...{ Id: 'a', Label, StatusCode: StatusCode as 'Complete' },
  Timestamps: minutes.map(minute => new Date(minute * 60_000)),
  Values: minutes.map(minute => minute + 1),
})
const search = async (client: CloudWatchClient) => (await searchMetrics(client, [SEARCH], SPAN))('a')

test('a search follows every page, and joins what continues', async () => {
  const { client, asked } = pagesOf(
    { MetricDataResults: [result('web', [0], 'PartialData')] },
    { MetricDataResults: [] },
    { MetricDataResults: [result('web', [1]), result('api', [1])] },
  )
  expect(await search(client)).toEqual([
    { label: 'web', samples: [0, 1].map(minute => ({ at: minute * 60_000, value: minute + 1 })) },
    { label: 'api', samples: [{ at: 60_000, value: 2 }] },
  ])
  expect(asked).toEqual([undefined, '1', '2'])
})

test.each<readonly [string, GetMetricDataOutput]>([
  ['InternalError', { MetricDataResults: [result('web', [], 'InternalError')] }],
  ['PartialData', { MetricDataResults: [result('web', [0], 'PartialData')] }],
  ['Forbidden', { MetricDataResults: [result('web', [], 'Forbidden')] }],
  ['unknown', { MetricDataResults: [{ Id: 'a' }] }],
  ['MaxMetricsExceeded', { MetricDataResults: [result('web', [0])], Messages: [{ Code: 'MaxMetricsExceeded' }] }],
])('a search that ends with %s is not read', async (code, page) => {
  const error = await search(pagesOf(page).client).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RemoteError)
  expect((error as RemoteError).message).toContain(code)
})

test('pages without an end are not read, and not asked for for ever', async () => {
  const { client, asked } = pagesOf(...Array.from({ length: 30 }, () => ({ MetricDataResults: [result('web', [0])] })))
  await expect(search(client)).rejects.toThrow('more than ten pages')
  expect(asked).toHaveLength(10)
})

test('metrics that are only shown have the samples of every page', async () => {
  const { client } = pagesOf({ MetricDataResults: [result('', [0])] }, { MetricDataResults: [result('', [1])] })
  const samples = await readMetrics(client, [{ ...SEARCH, statistic: 'Sum', dimensions: {} }], SPAN)
  expect(samples('a')).toHaveLength(2)
})
