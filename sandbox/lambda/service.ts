// Lambda's API: Invoke, durable executions and their callbacks. Uses REST with JSON.
import { randomUUID } from 'node:crypto'
import { AwsError, type AwsService, type HttpReply, type HttpRequest } from '../aws/wire/service.ts'
import type { Durable } from './durable/engine.ts'
import { executionRoutes } from './durable/routes.ts'
import type { FunctionSpec, Functions } from './functions.ts'
import { parse, type Route, reply } from './route.ts'

const MOST_ASYNC_BYTES = 1_048_576

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
    if (spec.durable === true) return invokeDurable(http, spec, qualifierIn(name, spec, http))
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
  const invokeDurable = (http: HttpRequest, spec: FunctionSpec, qualifier: string): HttpReply => {
    if (qualifier === '') {
      throw new AwsError(
        'InvalidParameterValueException',
        'You cannot invoke a durable function using an unqualified ARN.',
        { status: 400 },
      )
    }
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
    const { arn } = durable.start(name, spec, http.body.toString('utf8'), qualifier)
    return reply(202, '', { 'x-amz-durable-execution-arn': arn })
  }
  const routes: readonly Route[] = [
    { action: 'Invoke', method: 'POST', path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, answer: invoke },
    ...executionRoutes(durable, specOf),
  ]
  const find = (http: HttpRequest) => routes.find(({ method, path }) => method === http.method && path.test(http.path))
  return {
    name: 'lambda',
    // A callback id does not contain its execution, so IAM is evaluated for the execution that waits for this callback.
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

/** The version or alias in a request that invokes a function; empty if the request has none. */
const qualifierIn = (name: string, spec: FunctionSpec, http: HttpRequest): string => {
  const bare = [spec.arn, spec.name].find(one => name.startsWith(`${one}:`))
  return http.query.get('Qualifier') ?? (bare === undefined ? '' : name.slice(bare.length + 1))
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
