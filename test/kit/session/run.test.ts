// A command's status is what its runner said, or not known: never success for want of a better word.
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSession } from '../../../src/kit/session/channel.ts'
import { createEncryption } from '../../../src/kit/session/encryption.ts'
import { encodeFrame } from '../../../src/kit/session/frame.ts'
import { PAYLOAD, textOf, toBytes } from '../../../src/kit/session/messages.ts'
import { type RunOptions, type RunResult, runCommand } from '../../../src/kit/session/run.ts'
import type { Nonce } from '../../../src/kit/session/wrapper.ts'
import { isQuick } from '../../seed.ts'
import {
  type AgentOptions,
  aFrame,
  anAgent,
  aRequest,
  bytesOf,
  closedFrame,
  collect,
  type Fate,
  type TestAgent,
  unlucky,
} from './agent.ts'
import { fromHex, vectors } from './vectors.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const nonce: Nonce = ['0123456789abcdef', 'fedcba9876543210']
const M = nonce.join('')

const inPieces = (text: string | Uint8Array, size = 7): readonly Uint8Array[] => {
  const bytes = typeof text === 'string' ? bytesOf(text) : text
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.slice(n * size, (n + 1) * size))
}
const wrapped = (output: string, status: number, err = ''): string =>
  `${M} begin\r\n${output}\r\n${M} err\r\n${btoa(err)}\r\n${M} end ${status} .\r\n`

const keysOf = (agent: TestAgent): readonly string[] =>
  agent.heard.filter(({ payloadType }) => payloadType === PAYLOAD.output).map(({ payload }) => textOf(payload))

/** A command that was wrapped: its runner waits for Enter. */
const aRunner = (text: string | Uint8Array, options: AgentOptions = {}, size?: number): TestAgent =>
  anAgent({ says: inPieces(text, size), waits: true, ...options })

type Run = { readonly shown: () => string; readonly result: () => Promise<RunResult>; readonly isOver: () => boolean }

const aRun = (agent: TestAgent, over: Partial<RunOptions> = {}): Run => {
  let shown = ''
  let isOver = false
  const running = runCommand(
    aRequest,
    {
      nonce,
      isWrapped: true,
      onOutput: text => {
        shown += text
      },
      ...over,
    },
    agent.ports,
  ).finally(() => {
    isOver = true
  })
  running.catch(() => undefined)
  return {
    shown: () => shown,
    isOver: () => isOver,
    result: async () => {
      await agent.clock.until(() => isOver)
      return running
    },
  }
}

