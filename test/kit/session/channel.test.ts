// One session against a model of the agent: what it says arrives once and in order, whatever happens on the way, and an
// end is only ever called closed where the service said so and nothing is missing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSession } from '../../../src/kit/session/channel.ts'
import { encodeFrame, type Frame } from '../../../src/kit/session/frame.ts'
import { textOf } from '../../../src/kit/session/messages.ts'
import type { SessionEnd, SessionOptions } from '../../../src/kit/session/session.ts'
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
} from './agent.ts'

const words = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, n) => bytesOf(`<${n}>`))
const joined = (says: readonly Uint8Array[]): string => says.map(textOf).join('')

const aSession = (agent: TestAgent, options?: SessionOptions, request = aRequest) => {
  const session = openSession(request, agent.ports, options)
  const output = collect(session.output)
  let end: SessionEnd | undefined
  session.end.then(how => {
    end = how
  })
  return {
    ...session,
    text: output.text,
    ending: () => end,
    ended: async (mostMs?: number): Promise<SessionEnd> => {
      await agent.clock.until(() => end !== undefined, mostMs)
      await output.done
      return session.end
    },
  }
}

const acks = (agent: TestAgent): readonly string[] =>
  agent.sent.filter(({ messageType }) => messageType === 'acknowledge').map(({ payload }) => textOf(payload))
const inputs = (agent: TestAgent): readonly Frame[] =>
  agent.sent.filter(({ messageType }) => messageType === 'input_stream_data')

describe('a session', () => {
  test('delivers what the agent says, acknowledges each message, and ends with the channel', async () => {
    const agent = anAgent({ says: words(5) })
    const session = aSession(agent)
    expect(await session.ended()).toEqual({ kind: 'closed', reason: '' })
    expect(session.text()).toBe('<0><1><2><3><4>')
    expect(acks(agent)).toHaveLength(5)
    expect(agent.calls).toEqual(['OpenDataChannel'])
    expect(agent.clock.pending()).toBe(0)
  })

  test('ends with the agent’s own words where it failed', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(10)
    agent.tell(closedFrame('\n----------ERROR-------\nUnable to start command\n'))
    expect(await session.ended()).toMatchObject({ kind: 'closed', reason: expect.stringContaining('Unable to start') })
  })

  test('tells its terminal’s size after the first output, once', async () => {
    const agent = anAgent({ says: words(3) })
    await aSession(agent).ended()
    expect(inputs(agent).map(({ payload }) => textOf(payload))).toEqual(['{"cols":300,"rows":100}'])
  })

  test('a message that comes again is acknowledged again, and delivered once', async () => {
    const agent = anAgent({ says: words(2), fates: ['twice'] })
    const session = aSession(agent)
    await session.ended()
    expect(session.text()).toBe('<0><1>')
    expect(acks(agent).length).toBe(4)
  })

  test('one lost acknowledgement is made good by the next time the message comes', async () => {
    const agent = anAgent({ says: words(1), ends: false })
    const session = aSession(agent)
    await agent.clock.advance(20)
    const lost = aFrame(agent.clock, { sequenceNumber: 0, payload: bytesOf('<0>') })
    const before = acks(agent).length
    agent.tell(lost)
    agent.tell(lost)
    expect(acks(agent).length).toBe(before + 2)
    await session.terminate()
    expect(session.text()).toBe('<0>')
  })

  test('a message whose digest is wrong is not acknowledged, and not delivered', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(10)
    const bytes = encodeFrame(aFrame(agent.clock, { payload: bytesOf('forged') }))
    bytes[bytes.length - 1] = 0
    agent.raw(bytes)
    expect(acks(agent)).toEqual([])
    agent.tell(closedFrame())
    await session.ended()
    expect(session.text()).toBe('')
  })

  test('an unknown type is ignored, an unknown payload type is acknowledged and skipped', async () => {
    const agent = anAgent({ says: words(3), types: [1, 99, 1] })
    const session = aSession(agent)
    await agent.clock.advance(5)
    agent.tell({ messageType: 'some_new_type', payload: bytesOf('?') })
    await session.ended()
    expect(session.text()).toBe('<0><2>')
    expect(acks(agent)).toHaveLength(3)
  })

  test('standard error and the exit code of other session types are understood', async () => {
    const agent = anAgent({ says: [bytesOf('out\n'), bytesOf('err\n'), bytesOf('EXIT_CODE: 7')], types: [1, 11, 12] })
    const session = aSession(agent)
    expect(await session.ended()).toEqual({ kind: 'closed', reason: '', exitCode: 7 })
    expect(session.text()).toBe('out\nerr\n')
  })
})

