// Sends one signed request to the bot, and waits up to Slack's 3 seconds for the answer.
import { createHmac } from 'node:crypto'
import type { Clock } from '../world/clock.ts'
import { answerText, type Handler, type LambdaAnswer, lambdaEvent } from './lambda-event.ts'
import type { RealTime } from './real-time.ts'

const PATIENCE_MS = 3000

/** Ways to make a request invalid or duplicate, for tests. */
export type RequestTampering = {
  /** Omits the signature, signs with another secret, or changes the body after signing. */
  readonly tamper?: 'unsigned' | 'signature' | 'body'
  /** The age of the timestamp in seconds; negative for a timestamp in the future. */
  readonly age?: number
  /** Delivers the same bytes and headers a second time. */
  readonly twice?: boolean
  /** Headers in addition to Slack's, for example another content type. */
  readonly headers?: Readonly<Record<string, string>>
}

export type Sent = {
  /** The error that Slack would show; undefined if the bot answered with status 200 in time. */
  readonly error?: 'operation_timeout' | 'dispatch_failed'
  /** The HTTP status of the bot's answer; absent if the answer was late. */
  readonly status?: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Resolves to the bot's answer, even if the answer is late. Never rejects. */
  readonly eventually: Promise<LambdaAnswer>
  /** The result of the second delivery, if the request was delivered twice. */
  readonly again?: Sent
}

export type Outgoing = {
  readonly contentType: 'application/x-www-form-urlencoded' | 'application/json'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

type Setup = {
  readonly clock: Clock
  readonly real: RealTime
  readonly handler: Handler
  readonly signingSecret: string
  readonly log: (line: string) => void
}

export const sign = (secret: string, timestamp: string, body: string | Buffer): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`

const signedHeaders = (secret: string, timestamp: string, body: Buffer, tamper: RequestTampering['tamper']) => {
  if (tamper === 'unsigned') return {}
  const key = tamper === 'signature' ? `${secret} of somebody else` : secret
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': sign(key, timestamp, body) }
}

const tampered = (body: Buffer): Buffer => Buffer.concat([body, Buffer.from('&')])

type Call = { readonly headers: Record<string, string>; readonly body: Buffer }

/** Invokes the bot. A function error becomes status 502, as in API Gateway. */
const invoke = async ({ headers, body }: Call, { handler, clock, log }: Setup): Promise<LambdaAnswer> => {
  try {
    return await handler(lambdaEvent(headers, body, clock.now()))
  } catch (error) {
    log(`The bot threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return { statusCode: 502, body: '{"message":"Internal Server Error"}' }
  }
}

const patiently = async (call: Call, setup: Setup): Promise<Sent> => {
  const eventually = invoke(call, setup)
  let late = false
  const timeout = new Promise<undefined>(resolve => {
    const timer = setup.real.after(PATIENCE_MS, () => {
      late = true
      resolve(undefined)
    })
    void eventually.then(() => timer.cancel())
  })
  const answer = await Promise.race([eventually, timeout])
  if (!answer || late) return { error: 'operation_timeout', headers: {}, body: '', eventually }
  const lower = Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    ...(answer.statusCode === 200 ? {} : { error: 'dispatch_failed' as const }),
    status: answer.statusCode,
    headers: Object.fromEntries(lower),
    body: answerText(answer),
    eventually,
  }
}

export const createSend =
  (setup: Setup) =>
  async (outgoing: Outgoing, tampering: RequestTampering = {}): Promise<Sent> => {
    const signed = Buffer.from(outgoing.body)
    const timestamp = String(Math.floor(setup.clock.now() / 1000) - (tampering.age ?? 0))
    const call: Call = {
      headers: {
        host: 'bot.example',
        accept: 'application/json,*/*',
        'content-type': outgoing.contentType,
        ...signedHeaders(setup.signingSecret, timestamp, signed, tampering.tamper),
        ...outgoing.headers,
        ...tampering.headers,
      },
      body: tampering.tamper === 'body' ? tampered(signed) : signed,
    }
    const sent = await patiently(call, setup)
    return tampering.twice ? { ...sent, again: await patiently(call, setup) } : sent
  }

export type Send = ReturnType<typeof createSend>
