// The connections under a session, one after the other: where one is cut, the session is resumed on the next.
import { type Connection, connect } from './connection.ts'
import { openDataChannel } from './messages.ts'
import type { SessionPorts } from './ports.ts'
import { reconnectDelay } from './rto.ts'
import type { SessionRequest } from './session.ts'

/** In a row, without hearing anything in between; as many as the reference makes. */
const MOST_RETRIES = 5

export const FORBIDDEN =
  'the upgrade was refused (403): the caller lacks ssmmessages:OpenDataChannel on the session, or its clock is wrong'

export type Link = {
  /** False where there is no connection just now. */
  readonly transmit: (bytes: Uint8Array) => boolean
  readonly stop: () => void
}

export type LinkListener = {
  readonly received: (message: Uint8Array) => void
  /** Connected once more: what was on its way is lost. */
  readonly reopened: () => void
  /** There will be no more connection. */
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
  const lose = (reason: string): void => {
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
    if (resumed === undefined) return lose('the session was over when it was to be resumed')
    if (isPresigned(streamUrl)) {
      if (resumed.streamUrl === undefined) return lose('the connection was cut, and its presigned URL is used up')
      streamUrl = resumed.streamUrl
    }
    token = resumed.token
    open()
  }
  const over = ({ status, text }: { readonly status?: number; readonly text: string }): void => {
    if (isStopped) return
    if (status === 403) lose(FORBIDDEN)
    else if (retries >= MOST_RETRIES) lose(`it could not be connected ${MOST_RETRIES + 1} times in a row (${text})`)
    else retry()
  }
  const retry = (): void => {
    const delay = reconnectDelay(retries, Math.random())
    retries += 1
    cancel = ports.after(delay, () => {
      resume().catch(failed)
    })
  }
  const failed = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    // It is a secret where it is presigned.
    over({ text: text.replaceAll(streamUrl, 'its URL') })
  }
  try {
    open()
  } catch (error) {
    failed(error)
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
