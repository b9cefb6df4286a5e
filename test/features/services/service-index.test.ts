import { describe, expect, test } from 'vitest'
import {
  asOf,
  inShards,
  MOST_BYTES,
  noteFromEvent,
  readIndex,
  shardKey,
} from '../../../src/features/services/service-index.ts'
import { fullName } from '../../../src/kit/language/target.ts'
import type { Json } from '../../../src/model/json.ts'

const place = { accountId: '111122223333', region: 'us-east-1' }
const accounts = [{ name: 'prod', id: '111122223333', regions: ['us-east-1', 'eu-west-1'] }] as unknown as Parameters<
  typeof readIndex
>[1]['accounts']
const at = '2026-11-22T03:00:00.000Z'
const item = (number: number, value: Json) => ({ key: shardKey(place, number), value })

describe('an item', () => {
  test('holds as much as fits, measured in bytes', () => {
    const names = Array.from({ length: 3_000 }, (_, n) => ({ cluster: 'web', service: `${'x'.repeat(250)}${n}` }))
    const shards = inShards(names)
    expect(shards.length).toBeGreaterThan(1)
    expect(shards.flat()).toEqual(names)
    for (const shard of shards) expect(JSON.stringify(shard).length).toBeLessThanOrEqual(MOST_BYTES)
  })

  test('is there even where there is nothing', () => {
    expect(inShards([])).toEqual([[]])
  })
})

describe('the index', () => {
  test('is read over all items of a place, and not those that are left of an earlier time', () => {
    const index = readIndex(
      [
        item(0, { at, of: 2, clusters: { web: ['a'] } }),
        item(1, { at, of: 2, clusters: { web: ['b'], jobs: ['a'] } }),
        item(2, { at, of: 3, clusters: { web: ['old'] } }),
      ],
      { accounts },
    )
    expect(index.refs.map(fullName)).toEqual(['prod.us-east-1/web/a', 'prod.us-east-1/web/b', 'prod.us-east-1/jobs/a'])
    expect(index.refs[0]?.arn).toBe('arn:aws:ecs:us-east-1:111122223333:service/web/a')
    expect(index.places).toEqual([
      { account: 'prod', ...place, at },
      { account: 'prod', accountId: '111122223333', region: 'eu-west-1' },
    ])
  })

  test('is as old as what was read longest ago, and of no age where something was never read', () => {
    const of = (...times: (string | undefined)[]) =>
      asOf({ refs: [], places: times.map(time => ({ account: 'prod', ...place, ...(time && { at: time }) })) })
    expect(of('2026-11-22T03:00:00Z', '2026-11-22T02:00:00Z')).toBe('2026-11-22T02:00:00Z')
    expect(of('2026-11-22T03:00:00Z', undefined)).toBeUndefined()
  })

  test('passes over what is not its own', () => {
    expect(readIndex([item(0, { other: 'thing' }), item(1, 'x')], { accounts }).refs).toEqual([])
  })
})

describe('an event', () => {
  const arn = 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'
  const ref = { ...place, cluster: 'web', service: 'orders-api' }
  const begins = {
    'detail-type': 'ECS Deployment State Change',
    account: '111122223333',
    time: '2026-11-22T03:00:00Z',
    resources: [arn],
    detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' },
  }
  const call = (eventName: string, more: object = {}) => ({
    'detail-type': 'AWS API Call via CloudTrail',
    account: '111122223333',
    time: '2026-11-22T03:00:00Z',
    detail: { eventName, responseElements: { service: { serviceArn: arn } }, ...more },
  })

  test.each([
    ['a deployment that begins', begins, { kind: 'seen', at, ref }],
    ['CreateService', call('CreateService'), { kind: 'seen', at, ref }],
    ['DeleteService', call('DeleteService'), { kind: 'gone', at, ref }],
    ['a call that was refused', call('DeleteService', { errorCode: 'AccessDenied' }), undefined],
    ['another call', call('UpdateService'), undefined],
    ['the end of a deployment', { ...begins, detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' } }, undefined],
    ['what is not about a service', { ...begins, resources: ['arn:aws:ecs:us-east-1:1:cluster/web'] }, undefined],
    ['a service of another account', { ...call('DeleteService'), account: '444455556666' }, undefined],
    ['no event at all', 'x', undefined],
  ])('%s', (_name, event, said) => {
    expect(noteFromEvent(event)).toEqual(said)
  })
})
