// A model of the service and the agent, in memory, with every misfortune a schedule can name: frames lost, said twice or
// late, and connections cut. The agent is as the reference: it sends its oldest unacknowledged message again, waits two
// seconds for acknowledgements when its command has ended, and then closes.
import { decodeFrame, encodeFrame, type Frame } from '../../../src/kit/session/frame.ts'
import { jsonOf, PAYLOAD } from '../../../src/kit/session/messages.ts'
import type { SessionPorts, SocketListener } from '../../../src/kit/session/ports.ts'
import { INITIAL_RTO, nextRto } from '../../../src/kit/session/rto.ts'
import { createClock, type TestClock } from './clock.ts'

export type Fate = 'pass' | 'lose' | 'twice' | 'late'

/** So much is lost, the same for each seed: a linear congruence (Knuth, MMIX's multiplier cut to 32 bits). */
export const unlucky = (share: number, seed = 1): readonly Fate[] => {
  let state = seed
  return Array.from({ length: 20_011 }, () => {
    state = (Math.imul(state, 0x4c95_7f2d) + 1) >>> 0
    return state < share * 2 ** 32 ? 'lose' : 'pass'
  })
}

export type AgentOptions = {
  /** What the command prints, a message each. */
  readonly says?: readonly Uint8Array[]
  /** Taken in turn, for every frame in either direction. */
  readonly fates?: readonly Fate[]
  /** Milliseconds after the first connection. */
  readonly cuts?: readonly number[]
  /** Whether the service says so when the session is over. */
  readonly closes?: boolean
  /** False for a command that goes on for ever. */
  readonly ends?: boolean
  /** A runner's: it ends when it hears Enter, which its terminal says back. */
  readonly waits?: boolean
  /** Payload types of `says`, where they are not output. */
  readonly types?: readonly number[]
  /** What it waits for acknowledgements, at its end. */
  readonly drainMs?: number
  /** Between two of its messages. */
  readonly everyMs?: number
}

export type TestAgent = {
  readonly clock: TestClock
  readonly ports: SessionPorts
  readonly sent: Frame[]
  readonly calls: string[]
  readonly upgrades: { readonly url: string }[]
  /** Input messages in order, each once. */
  readonly heard: Frame[]
  /** From the service to the client, now. */
  readonly tell: (frame: Partial<Frame>) => void
  readonly raw: (bytes: Uint8Array) => void
  readonly cut: (status?: number) => void
  readonly unacknowledged: () => number
}

const LATENCY_MS = 5
const LATE_MS = 40
const TICK_MS = 100
const ENTER = 10

let ids = 0
export const anId = (): string => {
  ids += 1
  return `00000000-0000-4000-8000-${ids.toString(16).padStart(12, '0')}`
}

export const aFrame = (clock: Pick<TestClock, 'now'>, over: Partial<Frame>): Frame => ({
  messageType: 'output_stream_data',
  schemaVersion: 1,
  createdDate: clock.now(),
  sequenceNumber: 0,
  flags: 0,
  messageId: anId(),
  payloadType: 1,
  payload: new Uint8Array(),
  ...over,
})

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const closedFrame = (output = ''): Partial<Frame> => ({
  messageType: 'channel_closed',
  payloadType: undefined,
  payload: bytesOf(JSON.stringify({ MessageType: 'channel_closed', SchemaVersion: 1, Output: output })),
})

type Line = { readonly listener: SocketListener; isOpen: boolean }

