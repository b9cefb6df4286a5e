// Keeps a session connected: when the connection is lost, resumes the session on a new one.
import { type Connection, connect } from './connection.ts'
import { openDataChannel } from './messages.ts'
import type { SessionPorts } from './ports.ts'
import { reconnectDelay } from './rto.ts'
import type { SessionRequest } from './session.ts'

/** The maximum number of retries in a row without a message in between, as in the reference plugin. */
const MOST_RETRIES = 5

export const FORBIDDEN =
  'AWS refused the connection (403): the role lacks ssmmessages:OpenDataChannel on the session, or the clock is wrong'

export type Link = {
  /** Sends bytes; returns false if no connection is open. */
  readonly transmit: (bytes: Uint8Array) => boolean
  readonly stop: () => void
}

export type LinkListener = {
  readonly received: (message: Uint8Array) => void
  /** Called after a reconnection. Messages in transit were lost. */
  readonly reopened: () => void
  /** Called when reconnecting was given up. */
  readonly lost: (reason: string) => void
}

export const createLink = (request: SessionRequest, ports: SessionPorts, listener: LinkListener): Link => {
  const clientId = ports.newId()
  let { token, streamUrl } = request
  let connection: Connection | undefined
  let hasOpened = false
  let isStopped = false
  let retries = 0
  let cancel: (() => void) | undefined
  const stop = (): void => {
    isStopped = true
    cancel?.()
    connection?.close()
  }
  const fail = (reason: string): void => {
    stop()
    listener.lost(reason)
  }
  const open = (): void => {
    connection = connect(streamUrl, ports, {
      opened: () => {
        connection?.send(openDataChannel(ports.newId(), token, clientId))
        if (hasOpened) listener.reopened()
        hasOpened = true
      },
      received: message => {
        retries = 0
        listener.received(message)
      },
      over,
    })
  }
  const resume = async (): Promise<void> => {
    if (!hasOpened) return open()
    const resumed = await ports.resume(request.sessionId)
    if (isStopped) return
    if (resumed === undefined) return fail('the session ended before it could be resumed')
    if (isPresigned(streamUrl)) {
      if (resumed.streamUrl === undefined)
        return fail('the connection was lost, and its presigned URL cannot be reused')
      streamUrl = resumed.streamUrl
    }
    token = resumed.token
    open()
  }
  const over = ({ status, text }: { readonly status?: number; readonly text: string }): void => {
    if (isStopped) return
    if (status === 403) fail(FORBIDDEN)
    else if (retries >= MOST_RETRIES) fail(`the connection failed ${MOST_RETRIES + 1} times in a row (${text})`)
    else retry()
  }
  const retry = (): void => {
    const delay = reconnectDelay(retries, Math.random())
    retries += 1
    cancel = ports.after(delay, () => {
      resume().catch(connectFailed)
    })
  }
  const connectFailed = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    // The text may contain the presigned URL, which is a secret.
    over({ text: text.replaceAll(streamUrl, 'its URL') })
  }
  try {
    open()
  } catch (error) {
    connectFailed(error)
  }
  return {
    transmit: bytes => {
      if (connection?.isOpen() !== true) return false
      connection.send(bytes)
      return true
    },
    stop,
  }
}

const PRESIGNED = /[?&]X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)=/i

export const isPresigned = (url: string): boolean => PRESIGNED.test(url)
