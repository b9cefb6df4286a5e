// Where each log driver writes.
import { expect, test } from 'vitest'
import { destinationOf } from '../../../src/features/logs/log-destination.ts'

const of = { container: 'app', task: 't1', region: 'us-east-1' }
const cloudwatch = (group: string, stream: string, region = 'us-east-1') => ({
  kind: 'cloudwatch',
  group,
  stream,
  region,
})
const elsewhere = (where: string) => ({ kind: 'elsewhere', where })
const fire = { Name: 'cloudwatch_logs', log_group_name: '/g' }

test.each<[string | undefined, Record<string, string>, object]>([
  ['awslogs', { 'awslogs-group': '/g', 'awslogs-stream-prefix': 'ecs' }, cloudwatch('/g', 'ecs/app/t1')],
  [
    'awslogs',
    { 'awslogs-group': '/g', 'awslogs-stream-prefix': 'a/b', 'awslogs-region': 'eu-west-1' },
    cloudwatch('/g', 'a/b/app/t1', 'eu-west-1'),
  ],
  ['awslogs', { 'awslogs-stream-prefix': 'ecs' }, elsewhere('to CloudWatch Logs, but its `awslogs-group` is not set')],
  ['awslogs', { 'awslogs-group': '/g' }, elsewhere('to /g, in an unknown stream: `awslogs-stream-prefix` is not set')],
  ['awsfirelens', fire, cloudwatch('/g', 'app-firelens-t1')],
  [
    'awsfirelens',
    { ...fire, log_stream_prefix: 'p-', region: 'eu-west-1' },
    cloudwatch('/g', 'p-app-firelens-t1', 'eu-west-1'),
  ],
  ['awsfirelens', { ...fire, log_stream_name: 'all' }, cloudwatch('/g', 'all')],
  ['awsfirelens', { ...fire, log_group_name: '/$(tag)' }, elsewhere('through FireLens to cloudwatch_logs: /$(tag)')],
  [
    'awsfirelens',
    { Name: 'datadog', Host: 'http.datadog.eu', apikey: 'secret' },
    elsewhere('through FireLens to datadog: http.datadog.eu'),
  ],
  ['awsfirelens', {}, elsewhere('through FireLens, by its router’s own configuration')],
  ['splunk', { 'splunk-url': 'https://u:p@s:8088', 'splunk-token': 'secret' }, elsewhere('to splunk: https://s:8088')],
  ['fluentd', { 'fluentd-address': 'f:24224' }, elsewhere('to fluentd: f:24224')],
  ['json-file', {}, elsewhere('to its host’s `json-file` driver')],
  [undefined, {}, elsewhere('no logs: it has no log configuration')],
])('%s %j', (driver, options, destination) => {
  expect(destinationOf({ ...(driver !== undefined && { driver }), options }, of)).toEqual(destination)
})

test('without a prefix the stream is Docker’s id of the container', () => {
  expect(destinationOf({ driver: 'awslogs', options: { 'awslogs-group': '/g' } }, { ...of, runtimeId: 'abc' })).toEqual(
    cloudwatch('/g', 'abc'),
  )
})
