// Opens the data channel of a session: first a signed WebSocket upgrade, then the token in the first text message.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { CallLog } from '../aws/wire/call-log.ts'
import type { Faults } from '../aws/wire/faults.ts'
import type { Identity } from '../aws/wire/identify.ts'
import { type Authorize, AwsError, type Call, type HttpRequest } from '../aws/wire/service.ts'
import type { Clock } from '../world/clock.ts'
import type { Exec } from './exec.ts'
import type { Session } from './sessions.ts'

const ACTION = 'OpenDataChannel'
/** How long to wait for the first message, in real milliseconds (guess). */
const PATIENCE = 10_000
/** The close code for an invalid token (guess). */
const POLICY_VIOLATION = 1_008

export type UpgradeOptions = {
  readonly clock: Clock
  readonly exec: Exec
  readonly callLog: CallLog
  readonly faults: Faults
  readonly identify: (http: HttpRequest) => Identity
  readonly authorize?: Authorize
}

const requestOf = (req: IncomingMessage): HttpRequest => {
  const [path = '/', query = ''] = (req.url ?? '/').split(/\?(.*)/s)
  return {
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, [value].flat().join(',')])),
    body: Buffer.alloc(0),
  }
}

const refuse = (socket: Duplex, status: number, words: string): void => {
  const body = JSON.stringify({ message: words })
  const reason = status === 404 ? 'Not Found' : 'Forbidden'
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const tokenIn = (message: string): string => {
  try {
    const { TokenValue, MessageSchemaVersion } = JSON.parse(message) as Record<string, unknown>
    return MessageSchemaVersion === '1.0' && typeof TokenValue === 'string' ? TokenValue : ''
  } catch {
    return ''
  }
}

export const createUpgrade = ({ clock, exec, callLog, faults, identify, authorize }: UpgradeOptions) => {
  const relay = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_048_576 })

  /**
   * Returns the call and the session of an upgrade. Throws if the request is not authorized or if the session cannot be
   * opened.
   */
  const authorizeUpgrade = (http: HttpRequest): { call: Call; session: Session } => {
    const identity = identify(http)
    const call: Call = {
      service: 'ssmmessages',
      action: ACTION,
      input: { sessionId: http.path.split('/').at(-1) ?? '' },
      region: identity.region,
      url: http.path,
      caller: identity.caller,
      requestId: randomUUID(),
    }
    if (identity.service !== 'ssmmessages')
      throw new AwsError('InvalidSignatureException', "Credential should be scoped to correct service: 'ssmmessages'.")
    const denied = authorize?.(call, [])
    if (denied) throw denied
    const session = exec.sessions.find(String(call.input['sessionId']))
    if (!session || session.account !== identity.caller.account || session.region !== identity.region)
      throw new AwsError('AccessDeniedException', 'The session was not found.')
    return { call, session }
  }

  const log = (http: HttpRequest, call: Call | undefined, status: number, error?: AwsError): void =>
    callLog.add({
      at: clock.now(),
      service: 'ssmmessages',
      action: ACTION,
      region: call?.region ?? '',
      account: call?.caller.account ?? '',
      arn: call?.caller.arn ?? '',
      ...(call?.caller.sourceIdentity !== undefined && { sourceIdentity: call.caller.sourceIdentity }),
      ...(call?.caller.container !== undefined && { container: call.caller.container }),
      input: { sessionId: http.path.split('/').at(-1) },
      status,
      ...(error && { errorCode: error.code, errorMessage: error.message }),
      requestId: call?.requestId ?? randomUUID(),
    })

  const open = (socket: WebSocket, session: Session): void => {
    const late = setTimeout(() => socket.close(POLICY_VIOLATION), PATIENCE)
    socket.on('error', () => socket.terminate())
    socket.once('close', () => clearTimeout(late))
    socket.once('message', (data, isBinary) => {
      clearTimeout(late)
      if (!isBinary && exec.sessions.redeem(session, tokenIn(String(data)))) session.channel.connect(socket)
      else socket.close(POLICY_VIOLATION)
    })
  }

  /** Applies an injected fault to the upgrade. An error fault refuses the upgrade; every other fault breaks the socket. */
  const applyFault = async (call: Call, socket: Duplex): Promise<boolean> => {
    const fault = faults.take(call, 'before')
    if (!fault) return false
    const { effect } = fault
    if (effect.kind === 'hold') await faults.hold(fault.id)
    else if (effect.kind === 'delay') await new Promise<void>(go => clock.after(effect.ms, go))
    else {
      if (effect.kind === 'error') refuse(socket, effect.status ?? 403, effect.message)
      else socket.destroy()
      log({ path: call.url } as HttpRequest, call, effect.kind === 'error' ? (effect.status ?? 403) : 0)
      return true
    }
    return false
  }

  const upgrade = async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const http = requestOf(req)
    if (!http.path.startsWith('/v1/data-channel/')) return refuse(socket, 404, 'Not Found')
    try {
      const { call, session } = authorizeUpgrade(http)
      if (await applyFault(call, socket)) return
      log(http, call, 101)
      relay.handleUpgrade(req, socket, head, opened => open(opened, session))
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('ServerException', String(error), { status: 500 })
      log(http, undefined, 403, known)
      refuse(socket, 403, known.message)
    }
  }

  return {
    upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer): void => void upgrade(req, socket, head),
    close: (): void => {
      for (const client of relay.clients) client.terminate()
      relay.close()
    },
  }
}
