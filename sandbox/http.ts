// HTTP helpers of the sandbox's servers: read a body, answer with JSON or text.
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The maximum size of a body. Slack and AWS refuse far smaller bodies; this only limits the memory that a faulty client
 * can use.
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

/** The path and query of a request, as a URL with a placeholder host. */
export const urlOf = (req: IncomingMessage): URL => new URL(req.url ?? '/', 'http://sandbox.invalid')

/** True for the names and the port of this server; false for a foreign name that resolves to loopback (DNS rebinding). */
const isOwnHost = ({ headers: { host = '' }, socket: { localPort } }: IncomingMessage): boolean =>
  host === `127.0.0.1:${localPort}` || host === `localhost:${localPort}`

/** `Sec-Fetch-Site` of requests by the page itself, and by the person: an address typed, a bookmark, a link in a terminal. */
const OWN_SITES = ['same-origin', 'none']

const isOwnSite = (req: IncomingMessage): boolean => {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = req.headers
  if (typeof site !== 'string' || OWN_SITES.includes(site)) return true
  // A link on another site may show the document: it acts only with a cookie, and cannot be framed.
  return mode === 'navigate' && req.method === 'GET' && urlOf(req).pathname === '/'
}

/**
 * Why a request is not from this server's own page or from a program on this machine. Browsers send `Origin` with each
 * POST, cross-origin fetch, event stream and WebSocket, and `Sec-Fetch-Site` with everything. Another port of this host
 * is another origin, but gets the same cookies.
 */
export const refusalOfOrigin = (req: IncomingMessage): string | undefined => {
  const { host = '', origin } = req.headers
  if (!isOwnHost(req)) return 'the Host header must be 127.0.0.1 or localhost, with this port'
  if (origin !== undefined && origin !== `http://${host}`) return 'the Origin header must be this host'
  return isOwnSite(req) ? undefined : 'the request comes from a page of another site or port'
}

/** A request from a browser page, or for a host name that is not this machine's (DNS rebinding). */
export const isForeign = ({ headers: { host = '', origin, 'sec-fetch-site': site } }: IncomingMessage): boolean =>
  origin !== undefined || site !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)
