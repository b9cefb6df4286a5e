// The service index: ten thousand services found in few calls, kept when a part of AWS does not answer, and read by
// whoever names a service.

import { readFile } from 'node:fs/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { spokeRoles } from '../../../infra/spoke-roles.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { saveNote } from '../../../src/features/services/index-store.ts'
import {
  noteFromEvent,
  readIndex,
  readTags,
  SERVICE_TAGS,
  SERVICES,
} from '../../../src/features/services/service-index.ts'
import { createStore } from '../../../src/gateways/store.ts'
import type { Store } from '../../../src/model/ports/store.ts'
import { aWorld, type World } from '../world.ts'

let world: World
let store: Store
let client: DynamoDBClient
beforeAll(async () => {
  world = await aWorld()
  const { accessKeyId, secretAccessKey } = localUser
  client = new DynamoDBClient({
    endpoint: world.aws.url,
    region: HUB.region,
    credentials: { accessKeyId, secretAccessKey },
  })
  store = createStore('quarterdeck', client, () => world.clock.now())
})
afterAll(() => {
  client.destroy()
  return world.stop()
})
afterEach(() => {
  letIn('444455556666')
  world.aws.callLog.clear()
})

const LAB = '777788889999'
const accounts = [
  { name: 'prod', id: '111122223333', regions: ['us-east-1', 'eu-west-1'] },
  { name: 'staging', id: '444455556666', regions: ['us-east-1', 'eu-west-1'] },
] as never

const letIn = (account: string) => {
  for (const { maxSessionSeconds, ...role } of spokeRoles({ account, hub: HUB.account }))
    world.aws.roles.add({ account, maxSessionDuration: maxSessionSeconds, ...role })
}
/** Nobody may assume a role there any more. */
const shutOut = (account: string) => {
  for (const { maxSessionSeconds, ...role } of spokeRoles({ account, hub: HUB.account }))
    world.aws.roles.add({
      account,
      maxSessionDuration: maxSessionSeconds,
      ...role,
      trustPolicy: { ...role.trustPolicy, Statement: [] },
    })
}

/** Services in ten clusters each of three accounts and two regions, half of them tagged by team; says how many clusters there are. */
const crowd = (count: number): number => {
  const { spec } = world.service().deployments[0]?.revision ?? {}
  if (spec === undefined) throw new Error('no revision')
  const places = [HUB.account, '444455556666', LAB].flatMap(account =>
    ['us-east-1', 'eu-west-1'].map(region => ({ account, region })),
  )
  for (let n = 0; n < count; n += 1) {
    const place = places[n % places.length] ?? HUB
    const name = `crowd-${Math.floor(n / 1_000)}`
    const cluster = world.fleet.site(place).clusters.get(name) ?? world.fleet.createCluster(place, name)
    const own = {
      name: `svc-${String(n).padStart(5, '0')}`,
      desired: 0,
      createdBy: 'test',
      tags: n % 2 === 0 ? { team: `team-${n % 7}` } : {},
    }
    world.fleet.createService(cluster, { ...own, spec, isSettled: true })
  }
  return places.reduce((sum, place) => sum + world.fleet.site(place).clusters.size, 0)
}

const index = async () => readIndex(await store.list(SERVICES), { accounts })

test('without an index, what is typed is looked for in AWS', async () => {
  expect(await world.type('status orders-api')).toContain('orders-api')
  expect(world.calls('ListServices').length).toBeGreaterThan(0)
})

test('a refresh lists, and never describes; afterwards nobody has to list', async () => {
  await world.recur('index')
  const calls = world.aws.callLog.list().filter(({ service }) => ['ecs', 'tagging', 'sts'].includes(service))
  expect([...new Set(calls.map(({ action }) => action))].toSorted()).toEqual([
    'AssumeRole',
    'GetResources',
    'ListClusters',
    'ListServices',
  ])
  expect(new Set(calls.map(({ errorCode }) => errorCode))).toEqual(new Set([undefined]))
  const [assumed] = world.calls('AssumeRole')
  expect(assumed?.input).toMatchObject({ RoleSessionName: 'quarterdeck-schedule', SourceIdentity: 'quarterdeck' })
  world.aws.callLog.clear()
  expect(await world.type('status orders-api')).toContain('orders-api')
  expect(world.calls('ListServices')).toEqual([])
})

