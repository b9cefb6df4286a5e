// What is kept of ECS's events.

import { expect, test } from 'vitest'
import { SERVICES } from '../../../src/features/services/service-index.ts'
import { type EventPorts, receiveEvent } from '../../../src/functions/events/receive-event.ts'
import type { Json } from '../../../src/model/json.ts'
import type { Item, Key } from '../../../src/model/ports/store.ts'

const detail = {
  clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
  taskArn: 'arn:aws:ecs:us-east-1:111122223333:task/web/3f2a91c0d4e54f60a1b2c3d4e5f60718',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7',
  group: 'service:orders-api',
  lastStatus: 'STOPPED',
  createdAt: '2026-11-22T02:00:00.000Z',
  stoppedAt: '2026-11-22T03:00:00.123Z',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 1, image: 'x' }],
  overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'TOKEN', value: 'hunter2' }] }] },
}
const event = (more: object = {}, outer: object = {}) => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  account: '111122223333',
  detail: { ...detail, ...more },
  ...outer,
})

type Kept = { readonly key: Key; readonly value: Json; readonly until: number | undefined; readonly version: number }

const unasked = {
  startOperation: async () => undefined,
  lookAtGate: async () => undefined,
  tellProblems: async () => undefined,
}

const kept = async (...events: readonly unknown[]) => {
  const items = new Map<string, Kept>()
  const textOf = ({ pk, sk }: Key) => `${pk} ${sk}`
  const store: EventPorts['store'] = {
    get: async <T extends Json>(key: Key) => items.get(textOf(key)) as Item<T> | undefined,
    create: async (key, value, until) => {
      if (items.has(textOf(key))) return false
      items.set(textOf(key), { key, value, until, version: 1 })
      return true
    },
    replace: async (key, value, version, until) => {
      if (items.get(textOf(key))?.version !== version) return false
      items.set(textOf(key), { key, value, until, version: version + 1 })
      return true
    },
  }
  for (const one of events) await receiveEvent(one, { ...unasked, store, now: () => '2026-11-22T03:00:00.000Z' })
  return [...items.values()]
    .filter(({ key }) => key.pk !== SERVICES && !/^(?:noticed#|problem-)/.test(key.pk))
    .map(({ version: _, ...item }) => item)
}

test('a task that stopped is kept for a week, once, and without what its environment holds', async () => {
  const items = await kept(event(), event({ version: 9 }))
  expect(items).toEqual([
    {
      key: {
        pk: 'stopped#arn:aws:ecs:us-east-1:111122223333:service/web/orders-api',
        sk: '2026-11-22T03:00:00.123Z 3f2a91c0d4e54f60a1b2c3d4e5f60718',
      },
      value: {
        id: '3f2a91c0d4e54f60a1b2c3d4e5f60718',
        createdAt: '2026-11-22T02:00:00.000Z',
        stoppedAt: '2026-11-22T03:00:00.123Z',
        stopCode: 'EssentialContainerExited',
        reason: 'Essential container in task exited',
        containers: [{ name: 'app', exitCode: 1 }],
        taskDefinition: 'orders-api:7',
        capacity: '',
        zone: '',
      },
      until: Date.parse('2026-11-29T03:00:00Z') / 1_000,
    },
  ])
  expect(JSON.stringify(items)).not.toContain('hunter2')
})

test.each([
  ['a task that runs', event({ lastStatus: 'RUNNING' })],
  ['a task of no service', event({ group: 'family:migrate' })],
  ['an event of another account than its cluster', event({}, { account: '999999999999' })],
  ['a stop without a time', event({ stoppedAt: 'yesterday' })],
  ['a task without an id', event({ taskArn: 'arn:x/../#' })],
  ['another event', event({}, { 'detail-type': 'ECS Service Action' })],
  ['another source', event({}, { source: 'my.app' })],
  ['nothing', null],
  ['a text', 'STOPPED'],
  ['a detail that is none', event({}, { detail: [] })],
])('%s is not kept', async (_, other) => expect(await kept(other)).toEqual([]))

const said = (time: string, eventName: string, more: object = {}) => ({
  source: 'aws.ecs',
  'detail-type': eventName.startsWith('SERVICE_DEPLOYMENT') ? 'ECS Deployment State Change' : 'ECS Service Action',
  account: '111122223333',
  time,
  resources: ['arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'],
  detail: { eventName, ...more },
})

test('of what is said of a service the newest stays, in whatever order it comes', async () => {
  const events = [
    said('2026-11-22T03:00:00Z', 'SERVICE_STEADY_STATE'),
    said('2026-11-22T03:05:00Z', 'SERVICE_TASK_START_IMPAIRED'),
    said('2026-11-22T03:02:00Z', 'SERVICE_DEPLOYMENT_IN_PROGRESS'),
  ]
  for (const order of [events, events.toReversed(), [...events, ...events]]) {
    expect(await kept(...order)).toEqual([
      {
        key: { pk: 'states#111122223333#us-east-1', sk: 'web/orders-api' },
        value: {
          at: '2026-11-22T03:05:00.000Z',
          stamp: '',
          kind: 'impaired',
          why: 'its tasks repeatedly fail to start',
        },
        until: Date.parse('2026-12-22T03:05:00Z') / 1_000,
      },
    ])
  }
})

test('of two of the same second the later by ECS’s own stamp stays', async () => {
  const failed = said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_FAILED', { updatedAt: '2026-11-22T03:00:00.100Z' })
  const back = said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_COMPLETED', { updatedAt: '2026-11-22T03:00:00.900Z' })
  for (const order of [
    [failed, back],
    [back, failed],
  ])
    expect(await kept(...order)).toMatchObject([{ value: { kind: 'steady' } }])
})

test.each([
  [said('2026-11-22T03:00:00Z', 'SERVICE_STEADY_STATE'), 'steady'],
  [said('2026-11-22T03:00:00Z', 'SERVICE_TASK_PLACEMENT_FAILURE', { reason: 'RESOURCE:FARGATE' }), 'impaired'],
  [said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_IN_PROGRESS'), 'deploying'],
  [
    said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_IN_PROGRESS', {
      reason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/122.',
    }),
    'failed',
  ],
  [said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_COMPLETED'), 'steady'],
  [said('2026-11-22T03:00:00Z', 'SERVICE_DEPLOYMENT_FAILED'), 'failed'],
])('%j is %s', async (one, kind) => expect(await kept(one)).toMatchObject([{ value: { kind } }]))

test.each([
  ['a count that autoscaling set', said('2026-11-22T03:00:00Z', 'SERVICE_DESIRED_COUNT_UPDATED')],
  ['an event without a time', said('soon', 'SERVICE_STEADY_STATE')],
  ['another account than its own', { ...said('2026-11-22T03:00:00Z', 'SERVICE_STEADY_STATE'), account: '1' }],
  ['a service that is none', { ...said('2026-11-22T03:00:00Z', 'SERVICE_STEADY_STATE'), resources: ['x'] }],
  ['a name of an event that JavaScript knows', said('2026-11-22T03:00:00Z', 'constructor')],
])('%s says nothing of its health', async (_, other) => expect(await kept(other)).toEqual([]))

test('an alarm is kept for two weeks, once', async () => {
  const alarm = {
    ...{ source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', account: '111122223333' },
    ...{ region: 'us-east-1', time: '2026-11-22T03:00:00Z' },
    detail: { alarmName: 'orders-5xx', state: { value: 'ALARM', timestamp: '2026-11-22T03:00:00.000+0000' } },
  }
  const items = await kept(alarm, alarm)
  expect(items).toMatchObject([
    { key: { pk: 'signals#111122223333#us-east-1' }, until: Date.parse('2026-12-06T03:00:00Z') / 1_000 },
  ])
})

test('an event that is a sign of a problem marks its service after it is stored, and calls one teller', async () => {
  const order: string[] = []
  const items = new Map<string, Kept>()
  const textOf = ({ pk, sk }: Key) => `${pk} ${sk}`
  const store: EventPorts['store'] = {
    get: async <T extends Json>(key: Key) => items.get(textOf(key)) as Item<T> | undefined,
    create: async (key, value, until) => {
      order.push(key.pk)
      if (items.has(textOf(key))) return false
      items.set(textOf(key), { key, value, until, version: 1 })
      return true
    },
    replace: async () => true,
  }
  let called = 0
  const tellProblems = async () => {
    called += 1
  }
  const ports = { ...unasked, tellProblems, store, now: () => '2026-11-22T03:00:00.000Z' }
  const events = [event(), event(), said('2026-11-22T03:00:00Z', 'SERVICE_STEADY_STATE')]
  for (const one of events) await receiveEvent(one, ports)
  expect(order[0]).toMatch(/^stopped#/)
  expect(order.filter(pk => pk.startsWith('problem-marks#'))).toHaveLength(1)
  expect(order.indexOf('problem-teller')).toBeGreaterThan(order.findIndex(pk => pk.startsWith('problem-marks#')))
  expect(called).toBe(1)
  expect([...items.keys()].filter(key => key.startsWith('noticed#'))).toEqual([
    'noticed#arn:aws:ecs:us-east-1:111122223333:service/web/orders-api 2026-11-22T03:00 steady',
  ])
})
