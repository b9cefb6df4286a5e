// Buffers unacknowledged messages, and resends only the oldest, as the reference plugin does. If a message is lost, the
// agent processes no later one until the lost one arrives.
import { encodeFrame } from './frame.ts'
import type { Clock } from './ports.ts'
import { INITIAL_RTO, nextRto } from './rto.ts'

const TICK_MS = 100
/** The maximum number of sends of one message, as in the reference plugin: five minutes of timer ticks. */
const MOST_ATTEMPTS = 3_000

type Sent = { readonly bytes: Uint8Array; lastSent: number; attempts: number }

export type Outgoing = {
  /** Sends the payload and buffers it until it is acknowledged. Returns its sequence number. */
  readonly send: (payloadType: number, payload: Uint8Array) => number
  readonly acknowledged: (number: number) => void
  /** Sends all unacknowledged messages again, after a reconnect. */
  readonly resend: () => void
  readonly stop: () => void
}

type OutgoingPorts = Clock & {
  readonly newId: () => string
  /** Sends bytes; false if no connection is open. */
  readonly transmit: (bytes: Uint8Array) => boolean
  readonly gaveUp: () => void
}

export const createOutgoing = ({ now, after, newId, transmit, gaveUp }: OutgoingPorts): Outgoing => {
  const unacknowledged = new Map<number, Sent>()
  let next = 0
  let estimate = INITIAL_RTO
  let cancel: (() => void) | undefined
  let isStopped = false
  const put = (sent: Sent): void => {
    if (!transmit(sent.bytes)) return
    sent.lastSent = now()
    sent.attempts += 1
  }
  const tick = () => {
    cancel = undefined
    const [oldest] = unacknowledged.values()
    if (oldest === undefined) return
    if (oldest.attempts >= MOST_ATTEMPTS) return gaveUp()
    if (now() - oldest.lastSent > estimate.rto) put(oldest)
    schedule()
  }
  const schedule = (): void => {
    if (!isStopped) cancel ??= after(TICK_MS, tick)
  }
  return {
    send: (payloadType, payload) => {
      const number = next
      next += 1
      const bytes = encodeFrame({
        messageType: 'input_stream_data',
        schemaVersion: 1,
        createdDate: now(),
        sequenceNumber: number,
        flags: 0,
        messageId: newId(),
        payloadType,
        payload,
      })
      const sent = { bytes, lastSent: 0, attempts: 0 }
      unacknowledged.set(number, sent)
      put(sent)
      schedule()
      return number
    },
    acknowledged: number => {
      const sent = unacknowledged.get(number)
      if (sent === undefined) return
      unacknowledged.delete(number)
      estimate = nextRto(estimate, now() - sent.lastSent)
    },
    resend: () => {
      for (const sent of unacknowledged.values()) put(sent)
    },
    stop: () => {
      isStopped = true
      cancel?.()
    },
  }
}
