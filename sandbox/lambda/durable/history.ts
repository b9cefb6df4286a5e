// The events of an execution for GetDurableExecutionHistory. Sources: Event in the model of client-lambda, and AWS's
// local runner for the event that each update causes.
import type { ErrorObject, Execution, Operation, Update } from './execution.ts'

type What = Pick<Operation, 'Id' | 'Name' | 'ParentId' | 'SubType'>

export const record = (
  execution: Pick<Execution, 'events'>,
  EventType: string,
  details: object,
  { now, operation }: { readonly now: number; readonly operation?: What | undefined },
): void => {
  const { Id, Name, ParentId, SubType } = operation ?? {}
  execution.events.push({
    EventId: execution.events.length + 1,
    EventType,
    EventTimestamp: now,
    ...(Id !== undefined && { Id }),
    ...(Name !== undefined && { Name }),
    ...(ParentId !== undefined && { ParentId }),
    ...(SubType !== undefined && { SubType }),
    details,
  })
}

export const failed = (error: ErrorObject | undefined) => ({ Error: { Payload: error ?? {} } })
export const succeeded = (result: string | undefined) => ({
  Result: result === undefined ? {} : { Payload: result },
})

const NOUNS = {
  STEP: 'Step',
  CONTEXT: 'Context',
  WAIT: 'Wait',
  CALLBACK: 'Callback',
  CHAINED_INVOKE: 'ChainedInvoke',
  EXECUTION: 'Execution',
} as const

/** Records the event of an update. The event of a retry is the failure or success of its attempt. */
export const recordUpdate = (execution: Execution, update: Update, operation: Operation, now: number): void => {
  const noun = NOUNS[update.Type]
  const tell = (end: string, details: object) => record(execution, `${noun}${end}`, details, { now, operation })
  const delay = update.StepOptions?.NextAttemptDelaySeconds
  const retries = update.Type === 'STEP' && {
    RetryDetails: {
      CurrentAttempt: operation.StepDetails?.Attempt ?? 1,
      ...(delay !== undefined && { NextAttemptDelaySeconds: delay }),
    },
  }
  if (update.Action === 'START') tell('Started', startOf(update, operation))
  else if (update.Action === 'CANCEL') {
    // WAIT is the only operation type that has an event for its cancellation.
    if (update.Type === 'WAIT') tell('Cancelled', {})
  } else if (update.Action === 'FAIL' || update.Error !== undefined)
    tell('Failed', { ...failed(update.Error), ...retries })
  else tell('Succeeded', { ...succeeded(update.Payload), ...retries })
}

const startOf = (update: Update, operation: Operation): object => {
  if (update.Type === 'WAIT')
    return {
      Duration: update.WaitOptions?.WaitSeconds,
      ScheduledEndTimestamp: operation.WaitDetails?.ScheduledEndTimestamp,
    }
  if (update.Type !== 'CALLBACK') return {}
  return {
    CallbackId: operation.CallbackDetails?.CallbackId,
    Timeout: update.CallbackOptions?.TimeoutSeconds,
    HeartbeatTimeout: update.CallbackOptions?.HeartbeatTimeoutSeconds,
  }
}
