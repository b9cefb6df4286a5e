// Delays input until the agent can accept it: after the handshake, or else after the first output.
// Input before a handshake that sets keys stops the agent's reader.
import { PAYLOAD, toBytes } from './messages.ts'
import type { Clock } from './ports.ts'

/** The reference plugin's size without a terminal. */
const SIZE = { cols: 300, rows: 100 }
export const CTRL_C = new Uint8Array([3])
/** A line feed ends a line in a raw terminal; a carriage return does not. */
export const ENTER = new Uint8Array([10])
/** A handshake starts within this time after the agent acknowledged a terminal size. */
const QUIET_MS = 500

export type Keyboard = {
  /** Sends the key as soon as the agent can accept input. */
  readonly press: (key: Uint8Array) => void
  /** The service reported that the agent is connected. */
  readonly attached: () => void
  readonly handshaking: () => void
  /** Output arrived, or the handshake is complete. */
  readonly ready: () => void
  readonly acknowledged: (number: number) => void
  readonly stop: () => void
}

/** `send` returns the sequence number of the message. */
export const createKeyboard = (
  { after }: Clock,
  send: (payloadType: number, payload: Uint8Array) => number,
  type: (keys: Uint8Array) => void,
): Keyboard => {
  let state: 'waiting' | 'handshaking' | 'ready' = 'waiting'
  let isAttached = false
  let wanted: Uint8Array | undefined
  let sizeNumber: number | undefined
  let cancel: (() => void) | undefined
  const sendSizeOnce = (): void => {
    sizeNumber ??= send(PAYLOAD.size, toBytes(SIZE))
  }
  const ready = (): void => {
    if (state === 'ready') return
    state = 'ready'
    sendSizeOnce()
    if (wanted !== undefined) type(wanted)
  }
  /** Without output: an acknowledged size, and no handshake after it, means that the terminal is ready. */
  const probe = (): void => {
    if (wanted !== undefined && isAttached && state === 'waiting') sendSizeOnce()
  }
  return {
    press: key => {
      if (state === 'ready') return type(key)
      wanted = key
      probe()
    },
    attached: () => {
      isAttached = true
      probe()
    },
    handshaking: () => {
      cancel?.()
      if (state === 'waiting') state = 'handshaking'
      // The agent acknowledged and discarded what was sent before.
      sizeNumber = undefined
    },
    ready,
    acknowledged: number => {
      if (number !== sizeNumber || state !== 'waiting') return
      cancel = after(QUIET_MS, () => {
        if (state === 'waiting') ready()
      })
    },
    stop: () => cancel?.(),
  }
}
