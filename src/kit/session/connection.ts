// One WebSocket connection: opening timeout, keepalive pings, and detection of dead connections.
import type { SessionPorts } from './ports.ts'

const OPEN_MS = 10_000
const KEEPALIVE_MS = 30_000
/** Milliseconds without any message or pong after which the connection counts as dead. */
const DEAD_MS = 75_000

export type Connection = {
  readonly isOpen: () => boolean
  readonly send: (message: string | Uint8Array) => void
  /** Closes the connection. No listener is called afterwards. */
  readonly close: () => void
}

export type ConnectionListener = {
  readonly opened: () => void
  readonly received: (message: Uint8Array) => void
  /** Called once, when the connection has ended. `status`: the HTTP status, if the WebSocket upgrade was refused. */
  readonly over: (why: { readonly status?: number; readonly text: string }) => void
}

export const connect = (
  url: string,
  { connect: connectSocket, signUpgrade, now, after }: SessionPorts,
  listener: ConnectionListener,
): Connection => {
  let state: 'opening' | 'open' | 'over' = 'opening'
  let lastReceived = now()
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
    if (now() - lastReceived > DEAD_MS) return over({ text: `no data for ${DEAD_MS / 1_000} s` })
    socket.ping()
    cancel = after(KEEPALIVE_MS, keepAlive)
  }
  const socket = connectSocket(url, signUpgrade(url), {
    opened: () => {
      if (state !== 'opening') return
      state = 'open'
      lastReceived = now()
      cancel()
      listener.opened()
      if (state === 'open') keepAlive()
    },
    received: message => {
      lastReceived = now()
      if (state === 'open') listener.received(message)
    },
    ponged: () => {
      lastReceived = now()
    },
    closed: over,
  })
  cancel = after(OPEN_MS, () => over({ text: `not opened within ${OPEN_MS / 1_000} s` }))
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
