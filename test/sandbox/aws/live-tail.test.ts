// Live Tail at the wire: the SDK's own client reads the sandbox's event stream.
import {
  CloudWatchLogsClient,
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import type { LogGroup } from '../../../sandbox/world/logs.ts'
import { isQuick } from '../../seed.ts'
import { type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
let group: LogGroup
let client: CloudWatchLogsClient

beforeAll(async () => {
  peer = await startPeer()
  group = peer.aws.logs.create(place, '/live')
  client = new CloudWatchLogsClient({
    endpoint: peer.aws.url,
    region: place.region,
    credentials: localUser,
    maxAttempts: 1,
    disableHostPrefix: true,
  })
})
afterAll(() => peer.aws.close())
beforeEach(() => {
  peer.aws.throttle.reset()
  peer.aws.logKnobs.othersSessions = 0
})

const start = async (more: Partial<StartLiveTailCommandInput> = {}) => {
  const abort = new AbortController()
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [group.arn], ...more })
  const { responseStream } = await client.send(command, { abortSignal: abort.signal })
  const events = (responseStream as AsyncIterable<StartLiveTailResponseStream>)[Symbol.asyncIterator]()
  const next = async () => (await events.next()).value as StartLiveTailResponseStream
  return { next, close: () => abort.abort() }
}

const say = (message: string, stream = 's') => peer.aws.logs.append(group, stream, message, peer.clock.now())
const second = () => peer.clock.advance(1_000)

test('what arrives is told once a second, and nothing is an empty update', async () => {
  const tail = await start()
  expect((await tail.next()).sessionStart?.logGroupIdentifiers).toEqual([group.arn])
  say('one')
  second()
  const { sessionMetadata, sessionResults } = (await tail.next()).sessionUpdate ?? {}
  expect(sessionMetadata).toEqual({ sampled: false })
  expect(sessionResults).toMatchObject([{ message: 'one', logStreamName: 's', timestamp: expect.any(Number) }])
  second()
  expect((await tail.next()).sessionUpdate?.sessionResults).toEqual([])
  tail.close()
})

test('of more than 500 in a second 500 are a sample', async () => {
  const tail = await start({ logEventFilterPattern: 'many' })
  await tail.next()
  for (let n = 0; n < 1_200; n += 1) say(`many ${n}`)
  say('other')
  second()
  const { sessionMetadata, sessionResults } = (await tail.next()).sessionUpdate ?? {}
  expect(sessionMetadata).toEqual({ sampled: true })
  expect(sessionResults).toHaveLength(500)
  tail.close()
})

test('streams by name or by prefix', async () => {
  const tail = await start({ logStreamNamePrefixes: ['ecs/app'] })
  await tail.next()
  say('mine', 'ecs/app/1')
  say('not mine', 'ecs/envoy/1')
  second()
  expect((await tail.next()).sessionUpdate?.sessionResults?.map(({ message }) => message)).toEqual(['mine'])
  tail.close()
})

test.each([
  [{ logGroupIdentifiers: ['/live'] }, 'InvalidParameterException'],
  [{ logGroupIdentifiers: [`arn:aws:logs:us-east-1:${place.account}:log-group:/live:*`] }, 'InvalidParameterException'],
  [{ logStreamNames: ['a'], logStreamNamePrefixes: ['a'] }, 'InvalidParameterException'],
  [{ logEventFilterPattern: 'a:b' }, 'InvalidParameterException'],
  [
    { logGroupIdentifiers: [`arn:aws:logs:us-east-1:${place.account}:log-group:/nothing`] },
    'ResourceNotFoundException',
  ],
])('%o is refused', async (more, code) => {
  expect(await refusal(start(more))).toContain(code)
})

test('fifteen sessions in an account and region, and no more', async () => {
  peer.aws.logKnobs.othersSessions = 14
  const tail = await start()
  expect(await refusal(start())).toContain('LimitExceededException')
  tail.close()
  await expect.poll(() => peer.aws.liveTails.count(place)).toBe(0)
  const again = await start()
  again.close()
})

test('five starts a second', async () => {
  peer.aws.logKnobs.othersSessions = 15
  for (let n = 0; n < 5; n += 1) expect(await refusal(start())).toContain('LimitExceeded')
  expect(await refusal(start())).toContain('ThrottlingException')
})

test.skipIf(isQuick)('after three hours a session is over', async () => {
  const tail = await start()
  await tail.next()
  peer.clock.advance(3 * 3_600_000)
  const read = async () => {
    for (;;) if ((await tail.next()) === undefined) return
  }
  expect(await refusal(read())).toContain('SessionTimeoutException')
})
