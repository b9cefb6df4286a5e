// The invocations of an execution: when the function is invoked, how often each invocation is delivered, and which
// answer counts.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../world/clock.ts'
import type { InvocationResult } from '../container.ts'
import type { Functions } from '../functions.ts'
import type { Versions } from '../versions.ts'
import type { End } from './ending.ts'
import { type ErrorObject, type Execution, hasPending, type Invocation, type Operation, touch } from './execution.ts'
import { record } from './history.ts'
import type { Knobs } from './knobs.ts'
import { excessOf } from './limits.ts'
import { pageOf } from './pages.ts'
import { isoTime } from './wire.ts'

/** What the function returns: `{ Status: SUCCEEDED, Result } | { Status: FAILED, Error } | { Status: PENDING }`. */
type Conclusion = { readonly Status?: string; readonly Result?: string; readonly Error?: ErrorObject }

type Parts = {
  readonly clock: Clock
  readonly functions: Pick<Functions, 'run'>
  readonly versions: Versions
  readonly knobs: Knobs
  readonly end: End
}

/** The maximum pause before a retry, which is an assumption. A failed invocation is retried after 1 s, 2 s, 4 s, and so on. */
const LONGEST_PAUSE_SECONDS = 180

const NOTHING_PENDING: ErrorObject = {
  ErrorType: 'InvalidParameterValueException',
  ErrorMessage: 'Cannot return PENDING status with no pending operations.',
}

export const createInvocations = ({ clock, functions, versions, knobs, end }: Parts) => {
  const begin = (execution: Execution): void => {
    if (execution.status !== 'RUNNING') return
    execution.retry?.cancel()
    const { version, function: spec } = execution
    const file = versions.fileOf(spec, version)
    if (file === undefined) end(execution, 'FAILED', { error: notFound(`${spec.arn}:${version}`) })
    else invoke(execution, file)
  }

  const invoke = (execution: Execution, file: string): void => {
    const invocation = nextInvocation(execution, clock.now(), knobs)
    const event = eventFor(execution, knobs)
    execution.sentUpTo = execution.changeCount
    const { version, function: spec } = execution
    const run = () => functions.run({ ...spec, file, arn: `${spec.arn}:${version}` }, event)
    deliver(Array.from({ length: invocation.running }, run), knobs.answersFirst, finished =>
      answered(execution, invocation, finished),
    )
  }

  const answered = (execution: Execution, invocation: Invocation, finished: InvocationResult): void => {
    invocation.running -= 1
    if (execution.status !== 'RUNNING') return
    const { Status, Result, Error: error } = conclusionOf(finished)
    recordInvocation(execution, invocation, clock.now(), error)
    // A failure counts only if no other delivery can still answer, and no newer invocation has replaced this one.
    const isLast = invocation.running === 0 && invocation === execution.current
    if (Status === 'SUCCEEDED' || Status === 'FAILED')
      end(execution, Status, { ...(Result !== undefined && { result: Result }), ...(error && { error }) })
    else if (isLast && Status === 'PENDING') waitForChange(execution)
    else if (isLast) retry(execution)
  }

  const waitForChange = (execution: Execution): void => {
    execution.failures = 0
    if (execution.lastOutsideChange > execution.sentUpTo) begin(execution)
    else if (!hasPending(execution)) end(execution, 'FAILED', { error: NOTHING_PENDING })
  }

  const retry = (execution: Execution): void => {
    const seconds = Math.min(2 ** execution.failures, LONGEST_PAUSE_SECONDS)
    execution.failures += 1
    execution.metered += 1
    const excess = excessOf(execution)
    if (excess !== undefined) end(execution, 'FAILED', { error: excess })
    else execution.retry = clock.after(seconds * 1000, () => begin(execution))
  }

  return {
    begin,
    /** Called after an operation has changed. Invokes the function at once, or after its current invocation has ended. */
    continueExecution: (execution: Execution, operation: Operation): void => {
      if (execution.status !== 'RUNNING') return
      touch(execution, operation)
      execution.lastOutsideChange = execution.changeCount
      if (knobs.overlaps || (execution.current?.running ?? 0) === 0) begin(execution)
    },
  }
}

const nextInvocation = (execution: Execution, startedAt: number, { deliversTwice }: Knobs): Invocation => {
  execution.invocations += 1
  const invocation = {
    number: execution.invocations,
    requestId: randomUUID(),
    startedAt,
    running: deliversTwice ? 2 : 1,
  }
  execution.current = invocation
  return invocation
}

const eventFor = (execution: Execution, { pageSize, pagesTwice }: Knobs): object => {
  const { arn, operations, tokens } = execution
  const page = pageOf({ operations, size: pageSize, time: isoTime, twice: pagesTwice })
  return {
    DurableExecutionArn: arn,
    CheckpointToken: tokens.begin(),
    UpdatedOperationIds: updatedIn(execution),
    InitialExecutionState: { NextMarker: '', ...page },
  }
}

/** Handles the answers of the deliveries as they arrive. `answersFirst`: the delivery whose answer is handled first. */
const deliver = (
  deliveries: readonly Promise<InvocationResult>[],
  answersFirst: Knobs['answersFirst'],
  answered: (finished: InvocationResult) => void,
): void => {
  const leader = answersFirst === undefined ? undefined : deliveries[answersFirst - 1]
  const sentUpTo = leader?.then(answered)
  for (const delivery of deliveries)
    if (delivery !== leader) void Promise.all([delivery, sentUpTo]).then(([finished]) => answered(finished))
}

const recordInvocation = (
  execution: Execution,
  { startedAt, requestId }: Invocation,
  now: number,
  error: ErrorObject | undefined,
): void => {
  const details = {
    StartTimestamp: startedAt,
    EndTimestamp: now,
    RequestId: requestId,
    ...(error && { Error: { Payload: error } }),
  }
  record(execution, 'InvocationCompleted', details, { now })
}

const notFound = (arn: string): ErrorObject => ({
  ErrorType: 'ResourceNotFoundException',
  ErrorMessage: `Function not found: ${arn}`,
})

const updatedIn = ({ operations, sentUpTo }: Execution): readonly string[] =>
  [...operations.values()]
    .filter(({ changeCount, Type }) => changeCount > sentUpTo && Type !== 'EXECUTION')
    .map(({ Id }) => Id)

/** The conclusion of an invocation. After a function error, it has no status. An invalid status fails the execution. */
const conclusionOf = (finished: InvocationResult): Conclusion => {
  if ('error' in finished) {
    const { errorType, errorMessage, trace } = finished.error
    return { Error: { ErrorType: errorType, ErrorMessage: errorMessage, StackTrace: trace } }
  }
  const parsed = JSON.parse(finished.result) as Conclusion | null
  if (['SUCCEEDED', 'FAILED', 'PENDING'].includes(parsed?.Status ?? '')) return parsed ?? {}
  return {
    Status: 'FAILED',
    Error: { ErrorType: 'InvalidParameterValueException', ErrorMessage: 'Invalid Status in invocation output.' },
  }
}
