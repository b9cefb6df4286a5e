// Durable executions: the history of each, moved by checkpoints, callbacks and the world's clock, and the invocations
// that follow from it. Facts: the engine's wire format as the durable SDK speaks it (client-lambda's model).
import { randomBytes, randomUUID } from 'node:crypto'
import { AwsError } from '../aws/service.ts'
import type { Clock } from '../world/clock.ts'
import type { FunctionSpec, Functions } from './functions.ts'

export type Update = {
  readonly Id: string
  readonly ParentId?: string
  readonly Name?: string
  readonly Type: 'EXECUTION' | 'STEP' | 'WAIT' | 'CALLBACK' | 'CONTEXT' | 'CHAINED_INVOKE'
  readonly SubType?: string
  readonly Action: 'START' | 'SUCCEED' | 'FAIL' | 'RETRY' | 'CANCEL'
  readonly Payload?: string
  readonly Error?: object
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: number }
  readonly WaitOptions?: { readonly WaitSeconds?: number }
  readonly CallbackOptions?: { readonly TimeoutSeconds?: number }
  readonly ContextOptions?: { readonly ReplayChildren?: boolean }
}

/** An operation as the wire has it; times are epoch milliseconds here and are written by the reader's transport. */
export type Moved = {
  Id: string
  ParentId?: string
  Name?: string
  Type: Update['Type']
  SubType?: string
  Status: 'STARTED' | 'PENDING' | 'READY' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED' | 'STOPPED'
  StartTimestamp: number
  EndTimestamp?: number
  ExecutionDetails?: { InputPayload: string }
  StepDetails?: { Attempt: number; NextAttemptTimestamp?: number; Result?: string; Error?: object }
  WaitDetails?: { ScheduledEndTimestamp: number }
  CallbackDetails?: { CallbackId: string; Result?: string; Error?: object }
  ContextDetails?: { ReplayChildren?: boolean; Result?: string; Error?: object }
}

export type Execution = {
  readonly arn: string
  readonly name: string
  readonly payload: string
  readonly function: FunctionSpec
  readonly operations: Map<string, Moved & { moves: number }>
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED'
  result?: string
  error?: object
  token: string
  /** Answers by ClientToken: a lost answer is given again. */
  readonly answers: Map<string, object>
  moves: number
  told: number
  isInvoked: boolean
  /** Moved by time or callback while an invocation was under way. */
  isStirred: boolean
  readonly startedAt: number
  invocations: number
}

const MOST_CHECKPOINT_BYTES = 256 * 1024
/** How soon Lambda calls again after an invocation died. */
const AGAIN_AFTER_MS = 1_000

export class Durable {
  readonly #clock: Clock
  readonly #functions: Functions
  readonly executions = new Map<string, Execution>()
  readonly #callbacks = new Map<string, { execution: Execution; operation: Moved }>()
  /** Every invocation is delivered twice, as Lambda may. */
  deliversTwice = false
  readonly #listeners: ((execution: Execution) => void)[] = []

  /** Called when an execution has ended, however it did. */
  onEnded(listener: (execution: Execution) => void): void {
    this.#listeners.push(listener)
  }

  #tellEnded(execution: Execution): void {
    for (const listener of this.#listeners) listener(execution)
  }

  constructor(clock: Clock, functions: Functions) {
    this.#clock = clock
    this.#functions = functions
  }

  /** The same name with the same payload finds the execution that is there. */
  start(name: string, spec: FunctionSpec, payload: string): Execution {
    const known = this.executions.get(name)
    if (known?.payload === payload) return known
    if (known !== undefined) {
      throw new AwsError('DurableExecutionAlreadyStartedException', `Durable execution already started: ${known.arn}`, {
        status: 409,
      })
    }
    const now = this.#clock.now()
    const execution = newExecution(name, spec, payload, now)
    touch(execution, {
      Id: randomUUID(),
      Name: name,
      Type: 'EXECUTION',
      Status: 'STARTED',
      StartTimestamp: now,
      ExecutionDetails: { InputPayload: payload },
    })
    this.executions.set(name, execution)
    void this.#invoke(execution)
    return execution
  }

  checkpoint(arn: string, body: Checkpoint): object {
    const execution = this.#byArn(arn)
    const remembered = body.ClientToken === undefined ? undefined : execution.answers.get(body.ClientToken)
    if (remembered !== undefined) return remembered
    if (body.CheckpointToken !== execution.token) throw invalid('Invalid checkpoint token')
    if (JSON.stringify(body.Updates ?? []).length > MOST_CHECKPOINT_BYTES) {
      throw invalid('The checkpoint exceeds the maximum size of 262144 bytes')
    }
    for (const update of body.Updates ?? []) this.#apply(execution, update)
    const moved = [...execution.operations.values()].filter(({ moves }) => moves > execution.told)
    execution.told = execution.moves
    const operations = moved.map(operation => onWire(operation, epochSeconds))
    const answer = { CheckpointToken: newToken(execution), NewExecutionState: { Operations: operations } }
    if (body.ClientToken !== undefined) execution.answers.set(body.ClientToken, answer)
    return answer
  }

