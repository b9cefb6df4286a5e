// Lambda at the wire: Invoke, durable executions and their callbacks, as REST with JSON.
import { randomUUID } from 'node:crypto'
import { AwsError, type AwsService, type HttpReply, type HttpRequest } from '../aws/service.ts'
import type { Durable } from './durable.ts'
import type { FunctionSpec, Functions } from './functions.ts'

type Route = {
  readonly action: string
  readonly method: string
  readonly path: RegExp
  readonly answer: (http: HttpRequest, found: string) => HttpReply | Promise<HttpReply>
}

const MOST_ASYNC_BYTES = 1_048_576

const reply = (status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: body === '' ? '' : JSON.stringify(body),
})

const parse = (http: HttpRequest): unknown => {
  try {
    return http.body.length === 0 ? {} : JSON.parse(http.body.toString('utf8'))
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json', { status: 400 })
  }
}

export const createLambdaService = (functions: Functions, durable: Durable): AwsService => {
  const specOf = (name: string): FunctionSpec => {
    const spec = functions.specOf(name)
    if (spec === undefined)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, { status: 404 })
    return spec
  }
  const invoke = async (http: HttpRequest, name: string): Promise<HttpReply> => {
    const spec = specOf(name)
    const payload = parse(http)
    if (spec.durable === true) return invokeDurable(http, spec)
    if (http.headers['x-amz-invocation-type'] !== 'Event') {
      const finished = await functions.run(spec, payload)
      return 'error' in finished
        ? reply(200, finished.error, { 'x-amz-function-error': 'Unhandled' })
        : { status: 200, headers: { 'content-type': 'application/json' }, body: finished.result }
    }
    demandSize(http)
    functions.invokeAsync(spec, payload)
    return reply(202)
  }
  const invokeDurable = (http: HttpRequest, spec: FunctionSpec): HttpReply => {
    if (http.headers['x-amz-invocation-type'] !== 'Event') {
      throw new AwsError(
        'InvalidParameterValueException',
        'The sandbox starts durable executions asynchronously only',
        { status: 400 },
      )
    }
    demandSize(http)
    const name = http.headers['x-amz-durable-execution-name'] ?? randomUUID()
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
      throw new AwsError(
        'InvalidParameterValueException',
        'durableExecutionName must satisfy the pattern [a-zA-Z0-9-_]{1,64}',
        { status: 400 },
      )
    }
    const { arn } = durable.start(name, spec, http.body.toString('utf8'))
    return reply(202, '', { 'x-amz-durable-execution-arn': arn })
  }
  const routes: readonly Route[] = [
    { action: 'Invoke', method: 'POST', path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, answer: invoke },
    ...executionRoutes(durable),
  ]
  const find = (http: HttpRequest) => routes.find(({ method, path }) => method === http.method && path.test(http.path))
  return {
    name: 'lambda',
    // A callback's id says nothing of its execution: IAM is asked about the execution that waits for it.
    resources: ({ url }) => {
      const id = decodeURIComponent(/\/durable-execution-callbacks\/([^/]+)\//.exec(url)?.[1] ?? '')
      const arn = durable.arnOf(id)
      return arn === undefined ? [] : [{ arn }]
    },
    actionOf: http => find(http)?.action ?? '',
    answer: async http => {
      const route = find(http)
      const found = decodeURIComponent(route?.path.exec(http.path)?.[1] ?? '')
      if (route === undefined) throw new AwsError('UnknownOperationException', '', { status: 404 })
      return route.answer(http, found)
    },
  }
}

const demandSize = (http: HttpRequest): void => {
  if (http.body.length > MOST_ASYNC_BYTES) {
    throw new AwsError(
      'RequestTooLargeException',
      `${http.body.length} byte payload is too large for the Event invocation type (limit ${MOST_ASYNC_BYTES} bytes)`,
      { status: 413 },
    )
  }
}

const executionRoutes = (durable: Durable): readonly Route[] => [
  {
    action: 'CheckpointDurableExecution',
    method: 'POST',
    path: /^\/2025-12-01\/durable-executions\/(.+)\/checkpoint$/,
    answer: (http, arn) => reply(200, durable.checkpoint(arn, parse(http) as Parameters<Durable['checkpoint']>[1])),
  },
  {
    action: 'GetDurableExecutionState',
    method: 'GET',
    path: /^\/2025-12-01\/durable-executions\/(.+)\/state$/,
    answer: (_, arn) => reply(200, durable.state(arn)),
  },
  {
    action: 'GetDurableExecution',
    method: 'GET',
    path: /^\/2025-12-01\/durable-executions\/([^/]+)$/,
    answer: (_, arn) => reply(200, durable.describe(arn)),
  },
  {
    action: 'StopDurableExecution',
    method: 'POST',
    path: /^\/2025-12-01\/durable-executions\/(.+)\/stop$/,
    answer: (_, arn) => {
      durable.stop(arn)
      return reply(200, {})
    },
  },
  callbackRoute(durable, 'succeed', 'SendDurableExecutionCallbackSuccess'),
  callbackRoute(durable, 'fail', 'SendDurableExecutionCallbackFailure'),
]

const callbackRoute = (durable: Durable, outcome: 'succeed' | 'fail', action: string): Route => ({
  action,
  method: 'POST',
  path: new RegExp(`^/2025-12-01/durable-execution-callbacks/([^/]+)/${outcome}$`),
  answer: (http, id) => {
    durable.settle(id, outcome, http.body.toString('utf8'))
    return reply(200, {})
  },
})
