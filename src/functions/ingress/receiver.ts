// Bolt's receiver for a Lambda function URL: verifies the raw bytes of a request, then decodes them, and never throws.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { App, Receiver } from '@slack/bolt'
import { isRecord } from '../../model/json.ts'

/** The fields of a function URL's event (payload format 2.0) that are used here. */
export type HttpEvent = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
}

export type HttpAnswer = {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export type ReceiverOptions = {
  /** The valid signing secrets: the current one, and the previous one during a rotation. */
  readonly signingSecrets: () => Promise<readonly string[]>
  /** The current time in epoch milliseconds. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

/**
 * The maximum age of a request. Slack's API documentation recommends refusing timestamps more than five minutes away;
 * this applies to future timestamps too.
 */
const MAX_SKEW_SECONDS = 300
/** The maximum size of a request. Bolt 5.1 accepts 4 MB (bodyLimit), Lambda 6 MB. */
const MAX_BYTES = 4_000_000

const answer = (statusCode: number, body = ''): HttpAnswer => ({ statusCode, body })
const json = (value: unknown): HttpAnswer => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

/**
 * Replaces Bolt's own Lambda receiver, which parses before it verifies, decodes base64 as ASCII, and accepts future
 * timestamps.
 */
export class LambdaReceiver implements Receiver {
  #app: App | undefined
  readonly #options: ReceiverOptions

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  init(app: App): void {
    this.#app = app
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  readonly handle = async (event: HttpEvent): Promise<HttpAnswer> => {
    try {
      return await this.#receive(event)
    } catch (error) {
      this.#log('receiver', error)
      return answer(500)
    }
  }

  #log(where: string, error: unknown): void {
    const log = this.#options.log ?? (line => process.stderr.write(`${line}\n`))
    log(JSON.stringify({ level: 'error', where, error: error instanceof Error ? error.message : String(error) }))
  }

  async #receive(event: HttpEvent): Promise<HttpAnswer> {
    const headers = lowerCased(event.headers)
    const raw = Buffer.from(event.body ?? '', event.isBase64Encoded === true ? 'base64' : 'utf8')
    if (raw.length > MAX_BYTES) return answer(413)
    if (!(await this.#isSigned(headers, raw))) return answer(401)
    const body = parseBody(raw, headers['content-type'] ?? '')
    if (body === undefined) return answer(400)
    if (body['ssl_check'] !== undefined) return answer(200)
    if (body['type'] === 'url_verification') return json({ challenge: body['challenge'] })
    return this.#process(
      body['type'] === 'app_rate_limited' ? { ...body, type: 'event_callback', event: body } : body,
      headers,
    )
  }

  async #isSigned(headers: Headers, raw: Buffer): Promise<boolean> {
    const timestamp = headers['x-slack-request-timestamp'] ?? ''
    const signature = headers['x-slack-signature'] ?? ''
    if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return false
    const now = this.#options.now ?? Date.now
    if (Math.abs(now() / 1000 - Number(timestamp)) > MAX_SKEW_SECONDS) return false
    const secrets = await this.#options.signingSecrets()
    return secrets.some(secret => {
      const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(raw).digest()
      return timingSafeEqual(expected, Buffer.from(signature.slice(3), 'hex'))
    })
  }

  /**
   * Handles a verified request. Returns 200 after an acknowledgement, even if something fails later, because Slack
   * would show the request as failed.
   */
  async #process(body: Record<string, unknown>, headers: Headers): Promise<HttpAnswer> {
    let acked: HttpAnswer | undefined
    const ack = async (response?: unknown): Promise<void> => {
      acked ??=
        typeof response === 'string'
          ? answer(200, response)
          : response === undefined || response === null
            ? answer(200)
            : json(response)
    }
    const retryNum = Number(headers['x-slack-retry-num'] ?? Number.NaN)
    try {
      await this.#app?.processEvent({
        body,
        ack,
        ...(Number.isInteger(retryNum) && { retryNum, retryReason: headers['x-slack-retry-reason'] ?? '' }),
      })
    } catch (error) {
      this.#log('listener', error)
    }
    return acked ?? answer(404)
  }
}

type Headers = Readonly<Record<string, string>>

const lowerCased = (headers: HttpEvent['headers']): Headers =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']))

/**
 * Parses the body of a request. Slack sends forms (interactions have their JSON in `payload`) and JSON, always in
 * UTF-8.
 */
const parseBody = (raw: Buffer, contentType: string): Record<string, unknown> | undefined => {
  const text = raw.toString('utf8')
  if (/^\s*application\/json\b/i.test(contentType)) return parseJson(text)
  const form = Object.fromEntries(new URLSearchParams(text))
  return form['payload'] === undefined ? form : parseJson(form['payload'])
}

const parseJson = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
