// Durable executions as Lambda runs them. Checkpoints, callbacks and timers change the operations of an execution, and these
// changes cause invocations. Source: the wire format of client-lambda's model, as the durable SDK uses it.
import { AwsError } from '../../aws/wire/service.ts'
import type { Clock } from '../../world/clock.ts'
import type { FunctionSpec, Functions } from '../functions.ts'
import { createVersions } from '../versions.ts'
import { createCallbacks } from './callbacks.ts'
import { type Checkpoint, createCheckpoints, type Hooks, staleToken } from './checkpoints.ts'
import { describeExecution, executionHistory, itemsIn, listExecutions } from './describing.ts'
import { createEnding, type EndListener } from './ending.ts'
import { type ErrorObject, type Execution, newExecution, ownOperation } from './execution.ts'
import { record } from './history.ts'
import { createInvocations } from './invocations.ts'
import { defaultKnobs } from './knobs.ts'
import { demandError, LONGEST_EXECUTION_MS } from './limits.ts'
import { createOperations } from './operations.ts'
import { pageOf } from './pages.ts'
import { epochSeconds } from './wire.ts'

export type { Execution } from './execution.ts'

const NO_QUERY = new URLSearchParams()

export class Durable {
  readonly knobs = defaultKnobs()
  readonly hooks: Hooks = { onCheckpoint: () => {}, onAccepted: () => {} }
  readonly versions = createVersions()
  readonly executions = new Map<string, Execution>()
  readonly #clock: Clock
  readonly #ending: ReturnType<typeof createEnding>
  readonly #callbacks: ReturnType<typeof createCallbacks>
  readonly #invocations: ReturnType<typeof createInvocations>
  readonly #checkpoint: ReturnType<typeof createCheckpoints>

  constructor(clock: Clock, functions: Pick<Functions, 'run'>) {
    const { knobs, hooks, versions } = this
    this.#clock = clock
    this.#ending = createEnding(clock)
    const { end } = this.#ending
    this.#invocations = createInvocations({ clock, functions, versions, knobs, end })
    const { continueExecution } = this.#invocations
    this.#callbacks = createCallbacks({ clock, continueExecution })
    const { apply } = createOperations({ clock, callbacks: this.#callbacks, continueExecution })
    this.#checkpoint = createCheckpoints({ clock, knobs, hooks, end, apply })
  }

  get deliversTwice(): boolean {
    return this.knobs.deliversTwice
  }

  set deliversTwice(is: boolean) {
    this.knobs.deliversTwice = is
  }

  /** Starts an execution. Idempotent: if an execution with this name and payload exists, returns it. */
  start(name: string, spec: FunctionSpec, payload: string, qualifier = 'live'): Execution {
    const known = this.executions.get(name)
    if (known?.payload === payload) return known
    if (known !== undefined) {
      throw new AwsError('DurableExecutionAlreadyStartedException', `Durable execution already started: ${known.arn}`, {
        status: 409,
      })
    }
    const version = this.versions.resolve(spec, qualifier)
    const execution = newExecution({ name, function: spec, payload, qualifier, version }, this.#clock.now())
    const timeoutMs = spec.executionTimeoutMs ?? LONGEST_EXECUTION_MS
    record(
      execution,
      'ExecutionStarted',
      { Input: { Payload: payload }, ExecutionTimeout: timeoutMs / 1000 },
      { now: this.#clock.now(), operation: ownOperation(execution) },
    )
    execution.timers.add(this.#clock.after(timeoutMs, () => this.#ending.end(execution, 'TIMED_OUT')))
    this.executions.set(name, execution)
    this.#invocations.begin(execution)
    return execution
  }

  checkpoint(arn: string, body: Checkpoint): object {
    return this.#checkpoint(this.#byArn(arn), body)
  }

  /** The answer of GetDurableExecutionState. */
  state(arn: string, query: URLSearchParams): object {
    const { status, tokens, operations } = this.#byArn(arn)
    if (status !== 'RUNNING' || tokens.statusOf(query.get('CheckpointToken') ?? '') !== 'current') throw staleToken()
    const { pageSize, pagesTwice } = this.knobs
    return pageOf({
      operations,
      marker: query.get('Marker') ?? '',
      size: { items: Math.min(itemsIn(query), pageSize.items), bytes: pageSize.bytes },
      time: epochSeconds,
      twice: pagesTwice,
    })
  }

  /** The answer of GetDurableExecution. */
  describe(arn: string, query = NO_QUERY): object {
    return describeExecution(this.#byArn(arn), query)
  }

  /** The answer of GetDurableExecutionHistory. */
  history(arn: string, query = NO_QUERY): object {
    return executionHistory(this.#byArn(arn), query)
  }

  /** The answer of ListDurableExecutionsByFunction. */
  list(spec: FunctionSpec, query = NO_QUERY): object {
    return listExecutions(
      [...this.executions.values()].filter(execution => execution.function.name === spec.name),
      query,
    )
  }

  /** Completes a callback. `body`: for `succeed` the raw result, for `fail` the error as JSON. */
  settle(callbackId: string, outcome: 'succeed' | 'fail', body: string): void {
    if (outcome === 'succeed') this.#callbacks.succeed(callbackId, body)
    else this.#callbacks.fail(callbackId, errorIn(body))
  }

  heartbeat(callbackId: string): void {
    this.#callbacks.heartbeat(callbackId)
  }

  /** The ARN of the execution that waits for this callback; undefined if the callback does not exist. */
  arnOf(callbackId: string): string | undefined {
    return this.#callbacks.arnOf(callbackId)
  }

  /** Runs StopDurableExecution. Does not change an execution that has ended. */
  stop(arn: string, error?: ErrorObject): object {
    const execution = this.#byArn(arn)
    if (error !== undefined) demandError(error)
    this.#ending.end(execution, 'STOPPED', error === undefined ? {} : { error })
    return { StopTimestamp: epochSeconds(execution.endedAt ?? this.#clock.now()) }
  }

  /** Starts a newer invocation, which replaces the current one. Lambda does this after it has given up an invocation. */
  supersede(arn: string): void {
    this.#invocations.begin(this.#byArn(arn))
  }

  /** Adds a listener that is called for every execution that ends. Returns a function that removes it. */
  onEnded(listener: EndListener): () => void {
    return this.#ending.onEnded(listener)
  }

  #byArn(arn: string): Execution {
    const execution = [...this.executions.values()].find(candidate => candidate.arn === arn)
    if (execution === undefined)
      throw new AwsError('ResourceNotFoundException', `Durable execution not found: ${arn}`, { status: 404 })
    return execution
  }
}

const errorIn = (body: string): ErrorObject => (body === '' ? {} : (JSON.parse(body) as ErrorObject))
