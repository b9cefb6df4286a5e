// From one function to the next, in this process: invocations, callbacks, schedules, and what became of an execution.
import { minuteOf } from '../../sandbox/aws/services/scheduler/schedule-rules.ts'
import type { Durable } from '../../sandbox/lambda/durable/engine.ts'
import type { FunctionSpec } from '../../sandbox/lambda/functions.ts'
import { RemoteError } from '../../src/model/errors.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type {
  ContinueFollow,
  Dispatch,
  ExecutionStatus,
  LookAtGate,
  LookAtIncident,
  Schedule,
  TellProblems,
  Wake,
} from '../../src/model/ports/functions.ts'
import { incidentJob, problemsJob } from '../../src/model/ports/job.ts'
import type { Asker, StoryAws } from './story-aws.ts'
import type { StoryFunctions } from './story-functions.ts'

export type Lambda = {
  readonly aws: StoryAws
  readonly functions: StoryFunctions
  readonly durable: Durable
  readonly operation: FunctionSpec
}

type FunctionPorts = {
  readonly dispatch: Dispatch
  readonly continueFollow: ContinueFollow
  readonly lookAtGate: LookAtGate
  readonly lookAtIncident: LookAtIncident
  readonly tellProblems: TellProblems
  readonly wake: Wake
  readonly schedule: Schedule
  readonly executionStatus: ExecutionStatus
}

/** The callback is completed already, timed out, or its execution is gone. */
const OVER = /^(CallbackTimeout|ResourceNotFound|InvalidParameterValue|Conflict)/

export const createFunctionPorts = ({ aws, functions, durable, operation }: Lambda, asker: Asker): FunctionPorts => {
  const ask = asking(aws, asker)
  const invoke = (name: string) => (job: object) =>
    ask('lambda', 'Invoke', { FunctionName: name }, () => functions.invokeAsync(`quarterdeck-${name}`, job))
  return {
    dispatch: {
      query: invoke('query'),
      decision: invoke('decision'),
      operation: job =>
        ask('lambda', 'Invoke', { FunctionName: 'operation' }, () => {
          durable.start(job.id, operation, JSON.stringify(job))
        }),
    },
    continueFollow: invoke('query'),
    lookAtGate: invoke('schedule'),
    lookAtIncident: id => invoke('schedule')(incidentJob(id, 0)),
    tellProblems: () => invoke('schedule')(problemsJob(0)),
    wake: id =>
      ask('lambda', 'SendDurableExecutionCallbackSuccess', { CallbackId: id }, () =>
        durable.settle(id, 'succeed', '"settled"'),
      ).catch((error: unknown) => {
        if (!(error instanceof RemoteError && OVER.test(error.code))) throw error
      }),
    schedule: (job, at) =>
      ask('scheduler', 'CreateSchedule', { job: { ...job } }, () => {
        functions.invokeOnce('quarterdeck-schedule', job, minuteOf(Date.parse(at)))
      }),
    executionStatus: arn =>
      ask('lambda', 'GetDurableExecution', { arn }, () => {
        const { Status } = durable.describe(arn) as { readonly Status: string }
        return Status
      }),
  }
}

/** One attempt and one retry of what may pass, as of a signed request. */
const asking =
  (aws: StoryAws, asker: Asker) =>
  async <T>(service: string, action: string, input: JsonObject, run: () => T): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await aws.pass(asker, { service, action, region: 'us-east-1', input }, run)
      } catch (error) {
        const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode: number } }
        const status = $metadata?.httpStatusCode ?? 0
        const passing = status >= 500 || status === 429 || /Throttl|TooManyRequests/.test(name)
        if (passing && attempt === 1) continue
        throw new RemoteError(`${service} answered ${name}: ${message}`, { code: name, passing, cause: error })
      }
    }
  }
