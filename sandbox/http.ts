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

/**
 * Whether a request comes from a browser page, or names a host that is not this machine (DNS rebinding). Such a request
 * is refused, because the local user's keys are not secret and can run commands.
 */
export const isForeign = ({ headers: { host = '', origin } }: IncomingMessage): boolean =>
  origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)
