// Applies an update to its operation, after state-machine.ts has accepted the update.
import type { Clock } from '../../world/clock.ts'
import type { Callbacks, ContinueExecution } from './callbacks.ts'
import { type Execution, type Operation, touch, type Update } from './execution.ts'
import { record, recordUpdate } from './history.ts'

const ENDS = { SUCCEED: 'SUCCEEDED', FAIL: 'FAILED', CANCEL: 'CANCELLED' } as const

type Parts = { readonly clock: Clock; readonly callbacks: Callbacks; readonly continueExecution: ContinueExecution }

export const createOperations = ({ clock, callbacks, continueExecution }: Parts) => {
  const later = (execution: Execution, seconds: number, move: () => void): number => {
    const due = clock.now() + seconds * 1000
    const timer = clock.at(due, () => {
      execution.timers.delete(timer)
      move()
    })
    execution.timers.add(timer)
    return due
  }

  const wait = (execution: Execution, operation: Operation, seconds: number): void => {
    const due = later(execution, seconds, () => {
      if (operation.Status !== 'STARTED') return
      operation.Status = 'SUCCEEDED'
      operation.EndTimestamp = clock.now()
      record(execution, 'WaitSucceeded', { Duration: seconds }, { now: clock.now(), operation })
      continueExecution(execution, operation)
    })
    operation.WaitDetails = { ScheduledEndTimestamp: due }
  }

  const begin = (execution: Execution, operation: Operation, update: Update): void => {
    operation.Status = 'STARTED'
    if (operation.Type === 'STEP')
      operation.StepDetails = { ...operation.StepDetails, Attempt: operation.StepDetails?.Attempt ?? 0 }
    if (operation.Type === 'WAIT') wait(execution, operation, update.WaitOptions?.WaitSeconds ?? 0)
    if (operation.Type === 'CALLBACK') callbacks.open(execution, operation, update.CallbackOptions)
  }

  const retry = (execution: Execution, operation: Operation, update: Update): void => {
    const due = later(execution, update.StepOptions?.NextAttemptDelaySeconds ?? 0, () => {
      if (operation.Status !== 'PENDING') return
      operation.Status = 'READY'
      continueExecution(execution, operation)
    })
    operation.Status = 'PENDING'
    operation.StepDetails = { Attempt: attemptsOf(operation) + 1, NextAttemptTimestamp: due, ...outcomeOf(update) }
  }

  return {
    apply: (execution: Execution, update: Update): void => {
      const operation = execution.operations.get(update.Id) ?? newOperation(update, clock.now())
      if (update.Action === 'START') begin(execution, operation, update)
      else if (update.Action === 'RETRY') retry(execution, operation, update)
      else finish(operation, update, ENDS[update.Action], clock.now())
      touch(execution, operation)
      recordUpdate(execution, update, operation, clock.now())
    },
  }
}

const newOperation = ({ Id, Type, ParentId, Name, SubType }: Update, now: number): Operation => ({
  Id,
  Type,
  Status: 'STARTED',
  StartTimestamp: now,
  ...(ParentId !== undefined && { ParentId }),
  ...(Name !== undefined && { Name }),
  ...(SubType !== undefined && { SubType }),
})

/** The number of completed attempts of a step. */
const attemptsOf = ({ StepDetails }: Operation): number => StepDetails?.Attempt ?? 0

const outcomeOf = ({ Payload, Error: error }: Update) => ({
  ...(Payload !== undefined && { Result: Payload }),
  ...(error !== undefined && { Error: error }),
})

const finish = (operation: Operation, update: Update, status: Operation['Status'], now: number): void => {
  operation.Status = status
  operation.EndTimestamp = now
  if (operation.Type === 'STEP') operation.StepDetails = { Attempt: attemptsOf(operation) + 1, ...outcomeOf(update) }
  if (operation.Type === 'CONTEXT') operation.ContextDetails = { ...outcomeOf(update), ...update.ContextOptions }
}