describe('a command', () => {
  test('ends with its status, its output and its standard error', async () => {
    const agent = aRunner(wrapped('hello\r\nworld\r\n', 7, 'oops\n'))
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({
      status: 7,
      stderr: 'oops\n',
      isStderrCut: false,
      end: { kind: 'closed', reason: '' },
      bytes: wrapped('hello\r\nworld\r\n', 7, 'oops\n').length,
    })
    expect(run.shown()).toBe('hello\nworld\n')
    expect(agent.clock.pending()).toBe(0)
  })

  test('whose runner said nothing has no status, although the channel closed as it should', async () => {
    const agent = anAgent({ says: inPieces(`${M} begin\r\nhalf of it`) })
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({ status: undefined, end: { kind: 'closed', reason: '' } })
    expect(run.shown()).toBe('half of it')
  })

  test('that was not wrapped has no status, and shows everything', async () => {
    const agent = anAgent({ says: inPieces(`plain\r\n\r\n${M} end 0 .\r\n`) })
    const run = aRun(agent, { isWrapped: false })
    expect(await run.result()).toMatchObject({ status: undefined, stderr: undefined })
    expect(run.shown()).toBe(`plain\n\n${M} end 0 .\n`)
  })

  test.each(['still here\r\n', '\r\n\r\nstill here', '\r\n', '\n', ''])(
    'that forges a marker and goes on is not believed, however it is cut: %j',
    async more => {
      for (let size = 1; size < 50; size += 1) {
        const said = wrapped(`x\r\n${M} end 0 .\r\n${more}`, 3)
        const run = aRun(aRunner(said, {}, size))
        expect(await run.result()).toMatchObject({ status: 3 })
        expect(run.shown().replaceAll('\n', '')).toBe(`x${more}`.replaceAll(/[\r\n]/g, ''))
      }
    },
  )

  test('that could not be started: the agent’s words, and no status', async () => {
    const agent = anAgent({ ends: false })
    const run = aRun(agent)
    await agent.clock.advance(20)
    agent.tell(closedFrame('\n----------ERROR-------\nUnable to start command: Failed to start pty\n'))
    expect(await run.result()).toMatchObject({
      status: undefined,
      end: { kind: 'closed', reason: expect.stringContaining('Failed to start pty') },
    })
  })

  test('with binary output and runes cut in two shows what can be read, and what cannot as U+FFFD', async () => {
    const bytes = new Uint8Array([
      ...bytesOf(`${M} begin\r\nh\u00e9\u{1f600}`),
      0xff,
      0xc3,
      0x0a,
      ...bytesOf(`\r\n${M} end 0 .\r\n`),
    ])
    const run = aRun(aRunner(bytes, {}, 1))
    expect(await run.result()).toMatchObject({ status: 0, bytes: bytes.length })
    expect(run.shown()).toBe('h\u00e9\u{1f600}\ufffd\ufffd\n')
  })

  test.each(['\r\n', '\n'])('echoes of Enter (%j) are no part of what it said', async echo => {
    const said = `${wrapped('hello\r\n', 0)}`
    const agent = anAgent({ says: inPieces(said), ends: false })
    const run = aRun(agent)
    await agent.clock.until(() => keysOf(agent).length > 0)
    const late = aFrame(agent.clock, { payload: bytesOf(echo), sequenceNumber: inPieces(said).length })
    agent.raw(encodeFrame(late))
    agent.tell(closedFrame())
    const sha256 = createHash('sha256').update(said).digest('hex')
    expect(await run.result()).toMatchObject({ status: 0, bytes: said.length, sha256, end: { kind: 'closed' } })
    expect(run.shown()).toBe('hello\n')
  })

  test('is answered with one Enter, when its status is known and not before', async () => {
    const agent = anAgent({ says: inPieces(wrapped('hello\r\n', 0)), everyMs: 50, ends: false })
    const run = aRun(agent)
    await agent.clock.until(() => keysOf(agent).length > 0)
    expect(agent.unacknowledged()).toBe(0)
    await run.result()
    expect(keysOf(agent)).toEqual(['\n'])
  })

  test('whose connection is cut while it ends is told whole, by an agent that waits for nothing', async () => {
    const says = wrapped('hello\r\n', 0, 'e')
    for (let at = 1; at < 60; at += 1) {
      const agent = aRunner(says, { cuts: [at], drainMs: 0 })
      const run = aRun(agent)
      expect(await run.result()).toMatchObject({ status: 0, stderr: 'e' })
      expect(run.shown()).toBe('hello\n')
    }
  })

  test('that was not wrapped is answered with nothing', async () => {
    const agent = anAgent({ says: inPieces(wrapped('hello\r\n', 0)) })
    await aRun(agent, { isWrapped: false }).result()
    expect(keysOf(agent)).toEqual([])
  })

  test('whose agent never closes is ended some seconds after its status, with the status', async () => {
    const agent = anAgent({ says: inPieces(wrapped('hi\r\n', 0)), ends: false })
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({ status: 0, end: { kind: 'incomplete', isTerminated: true } })
    expect(agent.calls).toContain('TerminateSession')
  })

  test('that never ends is ended by the deadline, and its status is not known', async () => {
    const agent = anAgent({ says: inPieces(`${M} begin\r\nhello\r\n`), ends: false })
    const run = aRun(agent, { deadline: agent.clock.now() + 60_000 })
    expect(await run.result()).toMatchObject({
      status: undefined,
      end: { kind: 'incomplete', reason: 'its deadline passed' },
    })
    expect(run.shown()).toBe('hello\n')
    expect(agent.calls).toContain('TerminateSession')
  })

  test('whose output cannot be passed on is terminated, and the fault is told', async () => {
    const agent = anAgent({ says: inPieces(wrapped('hello\r\n', 0)), ends: false })
    const run = aRun(agent, { onOutput: () => Promise.reject(new Error('Slack is gone')) })
    await expect(run.result()).rejects.toThrow('Slack is gone')
    expect(agent.calls).toContain('TerminateSession')
  })
})

