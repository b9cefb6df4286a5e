// Sessions when things go wrong, and as time goes by.

import { ResumeSessionCommand, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNonce, wrap } from '../../../src/kit/session/wrapper.ts'
import { written } from './exec-client.ts'
import { anExecWorld, type ExecWorld } from './exec-world.ts'

let the: ExecWorld
beforeAll(async () => {
  the = await anExecWorld()
})
afterAll(() => the.world.stop())
beforeEach(() => the.clear())

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('in bad weather', () => {
  const resumed = async (id: string | undefined) => {
    const { TokenValue: tokenValue, StreamUrl: streamUrl } = await the.ssm.send(
      new ResumeSessionCommand({ SessionId: id }),
    )
    return the.join({ streamUrl, tokenValue })
  }

  test('nothing is lost but time: loss, duplicates and disorder, both ways', async () => {
    the.weather({ loss: 0.1, duplication: 0.1, reordering: 0.2 })
    const client = await the.open(`sh -c 'seq 1 2000'`)
    await client.closed()
    expect(written(client).trimEnd().split('\r\n')).toHaveLength(2_000)
  })

  test.each([1, 5])('a client that comes back %i times misses nothing', async times => {
    the.weather({ cuts: times, cutEvery: 12 })
    const { sessionId, ...session } = await the.execute(`sh -c 'seq 1 9000; sleep 0.3'`)
    const clients = [the.join(session)]
    for (let n = 0; n < times; n += 1) {
      await clients.at(-1)?.over()
      clients.push(await resumed(sessionId))
    }
    expect(await clients.at(-1)?.closed()).toBe('')
    const payloads = new Map(
      clients.flatMap(client =>
        client.outputs().map(({ sequenceNumber, payload }) => [sequenceNumber, payload] as const),
      ),
    )
    const sorted = [...payloads].sort(([a], [b]) => a - b).map(([, payload]) => payload)
    expect(Buffer.concat(sorted).toString().trimEnd().split('\r\n')).toHaveLength(9_000)
  })

  test('a pause stops both, and what comes after it goes on', async () => {
    const { sessionId, ...session } = await the.execute('cat')
    const { channel } = the.sessionOf(sessionId)
    const client = the.join(session)
    await client.until(() => client.frames.length > 0)
    channel.hold()
    client.input(0, 'lost\r')
    await client.until(() => client.ofType('pause_publication').length === 2)
    channel.release()
    client.input(0, 'heard\r')
    await client.until(() => written(client).includes('heard\r\nheard\r\n'))
    expect(written(client)).not.toContain('lost')
  })

  test('an end without a farewell is a socket that closes', async () => {
    the.weather({ hidesEnd: true })
    const client = await the.open('true')
    expect(await client.over()).toMatchObject({ code: 1_000 })
    expect(client.ofType('channel_closed')).toEqual([])
  })

  test('without a client the command stands still', async () => {
    const { sessionId, ...session } = await the.execute(`sh -c 'seq 1 200000; echo done'`)
    await new Promise(resolve => setTimeout(resolve, 150))
    expect(the.sessionOf(sessionId).endedAt).toBeUndefined()
    const client = the.join(session)
    expect(await client.closed()).toBe('')
    expect(written(client)).toMatch(/200000\r\ndone\r\n$/)
  })
})

describe('in time', () => {
  test('an hour ends a socket, not its session', async () => {
    const { sessionId, ...session } = await the.execute('cat')
    const client = the.join(session)
    await client.until(() => client.frames.length > 0)
    for (let n = 0; n < 6; n += 1) {
      the.world.clock.advance(9 * 60_000)
      client.input(n, `${n}\r`)
      await client.until(() => written(client).includes(`${n}\r\n${n}\r\n`))
    }
    the.world.clock.advance(9 * 60_000)
    expect(await client.over()).toMatchObject({ code: 1_000, reason: 'Bye' })
    expect(the.sessionOf(sessionId).endedAt).toBeUndefined()
  })

  test('twenty idle minutes end a session', async () => {
    const client = await the.open('cat')
    await client.until(() => client.frames.length > 0)
    the.world.clock.advance(20 * 60_000)
    expect(await client.closed()).toBe('Your session timed out due to inactivity and has been terminated.')
  })

  test('twenty minutes end a runner that nobody answers, too: whoever asked for it died', async () => {
    const nonce = createNonce()
    const client = await the.open(wrap('echo pid $PPID', nonce))
    await client.until(() => written(client).includes(`${nonce.join('')} end 0 .`))
    const pid = Number(/pid (\d+)/.exec(written(client))?.[1])
    expect(isAlive(pid)).toBe(true)
    the.world.clock.advance(20 * 60_000)
    expect(await client.closed()).toMatch(/timed out due to inactivity/)
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  test('TerminateSession kills the process and closes the channel', async () => {
    const { sessionId, ...session } = await the.execute(`sh -c 'echo pid $$; sleep 1000'`)
    const client = the.join(session)
    await client.until(() => /pid \d+/.test(written(client)))
    const pid = Number(/pid (\d+)/.exec(written(client))?.[1])
    await the.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
    expect(await client.closed()).toBe('')
    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(await the.ssm.send(new ResumeSessionCommand({ SessionId: sessionId }))).not.toHaveProperty('TokenValue')
  })

  test('with its task an agent is gone without a word, and each frame is answered by a pause', async () => {
    const { sessionId, ...session } = await the.execute('cat')
    const client = the.join(session)
    await client.until(() => client.frames.length > 0)
    const { task } = the.sessionOf(sessionId).container
    the.world.fleet.stopTask(task, 'test')
    await the.world.until(() => task.executionStoppedAt !== undefined)
    client.input(0, 'hello?\r')
    await client.until(() => client.ofType('pause_publication').length >= 2)
    expect(client.ofType('channel_closed')).toEqual([])
  })
})