/** One agent with its command, and the way to it. */
export const anAgent = (options: AgentOptions = {}, ports: Partial<SessionPorts> = {}): TestAgent => {
  const {
    says = [],
    fates = ['pass'],
    cuts = [],
    closes = true,
    ends = true,
    waits = false,
    types = [],
    drainMs = 2_000,
    everyMs = 1,
  } = options
  const clock = createClock()
  const calls: string[] = []
  const upgrades: { url: string }[] = []
  const sent: Frame[] = []
  const heard: Frame[] = []
  let line: Line | undefined
  let isOver = false
  let hasBegun = false
  let turn = 0
  const fate = (): Fate => {
    turn += 1
    return fates[turn % fates.length] ?? 'pass'
  }

  /** What is on its way when its line is cut is lost. */
  const carry = (on: Line, deliver: () => void): void => {
    const how = fate()
    const go = (ms: number): void => void clock.after(ms, () => on.isOpen && deliver())
    if (how === 'lose') return
    go(how === 'late' ? LATE_MS : LATENCY_MS)
    if (how === 'twice') go(LATENCY_MS + 1)
  }
  const raw = (bytes: Uint8Array): void => {
    if (line?.isOpen) line.listener.received(bytes)
  }
  const tell = (frame: Partial<Frame>): void => raw(encodeFrame(aFrame(clock, { payloadType: undefined, ...frame })))
  const toClient = (bytes: Uint8Array): void => {
    const on = line
    if (on?.isOpen) carry(on, () => on.listener.received(bytes))
  }

  const unacknowledged = new Map<number, { readonly bytes: Uint8Array; lastSent: number }>()
  let estimate = INITIAL_RTO
  let next = 0
  let endedAt: number | undefined
  let spoken = 0
  let isPressed = false
  let isEchoDue = false
  const say = () => {
    const payload = says[spoken]
    if (payload === undefined || isOver) return end()
    print(payload, types[spoken])
    spoken += 1
    echo(payload)
    clock.after(everyMs, say)
  }
  const print = (payload: Uint8Array, payloadType: number = PAYLOAD.output): void => {
    const flags = next === 0 ? 1 : 0
    const bytes = encodeFrame(aFrame(clock, { payload, sequenceNumber: next, flags, payloadType }))
    unacknowledged.set(next, { bytes, lastSent: clock.now() })
    toClient(bytes)
    next += 1
  }
  const end = (): void => {
    if (ends && spoken === says.length && (isPressed || !waits)) endedAt ??= clock.now()
  }
  const press = (frame: Frame): void => {
    if (!waits || frame.payloadType !== PAYLOAD.output || !frame.payload.includes(ENTER)) return
    isEchoDue = !isPressed
    isPressed = true
    echo(says[spoken - 1])
    end()
  }
  /** Between two lines: a terminal cuts none in two for it. */
  const echo = (last: Uint8Array | undefined): void => {
    if (!isEchoDue || last?.at(-1) !== ENTER) return
    isEchoDue = false
    print(bytesOf('\r\n'))
  }
  const tick = (): void => {
    if (isOver) return
    if (endedAt !== undefined && (unacknowledged.size === 0 || clock.now() - endedAt >= drainMs)) {
      isOver = true
      if (closes && line?.isOpen) tell(closedFrame())
      return
    }
    const [oldest] = unacknowledged.values()
    if (oldest !== undefined && clock.now() - oldest.lastSent > estimate.rto) {
      toClient(oldest.bytes)
      oldest.lastSent = clock.now()
    }
    clock.after(TICK_MS, tick)
  }

  let expected = 0
  const early = new Map<number, Frame>()
  const hear = (frame: Frame): void => {
    if (frame.messageType === 'acknowledge') {
      const number = Number(jsonOf(frame.payload)?.['AcknowledgedMessageSequenceNumber'])
      const held = unacknowledged.get(number)
      if (held) estimate = nextRto(estimate, clock.now() - held.lastSent)
      unacknowledged.delete(number)
      return
    }
    toClient(encodeFrame(aFrame(clock, acknowledgementOf(frame))))
    if (frame.sequenceNumber >= expected) early.set(frame.sequenceNumber, frame)
    for (let held = early.get(expected); held !== undefined; held = early.get(expected)) {
      early.delete(expected)
      heard.push(held)
      press(held)
      expected += 1
    }
  }
  const cut = (status?: number): void => {
    const was = line
    if (was === undefined || !was.isOpen) return
    was.isOpen = false
    was.listener.closed({ text: 'cut', ...(status !== undefined && { status }) })
  }
  const connected = (on: Line): void => {
    on.isOpen = true
    on.listener.opened()
    if (isOver) return void (closes ? tell(closedFrame()) : undefined)
    tell({ messageType: 'start_publication', payload: bytesOf('start_publication') })
    if (hasBegun) return
    hasBegun = true
    for (const at of cuts) clock.after(at, () => cut())
    clock.after(0, say)
    clock.after(TICK_MS, tick)
  }
  const connect: SessionPorts['connect'] = (url, _, listener) => {
    upgrades.push({ url })
    const mine: Line = { listener, isOpen: false }
    line = mine
    let isClosed = false
    clock.after(LATENCY_MS, () => {
      if (!isClosed) connected(mine)
    })
    return {
      send: message => {
        if (typeof message === 'string') return void calls.push('OpenDataChannel')
        const frame = decodeFrame(message)
        if (typeof frame === 'string') throw new Error(`The client sent no frame: ${frame}`)
        sent.push(frame)
        carry(mine, () => hear(frame))
      },
      ping: () => {
        if (mine.isOpen) clock.after(LATENCY_MS, () => mine.isOpen && listener.ponged())
      },
      close: () => {
        isClosed = true
        mine.isOpen = false
      },
    }
  }
  let tokens = 0
  return {
    clock,
    sent,
    calls,
    upgrades,
    heard,
    tell,
    raw,
    cut,
    unacknowledged: () => unacknowledged.size,
    ports: {
      now: clock.now,
      after: clock.after,
      connect,
      resume: async () => {
        calls.push('ResumeSession')
        tokens += 1
        return isOver ? undefined : { token: `token-${tokens}` }
      },
      terminate: async () => {
        calls.push('TerminateSession')
        isOver = true
      },
      dataKey: async () => {
        throw new Error('There is no key here.')
      },
      signUpgrade: () => ({}),
      newId: anId,
      ...ports,
    },
  }
}

const acknowledgementOf = (frame: Frame): Partial<Frame> => ({
  messageType: 'acknowledge',
  flags: 3,
  payloadType: 0,
  payload: bytesOf(
    JSON.stringify({
      AcknowledgedMessageType: frame.messageType,
      AcknowledgedMessageId: frame.messageId,
      AcknowledgedMessageSequenceNumber: frame.sequenceNumber,
      IsSequentialMessage: true,
    }),
  ),
})

export const aRequest = {
  sessionId: 'ecs-execute-command-abc',
  streamUrl: 'wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/ecs-execute-command-abc?role=publish_subscribe',
  token: 'TOKEN+/=',
  targetId: 'ecs:cl_task_rt',
}

/** Everything that is delivered, as it grows. */
export const collect = (
  output: AsyncIterable<Uint8Array>,
): { readonly text: () => string; readonly done: Promise<void> } => {
  const chunks: Uint8Array[] = []
  const read = async (): Promise<void> => {
    for await (const chunk of output) chunks.push(chunk)
  }
  const done = read()
  return { text: () => Buffer.concat(chunks).toString('utf8'), done }
}
