import {
  CreateClusterCommand,
  DescribeServicesCommand,
  ListClustersCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { createSignedPost } from '../../../src/gateways/signed-request.ts'
import { account, aService, clientsOf, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
const killed: string[] = []

beforeEach(async () => {
  killed.length = 0
  peer = await startPeer({ kill: container => killed.push(container) })
})
afterEach(() => peer.aws.close())

const scaleTo = (desiredCount: number) =>
  peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'api', desiredCount }))

test('dropped before: nothing happened, and nothing was answered', async () => {
  const service = aService(peer, 'api')
  const { id } = peer.aws.faults.add({ match: { action: 'UpdateService' }, when: 'before', effect: { kind: 'drop' } })
  expect(await refusal(scaleTo(5))).toMatch(/ECONNRESET|socket hang up/)
  expect(service.desired).toBe(2)
  expect(peer.aws.faults.hits(id)).toBe(1)
  await scaleTo(5)
  expect(service.desired).toBe(5)
  expect(peer.aws.callLog.list().map(({ status, fault }) => [status, fault])).toEqual([
    [0, 'before drop'],
    [200, undefined],
  ])
})

test('dropped after: it happened, and nobody was told', async () => {
  const service = aService(peer, 'api')
  peer.aws.faults.add({ match: { service: 'ecs' }, when: 'after', effect: { kind: 'drop' } })
  expect(await refusal(scaleTo(5))).toMatch(/ECONNRESET|socket hang up/)
  expect(service.desired).toBe(5)
})

test('killed: the container that asked is ended, and others are left alone', async () => {
  aService(peer, 'api')
  const issued = peer.aws.credentials.issue({ account, arn: 'arn:x', userId: 'x', roleArn: 'arn:r', container: 'op-7' })
  const { ecs } = clientsOf(peer.aws.url, issued)
  peer.aws.faults.add({ match: { container: 'op-7', nth: 2 }, when: 'after', effect: { kind: 'kill' } })
  await peer.ecs.send(new ListClustersCommand())
  await ecs.send(new ListClustersCommand())
  expect(killed).toEqual([])
  await refusal(ecs.send(new ListClustersCommand()))
  expect(killed).toEqual(['op-7'])
  await ecs.send(new ListClustersCommand())
  expect(killed).toEqual(['op-7'])
})

test('an error and a throttle look like AWS’s own', async () => {
  const { faults } = peer.aws
  const effect = { kind: 'error', code: 'ServerException', message: 'Service Unavailable', status: 503 } as const
  faults.add({ match: { action: 'ListClusters' }, when: 'before', effect, times: 2 })
  expect(await refusal(peer.ecs.send(new ListClustersCommand()))).toBe('ServerException: Service Unavailable')
  expect(await refusal(peer.ecs.send(new ListClustersCommand()))).toBe('ServerException: Service Unavailable')
  await peer.ecs.send(new ListClustersCommand())
  faults.add({ match: {}, when: 'before', effect: { kind: 'throttle' } })
  expect(await refusal(peer.ecs.send(new ListClustersCommand()))).toBe('ThrottlingException: Rate exceeded')
})

test('Lambda throttles in words of its own', async () => {
  const lambda = {
    name: 'lambda',
    actionOf: () => 'Invoke',
    answer: async () => ({ status: 202, headers: {}, body: '' }),
  }
  const { aws } = await startPeer({ extraServices: [lambda] })
  const { accessKeyId, secretAccessKey } = localUser
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  const post = createSignedPost('lambda', { AWS_ENDPOINT_URL: aws.url, ...keys })
  aws.faults.add({ match: {}, when: 'before', effect: { kind: 'throttle' }, times: 2 })
  const { status, headers, text } = await post('/2015-03-31/functions/query/invocations', '{}')
  expect([status, headers['x-amzn-errortype']]).toEqual([429, 'TooManyRequestsException'])
  expect(text).toBe('{"Reason":"CallerRateLimitExceeded","Type":"User","message":"Rate exceeded"}')
  await aws.close()
})

test('a delay passes in world time', async () => {
  peer.aws.faults.add({ match: {}, when: 'before', effect: { kind: 'delay', ms: 30_000 } })
  const call = peer.ecs.send(new ListClustersCommand())
  await expect.poll(() => peer.clock.next()).toBeDefined()
  expect(peer.aws.callLog.list()).toEqual([])
  peer.clock.advance(30_000)
  expect((await call).clusterArns).toEqual([])
})

test('a held call waits until it is let go', async () => {
  const service = aService(peer, 'api')
  const { id } = peer.aws.faults.add({ match: {}, when: 'before', effect: { kind: 'hold' } })
  const call = scaleTo(9)
  await expect.poll(() => peer.aws.faults.hits(id)).toBe(1)
  expect(service.desired).toBe(2)
  peer.aws.faults.release(id)
  expect((await call).service?.desiredCount).toBe(9)
})

test('rules are listed with their hits, and can be taken away', async () => {
  const { faults } = peer.aws
  faults.add({ id: 'mine', match: { action: 'ListClusters' }, when: 'before', effect: { kind: 'throttle' }, times: 9 })
  await refusal(peer.ecs.send(new ListClustersCommand()))
  expect(faults.list()).toMatchObject([{ id: 'mine', times: 9, hits: 1 }])
  expect(faults.remove('mine')).toBe(true)
  await peer.ecs.send(new ListClustersCommand())
})

test('the buckets of ECS empty, and fill in world time', async () => {
  const create = (n: number) => refusal(peer.ecs.send(new CreateClusterCommand({ clusterName: `c${n}` })))
  const answers: string[] = []
  for (let n = 0; n < 22; n += 1) answers.push(await create(n))
  expect(answers.filter(answer => answer === 'ThrottlingException: Rate exceeded')).toHaveLength(2)
  peer.clock.advance(1_000)
  expect(await create(30)).toBe('not refused')
  expect(await create(31)).toBe('ThrottlingException: Rate exceeded')
})

test('DescribeServices and ListServices share a bucket of a hundred; each region has its own', async () => {
  const { throttle } = peer.aws
  const take = (action: string, region: string) => throttle.take({ service: 'ecs', action, region, account })
  const taken = Array.from({ length: 120 }, (_, n) => take(n % 2 ? 'ListServices' : 'DescribeServices', 'us-east-1'))
  expect(taken.filter(Boolean)).toHaveLength(100)
  expect(take('ListServices', 'eu-west-1')).toBe(true)
  aService(peer, 'api')
  const describe = peer.ecs.send(new DescribeServicesCommand({ cluster: 'web', services: ['api'] }))
  expect(await refusal(describe)).toBe('ThrottlingException: Rate exceeded')
})
