// Defines routes of Lambda's REST API, parses their requests and writes their answers.
import { AwsError, type HttpReply, type HttpRequest } from '../aws/wire/service.ts'

export type Route = {
  readonly action: string
  readonly method: string
  readonly path: RegExp
  readonly answer: (http: HttpRequest, found: string) => HttpReply | Promise<HttpReply>
}

export const reply = (
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: body === '' ? '' : JSON.stringify(body),
})

export const parse = (http: HttpRequest): unknown => {
  try {
    return http.body.length === 0 ? {} : JSON.parse(http.body.toString('utf8'))
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json', { status: 400 })
  }
}
