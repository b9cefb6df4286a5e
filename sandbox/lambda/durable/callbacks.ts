// The callbacks of durable executions. A callback has an id and a timeout. A call from outside the execution completes it at most
// once.
import { randomBytes } from 'node:crypto'
import { AwsError } from '../../aws/wire/service.ts'
import type { Clock, Timer } from '../../world/clock.ts'
import type { ErrorObject, Execution, Operation, Update } from './execution.ts'
import { failed, record, succeeded } from './history.ts'
import { demandError, demandPayload } from './limits.ts'
import { invalid } from './state-machine.ts'

/** Continues the execution after a timer, or a call from outside the execution, has changed an operation. */
export type ContinueExecution = (execution: Execution, operation: Operation) => void

type Waiting = {
  readonly execution: Execution
  readonly operation: Operation
  readonly heartbeatSeconds: number
  heartbeat: Timer | undefined
}

const CALLBACK_ID = /^[A-Za-z0-9+/]+={0,2}$/
const LONGEST_ID = 1024
/** The size of a callback id in bytes: 298 bytes are 400 characters of base64, of which the last two characters are `=`. */
const ID_BYTES = 298

const over = (): AwsError =>
  new AwsError(
    'CallbackTimeoutException',
    'The callback ID token has either expired or the callback associated with the token has already been closed.',
    { status: 400 },
  )

export type Callbacks = ReturnType<typeof createCallbacks>

export const createCallbacks = ({
  clock,
  continueExecution,
}: {
  readonly clock: Clock
  readonly continueExecution: ContinueExecution
}) => {
  const all = new Map<string, Waiting>()

  const find = (id: string): Waiting => {
    if (id.length > LONGEST_ID || !CALLBACK_ID.test(id)) throw invalid('Invalid callback ID.')
    const waiting = all.get(id)
    if (waiting === undefined) throw new AwsError('ResourceNotFoundException', 'Callback not found', { status: 404 })
    if (waiting.operation.Status !== 'STARTED' || waiting.execution.status !== 'RUNNING') throw over()
    return waiting
  }

  const close = (
    { execution, operation, heartbeat }: Waiting,
    status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
    outcome: { readonly Result?: string; readonly Error?: ErrorObject },
  ): void => {
    heartbeat?.cancel()
    const now = clock.now()
    operation.Status = status
    operation.EndTimestamp = now
    operation.CallbackDetails = { CallbackId: operation.CallbackDetails?.CallbackId ?? '', ...outcome }
    execution.bytes += Buffer.byteLength(outcome.Result ?? JSON.stringify(outcome.Error ?? ''))
    const event = { SUCCEEDED: 'CallbackSucceeded', FAILED: 'CallbackFailed', TIMED_OUT: 'CallbackTimedOut' }[status]
    record(execution, event, status === 'SUCCEEDED' ? succeeded(outcome.Result) : failed(outcome.Error), {
      now,
      operation,
    })
    continueExecution(execution, operation)
  }

  const timeOut = (waiting: Waiting, seconds: number, error: ErrorObject): Timer => {
    const timer = clock.after(seconds * 1000, () => {
      waiting.execution.timers.delete(timer)
      if (waiting.operation.Status === 'STARTED') close(waiting, 'TIMED_OUT', { Error: error })
    })
    waiting.execution.timers.add(timer)
    return timer
  }
  const beat = (waiting: Waiting): void => {
    waiting.heartbeat?.cancel()
    if (waiting.heartbeatSeconds === 0) return
    waiting.heartbeat = timeOut(waiting, waiting.heartbeatSeconds, {
      ErrorType: 'Callback.Heartbeat',
      ErrorMessage: 'Callback timed out on heartbeat',
    })
  }

  return {
    open: (execution: Execution, operation: Operation, options: Update['CallbackOptions']): void => {
      const id = randomBytes(ID_BYTES).toString('base64')
      operation.CallbackDetails = { CallbackId: id }
      const { TimeoutSeconds = 0, HeartbeatTimeoutSeconds = 0 } = options ?? {}
      const waiting = { execution, operation, heartbeatSeconds: HeartbeatTimeoutSeconds, heartbeat: undefined }
      all.set(id, waiting)
      if (TimeoutSeconds > 0)
        timeOut(waiting, TimeoutSeconds, { ErrorType: 'Callback.Timeout', ErrorMessage: 'Callback timed out' })
      beat(waiting)
    },
    succeed: (id: string, result: string): void => {
      const waiting = find(id)
      demandPayload('CALLBACK', result)
      close(waiting, 'SUCCEEDED', result === '' ? {} : { Result: result })
    },
    fail: (id: string, error: ErrorObject): void => {
      const waiting = find(id)
      demandError(error)
      close(waiting, 'FAILED', { Error: error })
    },
    heartbeat: (id: string): void => beat(find(id)),
    /** The ARN of the execution that waits for this callback; undefined if the callback does not exist. */
    arnOf: (id: string): string | undefined => all.get(id)?.execution.arn,
  }
}
