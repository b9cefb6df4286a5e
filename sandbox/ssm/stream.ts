// The agent's end of a data channel: numbers, resends, orders and acknowledges messages. Duplicate messages are also
// acknowledged. Source: the code of the reference agent.

import { randomUUID } from 'node:crypto'
import { encodeFrame, type Frame } from '../../src/kit/session/frame.ts'
import { firstRto, nextRto } from './rto.ts'

const MOST_WAITING = 100_000
const SYN = 1
const ALONE = 3
const UNTYPED = 0

/** Handles a message. 'taken': the message is acknowledged. 'later': it is not, so the client sends it again. */
export type Handle = (payloadType: number, payload: Uint8Array) => 'taken' | 'later'

export type StreamOptions = {
  /** The time after which a message is resent, in real milliseconds. */
  readonly resendMs: number
  /** The current world time, for the creation dates of frames. */
  readonly now: () => number
  readonly send: (bytes: Uint8Array) => void
  readonly handle: Handle
}

type Sent = { readonly bytes: Uint8Array; readonly sequence: number; at: number }

export type Stream = ReturnType<typeof createStream>

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const acknowledged = (payload: Uint8Array): number | undefined => {
  try {
    const acknowledgement: unknown = JSON.parse(new TextDecoder().decode(payload))
    const sequence = (acknowledgement as { AcknowledgedMessageSequenceNumber?: unknown })
      .AcknowledgedMessageSequenceNumber
    return typeof sequence === 'number' ? sequence : undefined
  } catch {
    return undefined
  }
}

const createOutbox = (send: (bytes: Uint8Array) => void) => {
  const unacknowledged = new Map<number, Sent>()
  const listeners: (() => void)[] = []
  let rto = firstRto
  return {
    add: (bytes: Uint8Array, sequence: number): void => {
      if (unacknowledged.size < MOST_WAITING) unacknowledged.set(sequence, { bytes, sequence, at: performance.now() })
    },
    acknowledge: (sequence: number): void => {
      const sent = unacknowledged.get(sequence)
      if (sent === undefined) return
      rto = nextRto(rto, performance.now() - sent.at)
      unacknowledged.delete(sequence)
      if (unacknowledged.size === 0) for (const tell of listeners.splice(0)) tell()
    },
    /** Resends only the oldest unacknowledged message, after its timeout. */
    resend: (): void => {
      const [oldest] = unacknowledged.values()
      if (oldest === undefined || performance.now() - oldest.at <= rto.timeout) return
      oldest.at = performance.now()
      send(oldest.bytes)
    },
    isEmpty: (): boolean => unacknowledged.size === 0,
    onEmpty: (tell: () => void): void => void listeners.push(tell),
  }
}

const createInbox = (handle: Handle, acknowledge: (frame: Frame) => void) => {
  const early = new Map<number, Frame>()
  let expected = 0
  const take = (frame: Frame): boolean => {
    if (handle(frame.payloadType ?? 0, frame.payload) === 'later') return false
    expected += 1
    return true
  }
  const drain = (): void => {
    for (let next = early.get(expected); next !== undefined; next = early.get(expected)) {
      if (!take(next)) return
      early.delete(next.sequenceNumber)
    }
  }
  return (frame: Frame) => {
    const { sequenceNumber: sequence } = frame
    if (sequence < expected) return acknowledge(frame)
    if (sequence > expected) {
      if (early.size >= MOST_WAITING) return
      early.set(sequence, frame)
      return acknowledge(frame)
    }
    if (!take(frame)) return
    acknowledge(frame)
    drain()
  }
}

export const createStream = ({ resendMs, now, send, handle }: StreamOptions) => {
  let isPaused = false
  let next = 0
  const woken: (() => void)[] = []
  const outbox = createOutbox(send)

  const frameOf = (messageType: string, payload: Uint8Array, more: Partial<Frame>): Uint8Array =>
    encodeFrame({
      messageType,
      schemaVersion: 1,
      createdDate: now(),
      sequenceNumber: 0,
      flags: ALONE,
      messageId: randomUUID(),
      payloadType: UNTYPED,
      payload,
      ...more,
    })

  /** Acknowledges a message. The JSON keys are in the order of the reference agent. */
  const acknowledge = ({ messageType, messageId, sequenceNumber }: Frame): void =>
    send(
      frameOf(
        'acknowledge',
        json({
          AcknowledgedMessageType: messageType,
          AcknowledgedMessageId: messageId,
          AcknowledgedMessageSequenceNumber: sequenceNumber,
          IsSequentialMessage: true,
        }),
        {},
      ),
    )
  const receiveInput = createInbox(handle, acknowledge)
  const setPaused = (paused: boolean): void => {
    isPaused = paused
    if (!paused) for (const wake of woken.splice(0)) wake()
  }
  const timer = setInterval(() => {
    if (!isPaused) outbox.resend()
  }, resendMs)

  return {
    /** Sends a payload. Empty payloads are never sent. */
    send: (payloadType: number, payload: Uint8Array): void => {
      if (payload.length === 0) return
      const sequenceNumber = next++
      const flags = sequenceNumber === 0 ? SYN : 0
      const bytes = frameOf('output_stream_data', payload, { sequenceNumber, flags, payloadType })
      outbox.add(bytes, sequenceNumber)
      if (!isPaused) send(bytes)
    },
    /** Sends the state of the session, `Connected` or `Terminating`, which only Session Manager reads. */
    sendState: (sessionId: string, state: string): void =>
      send(frameOf('agent_session_state', json({ SchemaVersion: 1, SessionState: state, SessionId: sessionId }), {})),
    receive: (frame: Frame) => {
      if (frame.messageType === 'pause_publication') return setPaused(true)
      setPaused(false)
      if (frame.messageType === 'input_stream_data') receiveInput(frame)
      if (frame.messageType !== 'acknowledge') return
      const sequence = acknowledged(frame.payload)
      if (sequence !== undefined) outbox.acknowledge(sequence)
    },
    /** Resolves as soon as the stream is not paused. */
    active: (): Promise<void> => (isPaused ? new Promise(resolve => woken.push(resolve)) : Promise.resolve()),
    /** Resolves when every message is acknowledged, or after the given number of real milliseconds. */
    drained: (ms: number): Promise<void> =>
      outbox.isEmpty()
        ? Promise.resolve()
        : new Promise(resolve => {
            const late = setTimeout(resolve, ms)
            outbox.onEmpty(() => {
              clearTimeout(late)
              resolve()
            })
          }),
    stop: (): void => {
      clearInterval(timer)
      setPaused(false)
    },
  }
}
