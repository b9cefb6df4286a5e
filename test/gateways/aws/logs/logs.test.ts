// The gateway to CloudWatch Logs, at the wire: how many calls, and what becomes of AWS's errors.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../../sandbox/aws/wire/credentials.ts'
import type { LogGroup } from '../../../../sandbox/world/logs.ts'
import type { Config } from '../../../../src/engine/rules/config.ts'
import type { LogAnswer, LogQuery } from '../../../../src/features/logs/log-types.ts'
import type { Sessions } from '../../../../src/gateways/aws/identity/sessions.ts'
import { createLogReaders } from '../../../../src/gateways/aws/logs/logs.ts'
import { aRef } from '../../../builders.ts'
import { type Peer, place, startPeer } from '../../../sandbox/aws/peer.ts'

let peer: Peer
let group: LogGroup
const streams = Array.from({ length: 250 }, (_, n) => `ecs/app/${n.toString().padStart(3, '0')}`)

beforeAll(async () => {
  peer = await startPeer()
  group = peer.aws.logs.create(place, '/many')
  for (const [n, stream] of streams.entries())
    for (let line = 0; line < 20; line += 1)
      peer.aws.logs.append(group, stream, `${line} of ${stream}`, peer.clock.now() - (line * 250 + n))
})
afterAll(() => peer.aws.close())
beforeEach(() => {
  peer.aws.throttle.reset()
  peer.aws.callLog.clear()
})

const ask = (more: Partial<LogQuery> = {}): Promise<LogAnswer> => {
  const settings = { region: 'us-east-1', maxAttempts: 1, credentials: localUser, endpoint: peer.aws.url }
  const sessions = {
    credentials: async () => localUser,
    each: (make: (settings: object) => unknown) => async () => make(settings),
  } as unknown as Sessions
  const config = { accounts: [{ id: '111122223333' }] } as unknown as Config
  const { logLines } = createLogReaders(config, sessions)
  return logLines(aRef(), {
    group: '/many',
    region: 'us-east-1',
    streams,
    since: peer.clock.now() - 3_600_000,
    limit: 1_000,
    sessions: 'left out',
    ...more,
  })
}

const found = async (more: Partial<LogQuery> = {}) => {
  const answer = await ask(more)
  if (answer.kind !== 'lines') throw new Error(answer.kind)
  return answer
}
const calls = () => peer.aws.callLog.list().filter(({ action }) => action === 'FilterLogEvents').length

test('the newest of 250 streams, the oldest first, in three calls', async () => {
  const { lines, isPartial } = await found()
  expect(lines).toHaveLength(1_000)
  expect(lines.at(-1)?.message).toBe('0 of ecs/app/000')
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b))
  expect(new Set(lines.map(({ id }) => id)).size).toBe(1_000)
  expect(isPartial).toBe(true)
  expect(calls()).toBe(3)
})

test('all there is, where that is less', async () => {
  expect(await found({ limit: 10_000 })).toMatchObject({ isPartial: false })
  expect((await found({ filter: '"19 of ecs/app/123"' })).lines).toHaveLength(1)
})

test('a stream that is not there costs one call more, and hides nothing', async () => {
  const few = streams.slice(0, 3)
  const { lines } = await found({ streams: [...few, 'ecs/app/none'], limit: 10_000 })
  expect(new Set(lines.map(({ stream }) => stream))).toEqual(new Set(few))
  expect(calls()).toBe(2)
})

test('what AWS refuses comes back as what it means', async () => {
  expect(await ask({ group: '/none' })).toEqual({ kind: 'no group' })
  expect(await ask({ filter: '{ $.a' })).toMatchObject({ kind: 'bad filter' })
  expect(await ask({ filter: 'a:b' })).toMatchObject({ kind: 'lines' })
})

test('throttled beyond the client’s patience: an error that will pass', async () => {
  const throttle = { match: { service: 'logs' }, when: 'before', effect: { kind: 'throttle' }, times: 9 } as const
  peer.aws.faults.add(throttle)
  await expect(ask()).rejects.toMatchObject({ code: 'ThrottlingException', passing: true })
  peer.aws.faults.clear()
})