describe('what goes wrong', () => {
  test('closed with a gap is incomplete, and terminated', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(10)
    agent.tell({ payloadType: 1, messageType: 'output_stream_data', sequenceNumber: 1, payload: bytesOf('second') })
    agent.tell(closedFrame())
    expect(await session.ended()).toMatchObject({ kind: 'incomplete', isTerminated: true })
    expect(session.text()).toBe('')
    expect(agent.calls).toContain('TerminateSession')
  })

  test.each([1, 5, 50])('a connection cut %i times loses nothing', async count => {
    const says = words(400)
    const cuts = Array.from({ length: count }, (_, n) => 50 + n * 900)
    const agent = anAgent({ says, cuts, everyMs: 130, drainMs: 120_000 })
    const session = aSession(agent)
    expect(await session.ended()).toEqual({ kind: 'closed', reason: '' })
    expect(session.text()).toBe(joined(says))
    expect(agent.calls.filter(call => call === 'ResumeSession')).toHaveLength(count)
    expect(new Set(agent.upgrades.map(({ url }) => url))).toEqual(new Set([aRequest.streamUrl]))
  })

  test('a session that is over when it is to be resumed is incomplete', async () => {
    const agent = anAgent({ ends: false }, { resume: async () => undefined })
    const session = aSession(agent)
    await agent.clock.advance(10)
    agent.cut()
    expect(await session.ended()).toMatchObject({ kind: 'incomplete', reason: expect.stringContaining('ended before') })
  })

  test('a presigned session is resumed only where the answer brings a new URL', async () => {
    const request = { ...aRequest, streamUrl: `${aRequest.streamUrl}&X-Amz-Signature=abc` }
    const used = anAgent({ ends: false })
    const session = aSession(used, {}, request)
    await used.clock.advance(10)
    used.cut()
    expect(await session.ended()).toMatchObject({ kind: 'incomplete', reason: expect.stringContaining('presigned') })

    const streamUrl = `${aRequest.streamUrl}&X-Amz-Signature=def`
    const renewed = anAgent({ says: words(3), everyMs: 50 }, { resume: async () => ({ token: 'new', streamUrl }) })
    const other = aSession(renewed, {}, request)
    await renewed.clock.advance(20)
    renewed.cut()
    expect(await other.ended()).toMatchObject({ kind: 'closed' })
    expect(renewed.upgrades.map(({ url }) => url)).toEqual([request.streamUrl, streamUrl])
  })

  test('a wrong token, answered by nothing but an end, is given up after six connections', async () => {
    const agent = anAgent({ ends: false })
    const connect: TestAgent['ports']['connect'] = (url, headers, listener) => {
      agent.upgrades.push({ url })
      void headers
      agent.clock.after(5, listener.opened)
      agent.clock.after(10, () => listener.closed({ text: 'closed with 1008' }))
      return { send: () => undefined, ping: () => undefined, close: () => undefined }
    }
    const session = openSession(aRequest, { ...agent.ports, connect })
    let end: SessionEnd | undefined
    session.end.then(how => {
      end = how
    })
    await agent.clock.until(() => end !== undefined)
    expect(end).toEqual({
      kind: 'incomplete',
      reason: 'the connection failed 6 times in a row (closed with 1008)',
      isTerminated: true,
    })
    expect(agent.upgrades).toHaveLength(6)
  })

  test('403 on the upgrade is said as what it is, and not tried again', async () => {
    const agent = anAgent()
    const connect: TestAgent['ports']['connect'] = (url, _, listener) => {
      agent.upgrades.push({ url })
      agent.clock.after(5, () => listener.closed({ status: 403, text: 'Unexpected server response: 403' }))
      return { send: () => undefined, ping: () => undefined, close: () => undefined }
    }
    const session = openSession(aRequest, { ...agent.ports, connect })
    await agent.clock.advance(20)
    expect(await session.end).toMatchObject({
      kind: 'incomplete',
      reason: expect.stringContaining('lacks ssmmessages:OpenDataChannel on the session, or the clock'),
    })
    expect(agent.upgrades).toHaveLength(1)
    expect(agent.calls).toEqual(['TerminateSession'])
  })

  test('a URL that is none ends it, without being told', async () => {
    const agent = anAgent()
    const connect: TestAgent['ports']['connect'] = url => {
      throw new SyntaxError(`Invalid URL: ${url}`)
    }
    const session = openSession(aRequest, { ...agent.ports, connect })
    await agent.clock.advance(30_000)
    expect(await session.end).toEqual({
      kind: 'incomplete',
      reason: 'the connection failed 6 times in a row (Invalid URL: its URL)',
      isTerminated: true,
    })
    expect(agent.clock.pending()).toBe(0)
  })

  test('an upgrade that nobody answers is given up, and tried again', async () => {
    const agent = anAgent()
    const connect: TestAgent['ports']['connect'] = url => {
      agent.upgrades.push({ url })
      return { send: () => undefined, ping: () => undefined, close: () => undefined }
    }
    const session = openSession(aRequest, { ...agent.ports, connect }, { pauseMs: 3_600_000 })
    await agent.clock.advance(90_000)
    expect(await session.end).toMatchObject({
      kind: 'incomplete',
      reason: expect.stringContaining('not opened within 10 s'),
    })
    expect(agent.upgrades).toHaveLength(6)
  })

  test('a connection that is dead without saying so is found out by its silence', async () => {
    const agent = anAgent({ ends: false })
    const connect: TestAgent['ports']['connect'] = (url, headers, listener) => ({
      ...agent.ports.connect(url, headers, listener),
      ping: () => undefined,
    })
    openSession(aRequest, { ...agent.ports, connect })
    await agent.clock.advance(100_000)
    expect(agent.calls).toEqual(['OpenDataChannel', 'ResumeSession', 'OpenDataChannel'])
  })

  test('pings keep a silent session alive', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(600_000)
    expect(agent.calls).toEqual(['OpenDataChannel'])
    expect(session.ending()).toBeUndefined()
  })

  test('an agent that is away for 60 s is lost; nothing is sent while it is away', async () => {
    const agent = anAgent({ says: words(1), ends: false })
    const session = aSession(agent)
    await agent.clock.advance(50)
    agent.tell({ messageType: 'pause_publication', payload: bytesOf('pause_publication') })
    const before = agent.sent.length
    session.interrupt()
    await agent.clock.advance(59_000)
    expect(session.ending()).toBeUndefined()
    expect(agent.sent.length).toBe(before)
    await agent.clock.advance(1_100)
    expect(session.ending()).toMatchObject({
      kind: 'incomplete',
      reason: expect.stringContaining('disconnected for 60 s'),
    })
  })

  test('an agent that comes back hears what waited', async () => {
    const agent = anAgent({ says: words(1), ends: false })
    const session = aSession(agent)
    await agent.clock.advance(50)
    agent.tell({ messageType: 'pause_publication', payload: bytesOf('pause_publication') })
    session.interrupt()
    await agent.clock.advance(30_000)
    agent.tell({ messageType: 'start_publication', payload: bytesOf('start_publication') })
    await agent.clock.advance(90_000)
    expect(session.ending()).toBeUndefined()
    expect(agent.heard.map(({ payload }) => [...payload])).toContainEqual([3])
  })

  test('an agent that never comes is lost, too', async () => {
    const agent = anAgent()
    const connect: TestAgent['ports']['connect'] = (_, __, listener) => {
      agent.clock.after(5, listener.opened)
      return { send: () => undefined, ping: () => listener.ponged(), close: () => undefined }
    }
    const session = openSession(aRequest, { ...agent.ports, connect })
    await agent.clock.advance(61_000)
    expect(await session.end).toMatchObject({ kind: 'incomplete', reason: expect.stringContaining('did not connect') })
  })

  test('the deadline terminates it', async () => {
    const agent = anAgent({ says: words(1), ends: false })
    const session = aSession(agent, { deadline: agent.clock.now() + 5_000 })
    await agent.clock.advance(4_999)
    expect(session.ending()).toBeUndefined()
    await agent.clock.advance(2)
    expect(session.ending()).toEqual({ kind: 'incomplete', reason: 'its deadline passed', isTerminated: true })
    expect(agent.clock.pending()).toBeLessThan(3)
  })

  test('a message that the agent cannot send again is waited for until the deadline, and what came before it is told', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent, { deadline: agent.clock.now() + 60_000 })
    await agent.clock.advance(10)
    for (const [sequenceNumber, text] of [[0, 'first'] as const, [2, 'third'] as const])
      agent.raw(encodeFrame(aFrame(agent.clock, { sequenceNumber, payload: bytesOf(text) })))
    expect(await session.ended()).toMatchObject({ kind: 'incomplete', reason: 'its deadline passed' })
    expect(session.text()).toBe('first')
  })

  test('where terminating fails or hangs, the end says that the session is still there', async () => {
    const failing = anAgent({ ends: false }, { terminate: () => Promise.reject(new Error('no')) })
    const session = aSession(failing)
    await failing.clock.advance(10)
    await session.terminate()
    expect(await session.end).toMatchObject({ isTerminated: false })

    const hanging = anAgent({ ends: false }, { terminate: () => new Promise(() => undefined) })
    const other = aSession(hanging)
    await hanging.clock.advance(10)
    void other.terminate()
    await hanging.clock.advance(5_001)
    expect(await other.end).toMatchObject({ isTerminated: false })
  })

  test('terminating twice terminates once', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(10)
    await Promise.all([session.terminate(), session.terminate()])
    expect(agent.calls.filter(call => call === 'TerminateSession')).toHaveLength(1)
  })

  test('output that nobody reads is not acknowledged beyond the buffer, and comes again', async () => {
    const kilobyte = bytesOf('x'.repeat(1_024))
    const says = Array.from({ length: 40 }, () => kilobyte)
    const agent = anAgent({ says, drainMs: 600_000 })
    const session = openSession(aRequest, agent.ports, { bufferBytes: 10 * 1_024 })
    await agent.clock.advance(1_000)
    expect(agent.unacknowledged()).toBeGreaterThanOrEqual(29)
    const output = collect(session.output)
    let end: SessionEnd | undefined
    session.end.then(how => {
      end = how
    })
    await agent.clock.until(() => end !== undefined)
    expect(end).toEqual({ kind: 'closed', reason: '' })
    expect(output.text()).toBe('x'.repeat(40 * 1_024))
  })

  test('no more than ten thousand early messages are kept: the agent sends the others again', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    await agent.clock.advance(10)
    const say = (sequenceNumber: number) =>
      agent.raw(encodeFrame(aFrame(agent.clock, { sequenceNumber, payload: bytesOf('x') })))
    for (let n = 1; n <= 10_005; n += 1) say(n)
    expect(acks(agent)).toHaveLength(10_000)
    for (const n of [0, 10_001, 10_002]) say(n)
    expect(acks(agent)).toHaveLength(10_003)
    await session.terminate()
    await agent.clock.advance(10)
    expect(session.text()).toBe('x'.repeat(10_003))
  })

  test('what comes early is kept no further than the buffer either, however long its messages; what is next finds room', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent, { bufferBytes: 10 * 1_024 })
    await agent.clock.advance(10)
    const say = (sequenceNumber: number) =>
      agent.raw(encodeFrame(aFrame(agent.clock, { sequenceNumber, payload: bytesOf('x'.repeat(1_024)) })))
    for (let n = 1; n <= 40; n += 1) say(n)
    expect(acks(agent)).toHaveLength(10)
    say(0)
    expect(acks(agent)).toHaveLength(11)
    await session.terminate()
    await agent.clock.advance(10)
    expect(session.text()).toBe('x'.repeat(11 * 1_024))
  })
})