test('what changes between refreshes is known by events, and what they said is over when it was seen', async () => {
  const { accountId, region } = { accountId: HUB.account, region: HUB.region }
  const arn = (name: string) => `arn:aws:ecs:${region}:${accountId}:service/${name}`
  const tell = async (event: object) => {
    const said = noteFromEvent({ account: accountId, ...event })
    if (said === undefined) throw new Error('no note')
    await saveNote(said, { store, now: () => new Date(world.clock.now()).toISOString() })
  }
  const time = new Date(world.clock.now() + 1_000).toISOString()
  await tell({
    'detail-type': 'ECS Deployment State Change',
    time,
    resources: [arn('web/brand-new')],
    detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' },
  })
  await tell({
    'detail-type': 'AWS API Call via CloudTrail',
    time,
    detail: { eventName: 'DeleteService', responseElements: { service: { serviceArn: arn('web/checkout') } } },
  })
  const names = async () =>
    (await index()).refs.filter(ref => ref.accountId === accountId && ref.region === region).map(ref => ref.service)
  expect(await names()).toContain('brand-new')
  expect(await names()).not.toContain('checkout')
  world.clock.advance(60_000)
  await world.recur('index')
  expect(await names()).not.toContain('brand-new')
  expect(await names()).toContain('checkout')
})

test('an account whose role cannot be assumed keeps what was known of it, and the others are read', async () => {
  const before = await index()
  world.clock.advance(600_000)
  shutOut('444455556666')
  await world.recur('index')
  const { places, refs } = await index()
  expect(refs).toEqual(before.refs)
  const age = (account: string) =>
    places.filter(place => place.account === account).map(({ at }) => world.clock.now() - Date.parse(at ?? ''))
  expect(age('prod').every(ms => ms < 60_000)).toBe(true)
  expect(age('staging').every(ms => ms >= 600_000)).toBe(true)
  expect(places.find(({ account }) => account === 'staging')?.problem?.text).toContain('AWS denied it')
  expect(await world.type('status prod.us-east-1/web/orders-api')).toContain('orders-api')
})

test('names are kept fresh although nobody may read the tags, which stay as they were', async () => {
  const tags = await store.list(SERVICE_TAGS)
  world.clock.advance(600_000)
  world.aws.faults.add({
    match: { service: 'tagging' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
    times: 100,
  })
  await world.recur('index')
  world.aws.faults.clear()
  const { places } = await index()
  for (const { at, problem } of places) {
    expect(world.clock.now() - Date.parse(at ?? '')).toBeLessThan(60_000)
    expect(problem?.text).toContain('AccessDeniedException')
  }
  expect(await store.list(SERVICE_TAGS)).toEqual(tags)
  await world.recur('index')
  expect((await index()).places.every(({ problem }) => problem === undefined)).toBe(true)
})

test('without an index, an account that cannot be assumed does not hide the others', async () => {
  for (const { key, version } of await store.list(SERVICES)) await store.remove(key, version)
  shutOut('444455556666')
  expect(await world.type('status orders-api')).toContain('4 of 4')
})

test('ten thousand services in three accounts and two regions: at most two calls a hundred, one a cluster, and a few', async () => {
  letIn(LAB)
  const yaml = await readFile('quarterdeck.yaml', 'utf8')
  const role = (name: string) => `arn:aws:iam::${LAB}:role/quarterdeck-${name}`
  const lab = `  lab:\n    id: "${LAB}"\n    environment: lab\n    regions: [us-east-1, eu-west-1]\n    roles: { viewer: "${role('viewer')}", operator: "${role('operator')}", revert: "${role('revert')}" }\n`
  const config = await world.publish(yaml.replace('accounts:\n', `accounts:\n${lab}`))
  const clusters = crowd(10_000)
  world.aws.callLog.clear()
  await world.recur('index')
  const found = readIndex(await store.list(SERVICES), config)
  const calls = world.aws.callLog.list().filter(({ service }) => ['ecs', 'tagging', 'sts', 'ssm'].includes(service))
  expect(found.refs.length).toBeGreaterThanOrEqual(10_000)
  expect(calls.filter(({ errorCode }) => errorCode !== undefined)).toEqual([])
  // Two regions of three accounts: their clusters, the last page of their tags; a role each, and the configuration.
  expect(calls.length).toBeLessThanOrEqual((2 * found.refs.length) / 100 + clusters + 6 + 6 + 3 + 1)
  expect(
    readTags(await store.list(SERVICE_TAGS)).get('arn:aws:ecs:us-east-1:777788889999:service/crowd-0/svc-00004'),
  ).toEqual({ team: 'team-4' })
})
