// The state of a durable execution: its operations, its invocations, and counters of the operations and bytes that AWS meters.
import { randomUUID } from 'node:crypto'
import type { Timer } from '../../world/clock.ts'
import type { FunctionSpec } from '../functions.ts'
import type { Tokens } from './tokens.ts'
import { createTokens } from './tokens.ts'

export type HistoryEvent = {
  readonly EventId: number
  readonly EventType: string
  readonly EventTimestamp: number
  readonly Id?: string
  readonly Name?: string
  readonly ParentId?: string
  readonly SubType?: string
  /** The details of the event, which Lambda's API returns as `<EventType>Details`. */
  readonly details: object
}

export type OperationType = 'EXECUTION' | 'STEP' | 'WAIT' | 'CALLBACK' | 'CONTEXT' | 'CHAINED_INVOKE'
export type Action = 'START' | 'SUCCEED' | 'FAIL' | 'RETRY' | 'CANCEL'

/** An error, with the fields of ErrorObject in the model of client-lambda. */
export type ErrorObject = {
  readonly ErrorType?: string
  readonly ErrorMessage?: string
  readonly ErrorData?: string
  readonly StackTrace?: readonly string[]
}

/** A change of an operation, with the fields of OperationUpdate in the model of client-lambda. */
export type Update = {
  readonly Id: string
  readonly ParentId?: string
  readonly Name?: string
  readonly Type: OperationType
  readonly SubType?: string
  readonly Action: Action
  readonly Payload?: string
  readonly Error?: ErrorObject
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: number }
  readonly WaitOptions?: { readonly WaitSeconds?: number }
  readonly CallbackOptions?: { readonly TimeoutSeconds?: number; readonly HeartbeatTimeoutSeconds?: number }
  readonly ContextOptions?: { readonly ReplayChildren?: boolean }
}

/** An operation, with the fields of client-lambda's Operation. Times are epoch milliseconds, which wire.ts formats. */
export type Operation = {
  Id: string
  ParentId?: string
  Name?: string
  Type: OperationType
  SubType?: string
  Status: 'STARTED' | 'PENDING' | 'READY' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED' | 'STOPPED'
  StartTimestamp: number
  EndTimestamp?: number
  ExecutionDetails?: { InputPayload: string }
  StepDetails?: { Attempt: number; NextAttemptTimestamp?: number; Result?: string; Error?: ErrorObject }
  WaitDetails?: { ScheduledEndTimestamp: number }
  CallbackDetails?: { CallbackId: string; Result?: string; Error?: ErrorObject }
  ContextDetails?: { ReplayChildren?: boolean; Result?: string; Error?: ErrorObject }
}

/** An operation with the time of its last change. `changeCount`: the change counter of the execution at that time. */
export type TrackedOperation = Operation & { changeCount: number }

/** One invocation of the function. The invocation is delivered once or twice. */
export type Invocation = {
  readonly number: number
  readonly requestId: string
  readonly startedAt: number
  /** The number of deliveries that have not returned an answer. */
  running: number
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED'

export type Execution = {
  readonly arn: string
  readonly name: string
  readonly payload: string
  readonly function: FunctionSpec
  /** The version or alias that was invoked. */
  readonly qualifier: string
  /** The version of the function that all invocations of the execution use. */
  readonly version: string
  readonly operations: Map<string, TrackedOperation>
  readonly events: HistoryEvent[]
  readonly tokens: Tokens
  /** The timers of the execution, which are cancelled when the execution ends. */
  readonly timers: Set<Timer>
  readonly startedAt: number
  status: ExecutionStatus
  result?: string
  error?: ErrorObject
  endedAt?: number
  current?: Invocation
  /**
   * `changeCount`: the change counter. `sentUpTo`: the value of the counter when the function last received the state.
   * `lastOutsideChange`: the value of the counter at the last change by a timer or a callback.
   */
  changeCount: number
  sentUpTo: number
  lastOutsideChange: number
  invocations: number
  /** The number of consecutive failed invocations. */
  failures: number
  retry?: Timer
  /** The number of metered operations, which AWS limits and bills. */
  metered: number
  /** The number of metered bytes, which AWS limits and bills. */
  bytes: number
}

export type NewExecution = Pick<Execution, 'name' | 'payload' | 'function' | 'qualifier' | 'version'>

export const newExecution = (what: NewExecution, now: number): Execution => {
  const execution: Execution = {
    ...what,
    arn: `${what.function.arn}:${what.version}/durable-execution/${what.name}/${randomUUID()}`,
    operations: new Map(),
    events: [],
    tokens: createTokens(),
    timers: new Set(),
    startedAt: now,
    status: 'RUNNING',
    changeCount: 0,
    sentUpTo: 0,
    lastOutsideChange: 0,
    invocations: 0,
    failures: 0,
    metered: 0,
    bytes: Buffer.byteLength(what.payload),
  }
  touch(execution, {
    Id: randomUUID(),
    Name: what.name,
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: now,
    ExecutionDetails: { InputPayload: what.payload },
  })
  return execution
}

export const touch = (execution: Execution, operation: Operation): void => {
  execution.changeCount += 1
  execution.operations.set(operation.Id, Object.assign(operation, { changeCount: execution.changeCount }))
}

/** The operation that represents the execution itself, which is the first operation. */
export const ownOperation = ({ operations }: Execution): TrackedOperation | undefined => [...operations.values()][0]

/**
 * Whether a timer or a call from outside the execution will still change an operation. A step in the status READY does not count,
 * because its timer has already ended.
 */
export const hasPending = ({ operations }: Execution): boolean =>
  [...operations.values()].some(({ Type, Status }) =>
    Type === 'STEP'
      ? Status === 'PENDING'
      : ['WAIT', 'CALLBACK', 'CHAINED_INVOKE'].includes(Type) && Status === 'STARTED',
  )