describe('Ctrl-C', () => {
  test('is sent at once where there was output', async () => {
    const agent = anAgent({ says: words(1), ends: false })
    const session = aSession(agent)
    await agent.clock.advance(20)
    session.interrupt()
    await agent.clock.advance(20)
    expect(agent.heard.map(({ payloadType, payload }) => [payloadType, [...payload].length])).toEqual([
      [3, 23],
      [1, 1],
    ])
  })

  test('waits, where nothing was printed yet, until a size is acknowledged and no handshake follows', async () => {
    const agent = anAgent({ ends: false })
    const session = aSession(agent)
    session.interrupt()
    await agent.clock.advance(400)
    expect(agent.heard.map(({ payloadType }) => payloadType)).toEqual([3])
    await agent.clock.advance(400)
    expect(agent.heard.map(({ payloadType }) => payloadType)).toEqual([3, 1])
  })

  test('is sent until it is acknowledged, byte for byte the same', async () => {
    const agent = anAgent({
      says: words(1),
      ends: false,
      fates: ['lose', 'pass', 'lose', 'lose', 'pass', 'pass', 'lose'],
    })
    const session = aSession(agent)
    await agent.clock.advance(2_000)
    session.interrupt()
    await agent.clock.advance(5_000)
    expect(agent.heard.map(({ payloadType }) => payloadType)).toEqual([3, 1])
    expect(new Set(inputs(agent).map(({ messageId }) => messageId)).size).toBe(2)
    expect(inputs(agent).length).toBeGreaterThan(2)
  })
})

