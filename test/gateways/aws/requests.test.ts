// Requests and callers of services, as CloudWatch counts them: the product's readers, asked at the wire of the sandbox.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'
import { seedScaling } from '../../../sandbox/world/seed-scaling.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import { createSessions } from '../../../src/gateways/aws/identity/sessions.ts'
import { createCallerReader } from '../../../src/gateways/aws/metrics/callers.ts'
import { searchMetrics } from '../../../src/gateways/aws/metrics/metric-data.ts'
import { createRequestReader } from '../../../src/gateways/aws/metrics/requests.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import { aRef } from '../../builders.ts'
import { account as id, type Peer, refusal, startPeer } from '../../sandbox/aws/peer.ts'

let peer: Peer
const config = { accounts: [{ id, name: 'prod' }] } as unknown as Config
const sessions = () => {
  const own = createSessions(async () => ({ ...localUser, sessionToken: '', expiration: new Date(8.64e15) }), 1)
  const client = new CloudWatchClient({ endpoint: peer.aws.url, region: 'us-east-1', credentials: localUser })
  return { ...own, each: (() => async () => client) as unknown as typeof own.each }
}

beforeAll(async () => {
  peer = await startPeer()
  seedWorld(peer.fleet)
  seedScaling(peer.fleet, peer.aws.autoscaling)
})
afterAll(() => peer.aws.close())

const now = () => new Date(peer.clock.now()).toISOString()
const group = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:${id}:targetgroup/${name}/6d0ecf831eec9f09`
const requests = (...groups: readonly string[]) => createRequestReader(config, sessions())(aRef(), groups, now())
const callers = (...names: readonly string[]) =>
  createCallerReader(config, sessions())(aRef({ service: 'checkout' }), names, now())

test('requests a minute of a target group are those of its tasks, over five minutes', async () => {
  const [orders, search] = [await requests(group('orders-api')), await requests(group('search'))]
  // 4 tasks, of which each answers 1,000 requests a minute at most.
  expect(orders).toBeGreaterThan(500)
  expect(orders).toBeLessThan(4_000)
  expect(await requests(group('orders-api'), group('search'))).toBeCloseTo((orders ?? 0) + (search ?? 0))
})

test('are unknown without a target group that counts, and are asked for no other text', async () => {
  expect(await requests()).toBeUndefined()
  expect(await requests(group('nothing'))).toBeUndefined()
  const calls = peer.aws.callLog.list().length
  expect(await requests(`${group('orders-api')}" OR x="`, 'orders-api')).toBeUndefined()
  expect(peer.aws.callLog.list()).toHaveLength(calls)
})

test('callers are the Service Connect clients that sent traffic, without the service itself', async () => {
  expect(await callers('checkout')).toEqual(['payments-api'])
  expect(await callers('nothing', 'checkout')).toEqual(['payments-api'])
  expect(await callers()).toEqual([])
  const client = peer.fleet.site({ account: id, region: 'us-east-1' }).clusters.get('web')?.services.get('payments-api')
  if (client === undefined) throw new Error('no payments-api')
  peer.aws.autoscaling.setLoad(client, 0)
  peer.clock.advance(61 * 60_000)
  expect(await callers('checkout')).toEqual([])
})

test('names that cannot all be searched for do not count as names without callers', async () => {
  await expect(callers('checkout', '" x="')).rejects.toThrow(RemoteError)
  const eleven = Array.from({ length: 11 }, (_, at) => `name${at}`)
  await expect(callers(...eleven)).rejects.toThrow(RemoteError)
})

test('the sandbox refuses searches that it does not know', async () => {
  const client = new CloudWatchClient({ endpoint: peer.aws.url, region: 'us-east-1', credentials: localUser })
  const search = { id: 'a', namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions: ['ClusterName'], where: {} }
  expect(await refusal(searchMetrics(client, [search], { from: 0, until: 60_000 }))).toMatch(
    /^Validation\w+: .* the expression/,
  )
})
