// Amazon DynamoDB. The library dynalite answers in the same process: requests are passed to its listener without a
// port.

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

/** Creates DynamoDB. All accounts and regions share the tables, because only the hub has any. */
export const createDynamodb = (): { readonly service: AwsService; readonly close: () => Promise<void> } => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  const answer = (http: HttpRequest): Promise<HttpReply> =>
    new Promise(done => {
      const req = requestFor(http)
      server.emit('request', req, new Captured(req, done))
    })
  return {
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
