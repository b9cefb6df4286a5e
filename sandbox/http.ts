// HTTP helpers of the sandbox's servers: read a body, answer with JSON or text.
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The maximum size of a body in bytes. It only limits the memory that a faulty client can use: Slack and AWS have far lower
 * limits.
 */
const MOST_BYTES = 64 * 1024 * 1024

export const readBody = async (req: IncomingMessage, most = MOST_BYTES): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > most) throw new Error(`A request body of more than ${most} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

export const sendJson = (
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  res.end(JSON.stringify(body))
}

export const sendText = (
  res: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers })
  res.end(body)
}

/** The URL of a request. Its path and query are those of the request; its host is a placeholder. */
export const urlOf = (req: IncomingMessage): URL => new URL(req.url ?? '/', 'http://sandbox.invalid')

/** Whether the Host header names this server with its port. Prevents DNS rebinding: a foreign name that resolves to loopback. */
const isOwnHost = ({ headers: { host = '' }, socket: { localPort } }: IncomingMessage): boolean =>
  host === `127.0.0.1:${localPort}` || host === `localhost:${localPort}`

/** `Sec-Fetch-Site` of requests by the page itself, and by the person: a typed address, a bookmark, a link in a terminal. */
const OWN_SITES = ['same-origin', 'none']

const isOwnSite = (req: IncomingMessage): boolean => {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = req.headers
  if (typeof site !== 'string' || OWN_SITES.includes(site)) return true
  // A link on another site may open the document. The document does nothing without the cookie, and cannot be framed.
  return mode === 'navigate' && req.method === 'GET' && urlOf(req).pathname === '/'
}

/**
 * Returns why a request is refused: it comes neither from this server's own page nor from a program on this machine. Undefined if
 * it is allowed. Browsers send `Origin` with each POST, cross-origin fetch, event stream and WebSocket, and `Sec-Fetch-Site`
 * with each request. Another port of this host is another origin, but receives the same cookies.
 */
export const refusalOfOrigin = (req: IncomingMessage): string | undefined => {
  const { host = '', origin } = req.headers
  if (!isOwnHost(req)) return 'the Host header must be 127.0.0.1 or localhost, with this port'
  if (origin !== undefined && origin !== `http://${host}`) return 'the Origin header must be this host'
  return isOwnSite(req) ? undefined : 'the request comes from a page of another site or port'
}

/** Whether a request comes from a browser page, or is for a host name other than this machine's (DNS rebinding). */
export const isForeign = ({ headers: { host = '', origin, 'sec-fetch-site': site } }: IncomingMessage): boolean =>
  origin !== undefined || site !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)
