// Delays input until the agent can accept it: after the handshake, or else after the first output. If input arrives
// before a handshake that sets keys, the agent stops reading.
import { PAYLOAD, toBytes } from './messages.ts'
import type { Clock } from './ports.ts'

/** The terminal size that the reference plugin reports when it has no terminal. */
const SIZE = { cols: 300, rows: 100 }
export const CTRL_C = new Uint8Array([3])
/** The Enter key. In a raw terminal a line feed ends a line; a carriage return does not. */
export const ENTER = new Uint8Array([10])
/**
 * Milliseconds to wait for a handshake after the agent acknowledged a terminal size. A handshake starts within this
 * time.
 */
const QUIET_MS = 500

export type Keyboard = {
  /** Sends the key as soon as the agent can accept input. */
  readonly press: (key: Uint8Array) => void
  /** Called when Session Manager reports that the agent is connected. */
  readonly attached: () => void
  readonly handshaking: () => void
  /** Called when output arrives, or when the handshake is complete. */
  readonly ready: () => void
  readonly acknowledged: (number: number) => void
  readonly stop: () => void
}

/** `send`: sends a payload and returns the sequence number of its message. */
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
  /**
   * Sends a terminal size, for a session without output. If it is acknowledged and no handshake follows, the terminal
   * is ready.
   */
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
      // The agent acknowledged the terminal size sent before the handshake, but discarded it.
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
