import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import type { Service } from '../../../sandbox/world/state.ts'
import { aService, type Peer, place, refusal, region, startPeer } from './peer.ts'

const MINUTE = 60_000

let peer: Peer
let client: CloudWatchClient
let service: Service

beforeEach(async () => {
  peer = await startPeer()
  client = new CloudWatchClient({ endpoint: peer.aws.url, region, credentials: localUser, maxAttempts: 1 })
  service = aService(peer, 'api', { desired: 4, age: 40 })
  peer.aws.autoscaling.setLoad(service, 2)
})
afterEach(() => peer.aws.close())

const metric = {
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Dimensions: [
    { Name: 'ClusterName', Value: 'web' },
    { Name: 'ServiceName', Value: 'api' },
  ],
}
const put = (AlarmName: string) =>
  client.send(
    new PutMetricAlarmCommand({
      ...metric,
      AlarmName,
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: ['arn:aws:sns:us-east-1:111122223333:on-call'],
    }),
  )
const alarms = async (more: object = {}) => (await client.send(new DescribeAlarmsCommand(more))).MetricAlarms ?? []

test('alarms are put, found, and change with the metric', async () => {
  await put('api-high')
  await put('other')
  expect(await alarms({ AlarmNamePrefix: 'api' })).toMatchObject([
    { ...metric, AlarmName: 'api-high', StateValue: 'OK', Threshold: 60, ActionsEnabled: true },
  ])
  peer.aws.autoscaling.setLoad(service, 3)
  peer.clock.advance(2 * MINUTE)
  expect(await alarms({ StateValue: 'ALARM' })).toMatchObject([{ AlarmName: 'api-high' }, { AlarmName: 'other' }])
  peer.aws.autoscaling.setLoad(service, 2)
  expect(await alarms({ StateValue: 'ALARM' })).toEqual([])
  expect(await alarms({ AlarmNames: ['other', 'none'] })).toHaveLength(1)
})

test('those of target tracking are there under the names that the policy tells', async () => {
  const { autoscaling } = peer.aws
  const target = autoscaling.register(place, 'service/web/api', { min: 1, max: 9 })
  const policy = autoscaling.putPolicy(target, 'cpu', {
    type: 'TargetTrackingScaling',
    input: {
      TargetValue: 52,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  })
  expect(await alarms({ AlarmNamePrefix: 'TargetTracking-service/web/api-' })).toMatchObject([
    { AlarmActions: [policy.arn], Threshold: 52, EvaluationPeriods: 3, ComparisonOperator: 'GreaterThanThreshold' },
    { AlarmActions: [policy.arn], Threshold: 46.8, EvaluationPeriods: 15, ComparisonOperator: 'LessThanThreshold' },
  ])
})

test('alarms come in pages, and are deleted all or not at all', async () => {
  for (const name of ['a', 'b', 'c']) await put(name)
  const page = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }))
  expect(page.MetricAlarms).toHaveLength(2)
  expect(await alarms({ NextToken: page.NextToken })).toHaveLength(1)
  expect(await refusal(client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'none'] })))).toMatch(
    /^ResourceNotFound/,
  )
  await client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'b'] }))
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual(['c'])
})

test('the utilisation of a service over time is what its load and its tasks made of it', async () => {
  peer.clock.advanceTo(Math.ceil(peer.clock.now() / MINUTE) * MINUTE)
  const start = peer.clock.now()
  peer.aws.autoscaling.setLoad(service, 3)
  peer.clock.advance(2 * MINUTE)
  const ask = (MetricName: string, more: object = {}) =>
    client.send(
      new GetMetricDataCommand({
        StartTime: new Date(start - 2 * MINUTE),
        EndTime: new Date(start + 2 * MINUTE),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          { Id: 'm', MetricStat: { Metric: { ...metric, MetricName, ...more }, Period: 60, Stat: 'Average' } },
        ],
      }),
    )
  const { MetricDataResults = [] } = await ask('CPUUtilization')
  expect(MetricDataResults[0]).toMatchObject({ Id: 'm', Values: [50, 50, 75, 75], StatusCode: 'Complete' })
  expect(MetricDataResults[0]?.Timestamps?.[0]).toEqual(new Date(start - 2 * MINUTE))
  expect((await ask('MemoryUtilization')).MetricDataResults?.[0]?.Values).toEqual([40, 40, 60, 60])
  expect((await ask('NetworkRxBytes')).MetricDataResults?.[0]?.Values).toEqual([])
})