  state(arn: string): object {
    return { Operations: [...this.#byArn(arn).operations.values()].map(operation => onWire(operation, epochSeconds)) }
  }

  /** GetDurableExecution. */
  describe(arn: string): object {
    const { name, payload, status, startedAt, result, error, function: spec } = this.#byArn(arn)
    return {
      DurableExecutionArn: arn,
      DurableExecutionName: name,
      FunctionArn: spec.arn,
      InputPayload: payload,
      StartTimestamp: epochSeconds(startedAt),
      Status: status,
      ...(result !== undefined && { Result: result }),
      ...(error !== undefined && { Error: error }),
    }
  }

  /** Completes a callback from outside: `body` is the raw result. */
  settle(callbackId: string, outcome: 'succeed' | 'fail', body: string): void {
    const waiting = this.#callbacks.get(callbackId)
    if (waiting === undefined) throw new AwsError('ResourceNotFoundException', 'Callback not found', { status: 404 })
    const { execution, operation } = waiting
    if (operation.Status !== 'STARTED') {
      throw new AwsError('CallbackTimeoutException', 'The callback is already completed', { status: 400 })
    }
    operation.Status = outcome === 'succeed' ? 'SUCCEEDED' : 'FAILED'
    operation.EndTimestamp = this.#clock.now()
    operation.CallbackDetails = {
      CallbackId: callbackId,
      ...(outcome === 'succeed' ? { Result: body } : { Error: { ErrorMessage: body } }),
    }
    this.#stir(execution, operation)
  }

  /** Of the execution that waits for this callback. */
  arnOf(callbackId: string): string | undefined {
    return this.#callbacks.get(callbackId)?.execution.arn
  }

  stop(arn: string): void {
    const execution = this.#byArn(arn)
    execution.status = 'STOPPED'
    this.#tellEnded(execution)
  }

  #byArn(arn: string): Execution {
    const execution = [...this.executions.values()].find(candidate => candidate.arn === arn)
    if (execution === undefined)
      throw new AwsError('ResourceNotFoundException', `Durable execution not found: ${arn}`, { status: 404 })
    return execution
  }

  /** Something moved while nobody was running, or will be seen by nobody who runs: call the function again. */
  #stir(execution: Execution, operation: Moved): void {
    touch(execution, operation)
    if (execution.isInvoked) execution.isStirred = true
    else void this.#invoke(execution)
  }

  async #invoke(execution: Execution): Promise<void> {
    if (execution.status !== 'RUNNING' || execution.isInvoked) return
    execution.isInvoked = true
    execution.isStirred = false
    execution.invocations += 1
    const operations = [...execution.operations.values()].map(operation => onWire(operation, isoTime))
    const event = {
      DurableExecutionArn: execution.arn,
      CheckpointToken: newToken(execution),
      InitialExecutionState: { Operations: operations, NextMarker: '' },
    }
    execution.told = execution.moves
    const running = this.#functions.run(execution.function, event)
    if (this.deliversTwice) void this.#functions.run(execution.function, event)
    const finished = await running
    execution.isInvoked = false
    if (execution.status !== 'RUNNING') return
    if ('error' in finished) {
      this.#clock.after(AGAIN_AFTER_MS, () => void this.#invoke(execution))
      return
    }
    this.#conclude(execution, JSON.parse(finished.result) as Conclusion)
  }

  #conclude(execution: Execution, { Status, Result, Error: error }: Conclusion): void {
    if (Status === 'PENDING') {
      if (execution.isStirred) void this.#invoke(execution)
      return
    }
    execution.status = Status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED'
    if (Result !== undefined) execution.result = Result
    if (error !== undefined) execution.error = error
    this.#tellEnded(execution)
  }

  #apply(execution: Execution, update: Update): void {
    const known = execution.operations.get(update.Id)
    if (known?.EndTimestamp !== undefined) throw invalid(`Operation ${update.Id} is already completed`)
    const operation = known ?? newOperation(update, this.#clock.now())
    if (update.Action === 'START') this.#begin(execution, operation, update)
    else if (update.Action === 'RETRY') this.#retry(execution, operation, update)
    else finish(operation, update, ENDS[update.Action], this.#clock.now())
    touch(execution, operation)
  }

  #begin(execution: Execution, operation: Moved, update: Update): void {
    operation.Status = 'STARTED'
    if (operation.Type === 'STEP')
      operation.StepDetails = { ...operation.StepDetails, Attempt: operation.StepDetails?.Attempt ?? 0 }
    if (operation.Type === 'WAIT') this.#wait(execution, operation, update.WaitOptions?.WaitSeconds ?? 0)
    if (operation.Type === 'CALLBACK') this.#callback(execution, operation, update.CallbackOptions?.TimeoutSeconds ?? 0)
  }

  #retry(execution: Execution, operation: Moved, update: Update): void {
    const due = this.#clock.now() + (update.StepOptions?.NextAttemptDelaySeconds ?? 1) * 1000
    operation.Status = 'PENDING'
    operation.StepDetails = {
      Attempt: (operation.StepDetails?.Attempt ?? 0) + 1,
      NextAttemptTimestamp: due,
      ...details(operation, update),
    }
    this.#clock.at(due, () => {
      if (operation.Status !== 'PENDING') return
      operation.Status = 'READY'
      this.#stir(execution, operation)
    })
  }

  #wait(execution: Execution, operation: Moved, seconds: number): void {
    const due = this.#clock.now() + seconds * 1000
    operation.WaitDetails = { ScheduledEndTimestamp: due }
    this.#clock.at(due, () => {
      operation.Status = 'SUCCEEDED'
      operation.EndTimestamp = this.#clock.now()
      this.#stir(execution, operation)
    })
  }

  #callback(execution: Execution, operation: Moved, timeoutSeconds: number): void {
    const id = randomBytes(48).toString('base64url')
    operation.CallbackDetails = { CallbackId: id }
    this.#callbacks.set(id, { execution, operation })
    if (timeoutSeconds === 0) return
    this.#clock.after(timeoutSeconds * 1000, () => {
      if (operation.Status !== 'STARTED') return
      operation.Status = 'TIMED_OUT'
      operation.EndTimestamp = this.#clock.now()
      operation.CallbackDetails = {
        CallbackId: id,
        Error: { ErrorType: 'Callback.Timeout', ErrorMessage: 'Callback timed out' },
      }
      this.#stir(execution, operation)
    })
  }
}

