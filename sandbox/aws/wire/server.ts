// The HTTP server of the simulated AWS: reads requests, writes answers and streams, and records each call in the call
// log.

import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { isForeign } from '../../http.ts'
import type { CallLog } from './call-log.ts'
import { createPipeline, inputOf, type LogDetails, LostAnswer, type PipelineOptions } from './pipeline.ts'
import type { HttpReply, HttpRequest } from './service.ts'

const largestBody = 12 * 1024 * 1024

export type AwsServerOptions = PipelineOptions & {
  readonly callLog: CallLog
  readonly port?: number
  /** Handles HTTP upgrades, which open WebSockets. */
  readonly upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
}

const received = (req: IncomingMessage): Promise<HttpRequest> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('error', reject)
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > largestBody) return reject(new LostAnswer())
      chunks.push(chunk)
    })
    req.on('end', () => {
      const [path = '/', query = ''] = (req.url ?? '/').split(/\?(.*)/s)
      const headers = Object.entries(req.headers).map(([name, value]) => [name, [value].flat().join(',')] as const)
      resolve({
        method: req.method ?? 'GET',
        path,
        query: new URLSearchParams(query),
        headers: Object.fromEntries(headers),
        body: Buffer.concat(chunks),
      })
    })
  })

const errorOf = (details: LogDetails, reply: HttpReply | undefined) => {
  if (details.error) return { errorCode: details.error.code, errorMessage: details.error.message }
  if (!reply || reply.status < 400) return {}
  const body = inputOf({ body: Buffer.from(reply.body) } as HttpRequest)
  const type = String(body['__type'] ?? reply.headers?.['x-amzn-errortype'] ?? 'Error')
  return { errorCode: type.replace(/^.*#/, ''), errorMessage: String(body['message'] ?? body['Message'] ?? '') }
}

const sendStream = (res: ServerResponse, reply: HttpReply, requestId: string): void => {
  res.writeHead(reply.status, { 'x-amzn-requestid': requestId, ...reply.headers })
  reply.stream?.({
    write: bytes => void res.write(bytes),
    end: () => void res.end(),
    onClose: closed => void res.once('close', closed),
  })
}

const send = (res: ServerResponse, reply: HttpReply, requestId: string, now: number) => {
  if (reply.stream !== undefined) return sendStream(res, reply, requestId)
  const body = Buffer.from(reply.body)
  res.writeHead(reply.status, {
    'x-amzn-requestid': requestId,
    date: new Date(now).toUTCString(),
    ...reply.headers,
    'content-length': body.length,
  })
  res.end(body)
}

export const createAwsServer = (options: AwsServerOptions) => {
  const { clock, callLog } = options
  const pipeline = createPipeline(options)

  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const requestId = randomUUID()
    const at = clock.now()
    const details: LogDetails = {}
    const reply = await received(req)
      .then(http => pipeline(http, details, requestId))
      .catch(() => undefined)
    const { service = 'unknown', action = '', region = '', input = {}, caller } = details.call ?? {}
    callLog.add({
      at,
      service,
      action,
      region,
      account: caller?.account ?? '',
      arn: caller?.arn ?? '',
      ...(caller?.sourceIdentity !== undefined && { sourceIdentity: caller.sourceIdentity }),
      ...(caller?.container !== undefined && { container: caller.container }),
      input,
      ...(details.output !== undefined && { output: details.output }),
      status: reply?.status ?? 0,
      ...errorOf(details, reply),
      ...(details.fault !== undefined && { fault: details.fault }),
      requestId,
    })
    if (reply && !res.destroyed) send(res, reply, requestId, clock.now())
    else req.socket.destroy()
  }

  const server = createServer((req, res) => void (isForeign(req) ? res.writeHead(403).end() : serve(req, res)))
  server.on('upgrade', (req, socket, head) => {
    if (options.upgrade && !isForeign(req)) options.upgrade(req, socket, head)
    else socket.destroy()
  })
  // The server keeps idle connections open longer than clients do. Therefore no client writes to a closed connection.
  server.keepAliveTimeout = 120_000
  let url = ''
  return {
    get url(): string {
      return url
    },
    listen: (): Promise<string> =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(options.port ?? 0, '127.0.0.1', () => {
          url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
          resolve(url)
        })
      }),
    close: (): Promise<void> =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
