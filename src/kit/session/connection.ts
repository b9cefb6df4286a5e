// One connection, from the upgrade until it is over: opened in time, kept alive, and found dead where it does not say so.
import type { SessionPorts } from './ports.ts'

const OPEN_MS = 10_000
const KEEPALIVE_MS = 30_000
/** Nothing heard for so long, not even a pong. */
const DEAD_MS = 75_000

export type Connection = {
  readonly isOpen: () => boolean
  readonly send: (message: string | Uint8Array) => void
  /** Nothing is told after this. */
  readonly close: () => void
}

export type ConnectionListener = {
  readonly opened: () => void
  readonly received: (message: Uint8Array) => void
  /** Once. `status`: HTTP's, where the upgrade was refused. */
  readonly over: (why: { readonly status?: number; readonly text: string }) => void
}

export const connect = (
  url: string,
  { connect: connectSocket, signUpgrade, now, after }: SessionPorts,
  listener: ConnectionListener,
): Connection => {
  let state: 'opening' | 'open' | 'over' = 'opening'
  let heard = now()
  const finish = (): void => {
    state = 'over'
    cancel()
  }
  const over: ConnectionListener['over'] = why => {
    if (state === 'over') return
    finish()
    socket.close()
    listener.over(why)
  }
  let cancel = (): void => undefined
  const keepAlive = () => {
    if (now() - heard > DEAD_MS) return over({ text: 'nothing was heard any more' })
    socket.ping()
    cancel = after(KEEPALIVE_MS, keepAlive)
  }
  const socket = connectSocket(url, signUpgrade(url), {
    opened: () => {
      if (state !== 'opening') return
      state = 'open'
      heard = now()
      cancel()
      listener.opened()
      if (state === 'open') keepAlive()
    },
    received: message => {
      heard = now()
      if (state === 'open') listener.received(message)
    },
    ponged: () => {
      heard = now()
    },
    closed: over,
  })
  cancel = after(OPEN_MS, () => over({ text: 'it was not opened in time' }))
  return {
    isOpen: () => state === 'open',
    send: message => socket.send(message),
    close: () => {
      if (state === 'over') return
      finish()
      socket.close()
    },
  }
}
