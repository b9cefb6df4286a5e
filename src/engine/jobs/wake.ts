// Recovers lost wake-ups. Before a vote is settled, a retry is scheduled, which wakes the operation if it has not read
// the decision.

import type { Schedule, Wake } from '../../model/ports/functions.ts'
import type { LeaseJob, SweepJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Approval } from '../change/approval.ts'
import { approvalKey, callbackKey, decisionReadKey, leaseCallbackKey, readCallback } from '../change/records.ts'
import { logError } from './log-error.ts'
import { FIRST_RETRY, FIRST_RETRY_MS, scheduleWakeRetry } from './timers.ts'

export type WakePorts = {
  readonly store: Store
  readonly wake: Wake
  readonly schedule: Schedule
  readonly now: () => string
}

const MINUTE_MS = 60_000

/** Handles a wake-up retry. `repair`: called with a settled approval, to wake the operation and update its card. */
export const recoverWake = async (
  { operation, number }: SweepJob,
  repair: (approval: Approval) => Promise<void>,
  ports: WakePorts,
): Promise<void> => {
  const approval = (await ports.store.get<Approval>(approvalKey(operation)))?.value
  if (approval === undefined) return
  if (approval.decision !== undefined) return repair(approval)
  // The first retry is scheduled again, because a vote in progress may rely on the schedule that has just run.
  if (number === FIRST_RETRY && ports.now() < approval.expiresAt)
    await scheduleWakeRetry(operation, ports, FIRST_RETRY_MS)
}

/**
 * Wakes an operation that has not read its decision. If that fails, schedules a retry a minute later. Idempotent.
 * Throws only if both fail; Lambda then delivers the event again.
 */
export const wakeOrRetry = async (operation: string, ports: WakePorts): Promise<void> => {
  const { store, wake } = ports
  if ((await store.get(decisionReadKey(operation))) !== undefined) return
  const callbackId = await readCallback(store, callbackKey(operation))
  if (callbackId === undefined) return
  try {
    await wake(callbackId)
  } catch (error) {
    logError('wake', operation, error)
    await scheduleWakeRetry(operation, ports, MINUTE_MS)
  }
}

/** Wakes the operation of a lease. Idempotent: an operation that finds nothing new is suspended again. */
export const wakeLease = async (
  { operation }: Pick<LeaseJob, 'operation'>,
  { store, wake }: Pick<WakePorts, 'store' | 'wake'>,
): Promise<void> => {
  const callbackId = await readCallback(store, leaseCallbackKey(operation))
  if (callbackId !== undefined) await wake(callbackId)
}