type Checkpoint = {
  readonly CheckpointToken: string
  readonly Updates?: readonly Update[]
  readonly ClientToken?: string
}
type Conclusion = { readonly Status: string; readonly Result?: string; readonly Error?: object }

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message, { status: 400 })

const newExecution = (name: string, spec: FunctionSpec, payload: string, now: number): Execution => ({
  arn: `${spec.arn}:live/durable-execution/${name}/${randomUUID()}`,
  name,
  payload,
  function: spec,
  operations: new Map(),
  status: 'RUNNING',
  token: '',
  answers: new Map(),
  moves: 0,
  told: 0,
  isInvoked: false,
  isStirred: false,
  startedAt: now,
  invocations: 0,
})

const newToken = (execution: Execution): string => {
  execution.token = `${execution.name}.${randomUUID()}`
  return execution.token
}

const touch = (execution: Execution, operation: Moved): void => {
  execution.moves += 1
  execution.operations.set(operation.Id, Object.assign(operation, { moves: execution.moves }))
}

const newOperation = ({ Id, Type, ParentId, Name, SubType }: Update, now: number): Moved => ({
  Id,
  Type,
  Status: 'STARTED',
  StartTimestamp: now,
  ...(ParentId !== undefined && { ParentId }),
  ...(Name !== undefined && { Name }),
  ...(SubType !== undefined && { SubType }),
})

const ENDS = { SUCCEED: 'SUCCEEDED', FAIL: 'FAILED', CANCEL: 'CANCELLED' } as const

const details = (
  operation: Moved,
  { Payload, Error: error, ContextOptions }: Update,
): { Result?: string; Error?: object } => ({
  ...(Payload !== undefined && { Result: Payload }),
  ...(error !== undefined && { Error: error }),
  ...(operation.Type === 'CONTEXT' && ContextOptions),
})

const finish = (operation: Moved, update: Update, status: Moved['Status'], now: number): void => {
  operation.Status = status
  operation.EndTimestamp = now
  if (operation.Type === 'STEP')
    operation.StepDetails = { Attempt: operation.StepDetails?.Attempt ?? 0, ...details(operation, update) }
  if (operation.Type === 'CONTEXT') operation.ContextDetails = details(operation, update)
}

const isoTime = (ms: number): string => new Date(ms).toISOString()
const epochSeconds = (ms: number): number => ms / 1000

/** Times as the transport has them: ISO 8601 in an invocation's event, epoch seconds in an API's answer. */
const onWire = (
  { moves: _, ...operation }: Moved & { moves?: number },
  time: (ms: number) => string | number,
): object => ({
  ...operation,
  StartTimestamp: time(operation.StartTimestamp),
  ...(operation.EndTimestamp !== undefined && { EndTimestamp: time(operation.EndTimestamp) }),
  ...(operation.StepDetails !== undefined && {
    StepDetails: {
      ...operation.StepDetails,
      ...(operation.StepDetails.NextAttemptTimestamp !== undefined && {
        NextAttemptTimestamp: time(operation.StepDetails.NextAttemptTimestamp),
      }),
    },
  }),
  ...(operation.WaitDetails !== undefined && {
    WaitDetails: { ScheduledEndTimestamp: time(operation.WaitDetails.ScheduledEndTimestamp) },
  }),
})
