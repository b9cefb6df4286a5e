// Ends a durable execution, at most once: cancels its timers and callbacks, and notifies listeners.
import type { Clock } from '../../world/clock.ts'
import type { ErrorObject, Execution, ExecutionStatus } from './execution.ts'
import { ownOperation, touch } from './execution.ts'
import { failed, record, succeeded } from './history.ts'

export type FinalStatus = Exclude<ExecutionStatus, 'RUNNING'>
export type Outcome = { readonly result?: string; readonly error?: ErrorObject }
export type EndListener = (execution: Execution, status: FinalStatus) => void
export type End = (execution: Execution, status: FinalStatus, outcome?: Outcome) => void

const EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  STOPPED: 'ExecutionStopped',
} as const

export const createEnding = (clock: Clock) => {
  const listeners = new Set<EndListener>()
  const end: End = (execution, status, { result, error } = {}) => {
    if (execution.status !== 'RUNNING') return
    const now = clock.now()
    execution.status = status
    execution.endedAt = now
    if (result !== undefined) execution.result = result
    if (error !== undefined) execution.error = error
    for (const timer of execution.timers) timer.cancel()
    execution.timers.clear()
    execution.retry?.cancel()
    const own = ownOperation(execution)
    if (own !== undefined) touch(execution, Object.assign(own, { Status: status, EndTimestamp: now }))
    record(execution, EVENTS[status], status === 'SUCCEEDED' ? succeeded(result) : failed(error), {
      now,
      operation: own,
    })
    for (const listener of listeners) listener(execution, status)
  }
  return {
    end,
    onEnded: (listener: EndListener): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
