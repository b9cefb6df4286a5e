// What is kept of ECS's events.
import { expect, test } from 'vitest'
import { takeEvent } from '../src/events.ts'
import type { Key } from '../src/gateways/store.ts'
import type { Json } from '../src/json.ts'

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

const kept = async (...events: readonly unknown[]) => {
  const items: { key: Key; value: Json; until: number | undefined }[] = []
  const create = async (key: Key, value: Json, until?: number) => {
    const isNew = !items.some(item => item.key.pk === key.pk && item.key.sk === key.sk)
    if (isNew) items.push({ key, value, until })
    return isNew
  }
  for (const one of events) await takeEvent(one, { store: { create } })
  return items
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
