// When the agent takes what is typed. Typed before a handshake that sets keys, it kills the agent's reader; so it waits
// for the end of the handshake, or for the first output where there is none.
import { PAYLOAD, toBytes } from './messages.ts'
import type { Clock } from './ports.ts'

/** What the reference says where there is no terminal. */
const SIZE = { cols: 300, rows: 100 }
export const CTRL_C = new Uint8Array([3])
/** Ends a line in a raw terminal too, where a carriage return does not. */
export const ENTER = new Uint8Array([10])
/** After the agent acknowledged a size, a handshake would have begun by then. */
const QUIET_MS = 500

export type Keyboard = {
  /** As soon as the agent can take it. */
  readonly press: (key: Uint8Array) => void
  /** The service says that the agent is there. */
  readonly attached: () => void
  readonly handshaking: () => void
  /** There was output, or the handshake is complete. */
  readonly ready: () => void
  readonly acknowledged: (number: number) => void
  readonly stop: () => void
}

/** `send` gives the number of the message. */
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
  const sayOnce = (): void => {
    sizeNumber ??= send(PAYLOAD.size, toBytes(SIZE))
  }
  const ready = (): void => {
    if (state === 'ready') return
    state = 'ready'
    sayOnce()
    if (wanted !== undefined) type(wanted)
  }
  /** Nothing printed yet: the acknowledgement of a size, and no handshake after it, tells that the terminal is there. */
  const probe = (): void => {
    if (wanted !== undefined && isAttached && state === 'waiting') sayOnce()
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
      // What was sent before it was acknowledged and thrown away.
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
