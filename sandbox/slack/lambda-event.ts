// Builds the event, in payload format 2.0, that API Gateway (HTTP API) and function URLs send to Lambda.

export type LambdaHttpEvent = {
  readonly version: '2.0'
  readonly routeKey: string
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Readonly<Record<string, string>>
  readonly requestContext: {
    readonly http: {
      readonly method: string
      readonly path: string
      readonly protocol: string
      readonly sourceIp: string
      readonly userAgent: string
    }
    readonly requestId: string
    readonly stage: string
    readonly timeEpoch: number
  }
  readonly body: string
  readonly isBase64Encoded: boolean
}

export type LambdaAnswer = {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

export type Handler = (event: LambdaHttpEvent) => Promise<LambdaAnswer>

const PATH = '/slack/events'
const AGENT = 'Slackbot 1.0 (+https://api.slack.com/robots)'

/** The event of a request. `now`: world time in epoch milliseconds. */
export const lambdaEvent = (headers: Record<string, string>, body: Buffer, now: number): LambdaHttpEvent => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: PATH,
  rawQueryString: '',
  headers: { 'user-agent': AGENT, 'content-length': String(body.length), 'x-forwarded-proto': 'https', ...headers },
  requestContext: {
    http: { method: 'POST', path: PATH, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: AGENT },
    requestId: crypto.randomUUID(),
    stage: '$default',
    timeEpoch: now,
  },
  body: body.toString('base64'),
  isBase64Encoded: true,
})

export const answerText = (answer: LambdaAnswer): string =>
  answer.isBase64Encoded ? Buffer.from(answer.body ?? '', 'base64').toString('utf8') : (answer.body ?? '')