describe('Stop', () => {
  test('is Ctrl-C first, once more after a second, and the end of the session two seconds later', async () => {
    const stop = new AbortController()
    const agent = anAgent({ says: inPieces(`${M} begin\r\n`), ends: false })
    const run = aRun(agent, { signal: stop.signal })
    await agent.clock.advance(100)
    stop.abort()
    await agent.clock.advance(900)
    expect(keysOf(agent)).toEqual(['\x03'])
    await agent.clock.advance(1_000)
    expect(keysOf(agent)).toEqual(['\x03', '\x03'])
    expect(agent.calls).not.toContain('TerminateSession')
    await agent.clock.advance(200)
    expect(agent.calls).toContain('TerminateSession')
    expect(await run.result()).toMatchObject({ status: undefined, end: { kind: 'incomplete' } })
  })

  test('when the status is known changes nothing of it, and ends what is still open', async () => {
    const stop = new AbortController()
    const agent = anAgent({ says: inPieces(wrapped('hello\r\n', 0)), ends: false })
    const run = aRun(agent, { signal: stop.signal })
    await agent.clock.until(() => keysOf(agent).length > 0)
    stop.abort()
    expect(await run.result()).toMatchObject({ status: 0, end: { kind: 'incomplete', isTerminated: true } })
    expect(run.shown()).toBe('hello\n')
  })

  test('presses nothing more when the command has ended by the first Ctrl-C', async () => {
    const stop = new AbortController()
    const agent = anAgent({ says: inPieces(wrapped('hello\r\n', 130)), everyMs: 20, ends: false })
    const run = aRun(agent, { signal: stop.signal })
    await agent.clock.advance(50)
    stop.abort()
    await run.result()
    expect(keysOf(agent)).toEqual(['\x03', '\n'])
  })

  test('before it has begun ends it, too', async () => {
    const agent = anAgent({ ends: false })
    const run = aRun(agent, { signal: AbortSignal.abort() })
    expect(await run.result()).toMatchObject({ status: undefined, end: { kind: 'incomplete', isTerminated: true } })
  })
})

