// Alarms and retirements from events: what is kept of them, and what /ecs why tells of it.
import { expect, test } from 'vitest'
import { groupChanges } from '../../../src/features/incidents/causes.ts'
import { signalChanges } from '../../../src/features/incidents/signal-changes.ts'
import { type Signal, signalIn } from '../../../src/features/incidents/signals.ts'
import { aRef } from '../../builders.ts'

const ref = aRef()

const alarm = (value = 'ALARM', more: object = {}, outer: object = {}) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-11-22T10:05:00Z',
  detail: {
    alarmName: 'orders-5xx',
    state: { value, reason: 'Threshold Crossed', timestamp: '2026-11-22T10:04:00.123+0000' },
    previousState: { value: value === 'OK' ? 'ALARM' : 'OK' },
    configuration: {
      metrics: [
        { metricStat: { metric: { dimensions: { ClusterName: 'web', ServiceName: 'orders-api' } } } },
        { expression: 'x' },
        null,
      ],
    },
    ...more,
  },
  ...outer,
})

const retirement = (more: object = {}, outer: object = {}) => ({
  source: 'aws.health',
  'detail-type': 'AWS Health Event',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-11-22T10:05:00Z',
  detail: {
    service: 'ECS',
    eventTypeCode: 'AWS_ECS_TASK_PATCHING_RETIREMENT',
    startTime: 'Tue, 01 Dec 2026 10:00:00 GMT',
    statusCode: 'upcoming',
    affectedEntities: [{ entityValue: 'web|orders-api' }, { entityValue: 'web|orders-api' }, { entityValue: 'task/x' }],
    actionability: 'ACTION_MAY_BE_REQUIRED',
    ...more,
  },
  ...outer,
})

test('an alarm, with the services of its metrics; the same event twice is one item', () => {
  const kept = signalIn(alarm())
  expect(kept).toEqual({
    key: {
      pk: 'signals#111122223333#us-east-1',
      sk: expect.stringMatching(/^2026-11-22T10:04:00\.123Z [0-9a-f]{16}$/),
    },
    signal: {
      ...{ kind: 'alarm', at: '2026-11-22T10:04:00.123Z', name: 'orders-5xx', state: 'ALARM' },
      ...{ reason: 'Threshold Crossed', services: ['web/orders-api'] },
    },
  })
  expect(signalIn(alarm('ALARM', { unknown: 1 }, { id: 'again', time: '2026-11-22T13:05:00Z' }))?.key).toEqual(
    kept?.key,
  )
})

test('a retirement, with its services', () => {
  expect(signalIn(retirement())?.signal).toMatchObject({
    ...{ kind: 'retirement', at: '2026-11-22T10:05:00.000Z', state: 'upcoming' },
    ...{ services: ['web/orders-api'], due: '2026-12-01T10:00:00.000Z' },
  })
})

test.each([
  ['no event', null],
  ['no detail', { ...alarm(), detail: null }],
  ['another source', alarm('ALARM', {}, { source: 'aws.ec2' })],
  ['an account that is none', alarm('ALARM', {}, { account: '1#2' })],
  ['a region that is none', alarm('ALARM', {}, { region: 'us#1' })],
  ['an alarm without data', alarm('INSUFFICIENT_DATA')],
  ['an alarm that became OK without an alarm before', alarm('OK', { previousState: { value: 'INSUFFICIENT_DATA' } })],
  ['an alarm of autoscaling', alarm('ALARM', { alarmName: 'TargetTracking-service/web/x-AlarmHigh' })],
  ['an alarm without a state', alarm('ALARM', { state: 'ALARM' })],
  ['an informational retirement', retirement({ actionability: 'INFORMATIONAL' })],
  ['a retirement of another account', retirement({ affectedAccount: '999999999999' })],
  ['a retirement without services', retirement({ affectedEntities: 'web|orders-api' })],
  ['another Health event', retirement({ eventTypeCode: 'AWS_ECS_OPERATIONAL_ISSUE' })],
])('%s is not kept', (_, event) => expect(signalIn(event)).toBeUndefined())

const at = (minute: number) => new Date(Date.parse('2026-11-22T10:00:00Z') + minute * 60_000).toISOString()
const signal = (more: Partial<Signal> = {}): Signal => ({
  ...{ kind: 'alarm', at: at(4), name: 'orders-5xx', state: 'ALARM', reason: 'Threshold Crossed' },
  services: ['web/orders-api'],
  ...more,
})
const told = (signals: readonly Signal[], more: Partial<Parameters<typeof signalChanges>[0]> = {}) =>
  groupChanges(signalChanges({ ref, signals, alarmNames: [], alarms: [], ...more })).map(({ changes }) =>
    changes.map(({ what }) => what).join(' → '),
  )

test('an alarm and its end are one cause, in any order; the next one is another', () => {
  const first = [signal({ at: at(9), state: 'OK', reason: '' }), signal()]
  expect(told([...first, signal({ at: at(20) })])).toEqual([
    'alarm orders-5xx began: Threshold Crossed',
    'alarm orders-5xx began: Threshold Crossed → alarm orders-5xx ended',
  ])
})

test('only those of the service: by the metric, or as an alarm of its deployments', () => {
  const other = signal({ services: ['web/other'] })
  expect(told([other])).toEqual([])
  expect(told([other], { alarmNames: ['orders-5xx'] })).toHaveLength(1)
})

test('an alarm that CloudWatch has now is told once, with or without its event', () => {
  const alarms = [{ name: 'orders-5xx', state: 'ALARM', since: at(4) }] as const
  expect(told([], { alarms, alarmNames: ['orders-5xx'] })).toEqual(['alarm orders-5xx began'])
  expect(told([signal()], { alarms, alarmNames: ['orders-5xx'] })).toHaveLength(1)
})

test('a retirement says when, and what helps', () => {
  const retired = signal({ kind: 'retirement', name: 'AWS_ECS', state: 'upcoming', due: '2026-12-01T10:00:00.000Z' })
  expect(told([retired])).toEqual([
    'Fargate will replace its tasks from 2026-12-01 (retirement, upcoming); a restart before then replaces them, too',
  ])
})
