// The routes of durable executions and their callbacks.
import { AwsError, type HttpRequest } from '../../aws/wire/service.ts'
import type { FunctionSpec } from '../functions.ts'
import { parse, type Route, reply } from '../route.ts'
import type { Checkpoint } from './checkpoints.ts'
import type { Durable } from './engine.ts'
import type { ErrorObject } from './execution.ts'
import { MOST_REQUEST_BYTES } from './limits.ts'

type SpecOf = (name: string) => FunctionSpec

const ARN = '/2025-12-01/durable-executions/([^/]+)'

const demandSize = ({ body }: HttpRequest, action: string): void => {
  if (body.length <= MOST_REQUEST_BYTES) return
  const message = `Request must be smaller than ${MOST_REQUEST_BYTES} bytes for the ${action} operation`
  throw new AwsError('RequestEntityTooLargeException', message, { status: 413 })
}

/** The error object in the body of a request; undefined if the body is empty. */
const errorIn = (http: HttpRequest): ErrorObject | undefined =>
  http.body.length === 0 ? undefined : (parse(http) as ErrorObject)

const readingRoutes = (durable: Durable, specOf: SpecOf): readonly Route[] => [
  {
    action: 'GetDurableExecutionState',
    method: 'GET',
    path: new RegExp(`^${ARN}/state$`),
    answer: (http, arn) => reply(200, durable.state(arn, http.query)),
  },
  {
    action: 'GetDurableExecutionHistory',
    method: 'GET',
    path: new RegExp(`^${ARN}/history$`),
    answer: (http, arn) => reply(200, durable.history(arn, http.query)),
  },
  {
    action: 'GetDurableExecution',
    method: 'GET',
    path: new RegExp(`^${ARN}$`),
    answer: (http, arn) => reply(200, durable.describe(arn, http.query)),
  },
  {
    action: 'ListDurableExecutionsByFunction',
    method: 'GET',
    path: /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/,
    answer: (http, name) => reply(200, durable.list(specOf(name), http.query)),
  },
]

export const executionRoutes = (durable: Durable, specOf: SpecOf): readonly Route[] => [
  {
    action: 'CheckpointDurableExecution',
    method: 'POST',
    path: new RegExp(`^${ARN}/checkpoint$`),
    answer: (http, arn) => {
      demandSize(http, 'CheckpointDurableExecution')
      return reply(200, durable.checkpoint(arn, parse(http) as Checkpoint))
    },
  },
  ...readingRoutes(durable, specOf),
  {
    action: 'StopDurableExecution',
    method: 'POST',
    path: new RegExp(`^${ARN}/stop$`),
    answer: (http, arn) => reply(200, durable.stop(arn, errorIn(http))),
  },
  callbackRoute('succeed', 'SendDurableExecutionCallbackSuccess', (id, { body }) =>
    durable.settle(id, 'succeed', body.toString('utf8')),
  ),
  callbackRoute('fail', 'SendDurableExecutionCallbackFailure', (id, http) =>
    durable.settle(id, 'fail', JSON.stringify(errorIn(http) ?? {})),
  ),
  callbackRoute('heartbeat', 'SendDurableExecutionCallbackHeartbeat', id => durable.heartbeat(id)),
]

const callbackRoute = (verb: string, action: string, send: (id: string, http: HttpRequest) => void): Route => ({
  action,
  method: 'POST',
  path: new RegExp(`^/2025-12-01/durable-execution-callbacks/([^/]+)/${verb}$`),
  answer: (http, id) => {
    send(id, http)
    return reply(200, {})
  },
})