describe('encryption', () => {
  const plaintext = fromHex(vectors.aesGcm.clientToAgent.dataKeyHex)
  const theirs = new Uint8Array([...plaintext.slice(32), ...plaintext.slice(0, 32)])
  const request = toBytes({
    AgentVersion: '3.3.987.0',
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/peer' } },
    ],
  })
  const complete = toBytes({ HandshakeTimeToComplete: 1, CustomerMessage: '' })

  test('goes both ways: output is opened, Ctrl-C is sealed, and nothing is typed before the handshake is complete', async () => {
    const keys = await createEncryption(theirs)
    const sealed = await Promise.all(inPieces(`${M} begin\r\nsecret`, 10).map(keys.encrypt))
    const agent = anAgent(
      { says: [request, complete, ...sealed], types: [5, 7], everyMs: 50, ends: false },
      { dataKey: async () => ({ plaintext, ciphertext: new Uint8Array([1]) }) },
    )
    const session = openSession(aRequest, agent.ports)
    const output = collect(session.output)
    session.interrupt()
    const typed = () => agent.heard.find(({ payloadType }) => payloadType === PAYLOAD.output)
    await agent.clock.until(() => typed() !== undefined && output.text().endsWith('secret'))
    expect(agent.heard.map(({ payloadType }) => payloadType)).toEqual([3, 6, 3, 1])
    expect(await keys.decrypt(typed()?.payload ?? new Uint8Array())).toEqual(new Uint8Array([3]))
    await session.terminate()
  })

  test('whose key is refused says so to the agent by its code alone, and to us in words', async () => {
    const dataKey = async () => {
      throw Object.assign(new Error('User: arn:aws:sts::1:… is not authorized'), { code: 'AccessDeniedException' })
    }
    const agent = anAgent({ says: [request], types: [5], ends: false }, { dataKey })
    const run = aRun(agent)
    await agent.clock.until(() => agent.heard.some(({ payloadType }) => payloadType === 6))
    const said = textOf(agent.heard.find(({ payloadType }) => payloadType === 6)?.payload ?? new Uint8Array())
    expect(said).toContain(
      '"ActionStatus":2,"ActionResult":null,"Error":"Failed to process action KMSEncryption: AccessDenied',
    )
    expect(said).not.toContain('arn:aws')
    agent.tell(closedFrame('KMSEncryption failed on client with status 2'))
    expect(await run.result()).toMatchObject({
      status: undefined,
      end: { kind: 'closed', reason: expect.stringContaining('alias/peer (AccessDeniedException)') },
    })
  })

  test('with other keys than ours is never shown', async () => {
    const wrong = await createEncryption(theirs.toReversed())
    const agent = anAgent(
      { says: [request, complete, await wrong.encrypt(bytesOf('x'))], types: [5, 7, 1], everyMs: 50, ends: false },
      { dataKey: async () => ({ plaintext, ciphertext: new Uint8Array([1]) }) },
    )
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({
      end: { kind: 'incomplete', reason: 'a message from the agent could not be decrypted' },
    })
    expect(run.shown()).toBe('')
  })

  test.each([
    ['a port session', { ActionType: 'SessionType', ActionParameters: { SessionType: 'Port' } }],
    ['what is not known', { ActionType: 'Teleport', ActionParameters: {} }],
  ])('%s is refused as unsupported', async (_, action) => {
    const agent = anAgent({ says: [toBytes({ RequestedClientActions: [action] })], types: [5], ends: false })
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({
      end: { kind: 'incomplete', reason: expect.stringContaining('not supported') },
    })
    expect(textOf(agent.heard[0]?.payload ?? new Uint8Array())).toContain('"ActionStatus":3')
  })

  test('a handshake that is no JSON ends the session', async () => {
    const agent = anAgent({ says: [bytesOf('{')], types: [5], ends: false })
    expect(await aRun(agent).result()).toMatchObject({ end: { reason: expect.stringContaining('invalid handshake') } })
  })
})

describe('where frames are lost either way', () => {
  const line = `${'0123456789abcdef'.repeat(6)}\r\n`
  const output = line.repeat(Math.ceil(3_000_000 / line.length))

  test('3 MB of output are whole at a tenth, and the status is known', async () => {
    const agent = aRunner(wrapped(output, 0), { fates: unlucky(0.1) }, 1_024)
    const began = agent.clock.now()
    const run = aRun(agent)
    expect(await run.result()).toMatchObject({ status: 0, end: { kind: 'closed' } })
    expect(run.shown() === output.replaceAll('\r', '')).toBe(true)
    // The agent repeats one message each tenth of a second: that is all the time it takes.
    expect((agent.clock.now() - began) / 1_000).toBeLessThan(90)
  })

  test('any luck, up to three tenths, and connections cut as well: 100 kB are whole, and the status is known', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(0xffff_ffff),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        fc.array(fc.nat(20_000), { maxLength: 4 }),
        async (seed, share, cuts) => {
          const agent = aRunner(wrapped(output.slice(0, 100_000), 3), { fates: unlucky(share, seed), cuts }, 1_024)
          const run = aRun(agent)
          expect(await run.result()).toMatchObject({ status: 3 })
          expect(run.shown() === output.slice(0, 100_000).replaceAll('\r', '')).toBe(true)
        },
      ),
      { numRuns: 20 },
    ))

  test('where no runner waits, what the agent gave up is lost, and the rest is not said to be whole', async () => {
    const agent = anAgent({ says: inPieces(wrapped(output, 0), 1_024), fates: unlucky(0.1) })
    const run = aRun(agent, { isWrapped: false })
    expect(await run.result()).toMatchObject({ status: undefined, end: { kind: 'incomplete' } })
  })
})

