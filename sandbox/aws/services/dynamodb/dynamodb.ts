// Amazon DynamoDB. The library dynalite answers in the same process: requests are passed directly to its request listener,
// without a network port.

import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import dynalite from 'dynalite'
import type { AwsService, HttpReply, HttpRequest } from '../../wire/service.ts'

const requestFor = (http: HttpRequest): IncomingMessage => {
  const req = new IncomingMessage(new Socket())
  req.method = http.method
  req.url = http.path
  req.headers = http.headers
  req.push(http.body)
  req.push(null)
  return req
}

/** An HTTP response that collects its output and passes it to `done`. */
class Captured extends ServerResponse {
  readonly #done: (reply: HttpReply) => void
  constructor(req: IncomingMessage, done: (reply: HttpReply) => void) {
    super(req)
    this.#done = done
  }
  override end(body?: unknown): this {
    const headers = Object.entries(this.getHeaders()).map(([name, value]) => [name, String(value)] as const)
    const ownHeaders = headers.filter(([name]) => name !== 'x-amzn-requestid')
    this.#done({ status: this.statusCode, headers: Object.fromEntries(ownHeaders), body: String(body ?? '') })
    return this
  }
}

/** The headers of a Scan. dynalite requires a signature, but does not verify it. */
const SCAN = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.Scan',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

/** An item in the JSON format of the DynamoDB API. */
export type RawItem = Readonly<Record<string, { readonly S?: string }>>

export type Dynamodb = {
  readonly service: AwsService
  /** Returns every item of a table, without IAM, faults and the call log. */
  readonly items: (table: string) => Promise<readonly RawItem[]>
  readonly close: () => Promise<void>
}

/** Creates DynamoDB. All accounts and regions share the tables. Only the hub, where the bot is deployed, uses tables. */
export const createDynamodb = (): Dynamodb => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  const answer = (http: HttpRequest): Promise<HttpReply> =>
    new Promise(done => {
      const req = requestFor(http)
      server.emit('request', req, new Captured(req, done))
    })
  const items = async (table: string): Promise<readonly RawItem[]> => {
    const found: RawItem[] = []
    let start: unknown
    do {
      const body = Buffer.from(
        JSON.stringify({ TableName: table, ...(start !== undefined && { ExclusiveStartKey: start }) }),
      )
      const reply = await answer({ method: 'POST', path: '/', query: new URLSearchParams(), headers: SCAN, body })
      if (reply.status !== 200) throw new Error(`Scan of ${table}: ${reply.body}`)
      const page = JSON.parse(String(reply.body)) as {
        readonly Items: readonly RawItem[]
        readonly LastEvaluatedKey?: unknown
      }
      found.push(...page.Items)
      start = page.LastEvaluatedKey
    } while (start !== undefined)
    return found
  }
  return {
    items,
    service: {
      name: 'dynamodb',
      actionOf: http => (http.headers['x-amz-target'] ?? '').split('.')[1] ?? '',
      answer,
      resources: ({ input, region, caller }) => {
        const table = input['TableName']
        return typeof table === 'string' ? [{ arn: `arn:aws:dynamodb:${region}:${caller.account}:table/${table}` }] : []
      },
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
