// Answers a signed request in these steps: authentication, authorization, throttling, faults, and the operation of the
// service.
import type { Clock } from '../../world/clock.ts'
import type { Credentials } from './credentials.ts'
import type { Fault, Faults } from './faults.ts'
import { createIdentify } from './identify.ts'
import { failure, wireOf } from './protocol.ts'
import {
  type Authorize,
  AwsError,
  type AwsService,
  type Call,
  type HttpReply,
  type HttpRequest,
  Streamed,
} from './service.ts'
import { parseSigned } from './sigv4.ts'
import type { Throttle } from './throttle.ts'

export type PipelineOptions = {
  readonly clock: Clock
  readonly services: readonly AwsService[]
  readonly credentials: Credentials
  readonly faults: Faults
  readonly throttle: Throttle
  readonly authorize?: Authorize
  /** Kills the Lambda container that sent a call. */
  readonly kill?: (container: string) => void
}

/** Thrown if the caller must not get an answer. The server then destroys the socket. */
export class LostAnswer extends Error {}

/** The details of a call that are collected for the call log. */
export type LogDetails = { call?: Call; fault?: string; error?: AwsError; output?: unknown }

/** The operations whose answers the call log keeps, without secrets. */
export const LOGGED_ANSWERS: ReadonlySet<string> = new Set(['ExecuteCommand', 'RegisterTaskDefinition'])

export const inputOf = (http: HttpRequest): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(http.body.toString('utf8'))
    return parsed !== null && typeof parsed === 'object' ? (parsed as Record<string, unknown>) : { body: parsed }
  } catch {
    return {}
  }
}

const actionOf = (service: AwsService, http: HttpRequest): string => {
  const action = 'protocol' in service ? service.protocol.actionOf(http) : service.actionOf(http)
  if (!action) throw new AwsError('UnknownOperationException', '', { status: wireOf(http) === 'rest-json' ? 404 : 400 })
  return action
}

const operationOf = (service: AwsService, action: string, http: HttpRequest) => {
  if (!('protocol' in service) || Object.hasOwn(service.operations, action)) return
  throw wireOf(http) === 'query'
    ? new AwsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`)
    : new AwsError('UnknownOperationException', '')
}

const perform = async (service: AwsService, http: HttpRequest, call: Call, details: LogDetails): Promise<HttpReply> => {
  if (!('protocol' in service)) return service.answer(http, call)
  service.protocol.demand(call.action, call.input)
  const output = await service.operations[call.action]?.(call.input as never, call)
  if (LOGGED_ANSWERS.has(call.action)) details.output = output
  if (output instanceof Streamed)
    return {
      status: 200,
      headers: { 'content-type': 'application/vnd.amazon.eventstream' },
      body: '',
      stream: output.start,
    }
  return service.protocol.write(call.action, output, call.requestId)
}

/**
 * The error for a throttled call. Lambda has a separate error code, with a status after which durable executions continue.
 * Source: Lambda API reference, errors. The body is as AWS sent it to a client that called Invoke too often
 * (github.com/fyoorer/ShadowClone, issue 46). AWS uses "Rate Exceeded." instead for too many concurrent invocations.
 */
const throttled = ({ service }: Call) =>
  service === 'lambda'
    ? new AwsError('TooManyRequestsException', 'Rate exceeded', {
        status: 429,
        fields: { Reason: 'CallerRateLimitExceeded', Type: 'User' },
      })
    : new AwsError('ThrottlingException', 'Rate exceeded')

const errorReply = (http: HttpRequest, error: unknown, details: LogDetails, requestId: string): HttpReply => {
  if (error instanceof LostAnswer) throw error
  const known =
    error instanceof AwsError
      ? error
      : new AwsError('ServerException', `The sandbox broke: ${error instanceof Error ? error.stack : error}`, {
          status: 500,
        })
  details.error = known
  return failure(http, known, requestId)
}

const urlOf = ({ path, query }: HttpRequest): string => (query.size === 0 ? path : `${path}?${query}`)

/** The call as the request describes it, before the caller is authenticated. */
const claimed = (http: HttpRequest, requestId: string): Call => {
  const { service = 'unknown', region = '', accessKeyId = '' } = parseSigned(http) ?? {}
  const action = (http.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
  const caller = { accessKeyId, account: '', arn: '', userId: '' }
  return { service, action, input: {}, region, url: urlOf(http), caller, requestId }
}

export const createPipeline = (options: PipelineOptions) => {
  const { clock, faults, throttle, kill } = options
  const identify = createIdentify(options)
  const services = new Map(options.services.map(service => [service.name, service]))

  const applyFault = async (fault: Fault, details: LogDetails, call: Call): Promise<void> => {
    details.fault = `${fault.when} ${fault.effect.kind}`
    const { effect } = fault
    if (effect.kind === 'delay') return new Promise(go => clock.after(effect.ms, go))
    if (effect.kind === 'hold') return faults.hold(fault.id)
    if (effect.kind === 'throttle') throw throttled(call)
    if (effect.kind === 'error') throw new AwsError(effect.code, effect.message, { status: effect.status ?? 400 })
    const { container } = call.caller
    if (effect.kind === 'kill' && container) kill?.(container)
    throw new LostAnswer()
  }

  const applyFaults = async (call: Call, details: LogDetails, when: Fault['when']) => {
    const fault = faults.take(call, when)
    if (fault) await applyFault(fault, details, call)
  }

  const callOf = (
    service: AwsService,
    http: HttpRequest,
    requestId: string,
    identity: ReturnType<typeof identify>,
  ): Call => {
    const action = actionOf(service, http)
    operationOf(service, action, http)
    const input = 'protocol' in service ? service.protocol.read(action, http) : inputOf(http)
    const { region, caller } = identity
    return { service: service.name, action, input, region, url: urlOf(http), caller, requestId }
  }

  const answer = async (http: HttpRequest, details: LogDetails, requestId: string): Promise<HttpReply> => {
    details.call = claimed(http, requestId)
    const identity = identify(http)
    details.call = { ...details.call, caller: identity.caller }
    const service = services.get(identity.service)
    if (!service)
      throw new AwsError('UnknownOperationException', `There is no ${identity.service} here`, { status: 404 })
    const call = callOf(service, http, requestId, identity)
    details.call = call
    const denied = options.authorize?.(call, service.resources?.(call) ?? [])
    if (denied) throw denied
    if (!throttle.take({ ...call, account: call.caller.account })) throw throttled(call)
    await applyFaults(call, details, 'before')
    const reply = await perform(service, http, call, details).catch((error: unknown) =>
      errorReply(http, error, details, requestId),
    )
    await applyFaults(call, details, 'after')
    return reply
  }

  return (http: HttpRequest, details: LogDetails, requestId: string): Promise<HttpReply> =>
    answer(http, details, requestId).catch((error: unknown) => errorReply(http, error, details, requestId))
}