test.skipIf(isQuick)('50 MB of output go through without being kept', async () => {
  const agent = anAgent({ ends: false })
  const payload = new Uint8Array(8_192).fill(0x61)
  const count = 6_400
  let shown = 0
  const run = aRun(agent, {
    isWrapped: false,
    onOutput: text => {
      shown += text.length
    },
  })
  await agent.clock.advance(10)
  const kept = (): number => {
    agent.sent.length = 0
    // Twice: what the first leaves to be freed meanwhile, the second waits for.
    collectGarbage()
    collectGarbage()
    return process.memoryUsage().arrayBuffers
  }
  const before = kept()
  let most = 0
  for (let n = 0; n < count; n += 1) {
    agent.raw(encodeFrame(aFrame(agent.clock, { payload, sequenceNumber: n })))
    if (n % 100 === 0) await agent.clock.advance(10)
    if (n % 1_600 === 0) most = Math.max(most, kept() - before)
  }
  agent.tell(closedFrame())
  const { bytes, end } = await run.result()
  expect({ shown, bytes, end: end.kind }).toEqual({ shown: count * 8_192, bytes: count * 8_192, end: 'closed' })
  expect(most).toBeLessThan(2_000_000)
})

const schedules: fc.Arbitrary<AgentOptions & { output: string }> = fc.record({
  output: fc.string({
    unit: fc.constantFrom('a', 'é', '\r\n', '{', M.slice(0, 4), `\r\n${M.slice(0, 16)}`),
    maxLength: 60,
  }),
  fates: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Fate>('pass') },
      { weight: 1, arbitrary: fc.constantFrom<Fate>('lose', 'twice', 'late') },
    ),
    { minLength: 1, maxLength: 40 },
  ),
  cuts: fc.array(fc.nat(3_000), { maxLength: 6 }),
  drainMs: fc.constantFrom(2_000, 60_000),
  closes: fc.boolean(),
  waits: fc.boolean(),
})

test('any schedule of loss, repetition, delay and cuts: a status comes with exactly the output, or there is none', () =>
  fc.assert(
    fc.asyncProperty(schedules, fc.integer({ min: 8, max: 60 }), async ({ output, ...schedule }, size) => {
      const agent = aRunner(wrapped(output, 5, 'e'), schedule, size)
      const run = aRun(agent, { deadline: agent.clock.now() + 100_000 })
      const { status, stderr, end } = await run.result()
      // A runner ends only when it was answered, and it is answered only when everything is here.
      if (schedule.waits && end.kind === 'closed') expect(status).toBe(5)
      const whole = output.replaceAll('\r\n', '\n')
      if (status === undefined)
        expect(
          [`${whole}\n${M} err\nZQ==\n${M}`, M].some(text => text.startsWith(run.shown().replace(/[\r\ufffd]$/, ''))),
        ).toBe(true)
      else expect({ status, stderr, shown: run.shown() }).toEqual({ status: 5, stderr: 'e', shown: whole })
    }),
    { numRuns: 40 },
  ))
