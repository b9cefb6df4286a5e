// When the agent takes what is typed. Typed before a handshake that sets keys, it kills the agent's reader; so it waits
// for the end of the handshake, or for the first output where there is none.
import { PAYLOAD, toBytes } from './messages.ts'
import type { Clock } from './ports.ts'

/** What the reference says where there is no terminal. */
const SIZE = { cols: 300, rows: 100 }
const CTRL_C = new Uint8Array([3])
/** After the agent acknowledged a size, a handshake would have begun by then. */
const QUIET_MS = 500

export type Keyboard = {
  readonly interrupt: () => void
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
  let isWanted = false
  let sizeNumber: number | undefined
  let cancel: (() => void) | undefined
  const sayOnce = (): void => {
    sizeNumber ??= send(PAYLOAD.size, toBytes(SIZE))
  }
  const ready = (): void => {
    if (state === 'ready') return
    state = 'ready'
    sayOnce()
    if (isWanted) type(CTRL_C)
  }
  /** Nothing printed yet: the acknowledgement of a size, and no handshake after it, tells that the terminal is there. */
  const probe = (): void => {
    if (isWanted && isAttached && state === 'waiting') sayOnce()
  }
  return {
    interrupt: () => {
      if (state === 'ready') return type(CTRL_C)
      isWanted = true
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