const fates: fc.Arbitrary<Fate[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('pass') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('lose', 'twice', 'late') },
  ),
  { minLength: 1, maxLength: 40 },
)
const schedules: fc.Arbitrary<AgentOptions> = fc.record({
  says: fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), { maxLength: 30 }),
  fates,
  cuts: fc.array(fc.nat(3_000), { maxLength: 6 }),
  drainMs: fc.constantFrom(2_000, 60_000),
  closes: fc.boolean(),
  ends: fc.boolean(),
})

test('any schedule of loss, repetition, delay and cuts delivers a beginning of what was said, and all of it where it says closed and the agent waited', () =>
  fc.assert(
    fc.asyncProperty(schedules, async schedule => {
      const agent = anAgent(schedule)
      const session = openSession(aRequest, agent.ports, { deadline: agent.clock.now() + 100_000 })
      const chunks: Uint8Array[] = []
      const reading = (async () => {
        for await (const chunk of session.output) chunks.push(chunk)
      })()
      let end: SessionEnd | undefined
      session.end.then(how => {
        end = how
      })
      await agent.clock.until(() => end !== undefined, 200_000)
      await reading
      const got = Buffer.concat(chunks)
      const said = Buffer.concat(schedule.says ?? [])
      expect(said.subarray(0, got.length).equals(got)).toBe(true)
      if (end?.kind === 'closed' && agent.unacknowledged() === 0) expect(got.length).toBe(said.length)
      if (end?.kind === 'incomplete') expect(agent.calls).toContain('TerminateSession')
    }),
    { numRuns: 60 },
  ))
