// Nobody sleeps on a decision: whoever settles a vote may die before the operation is woken, and a wake may be lost. So a
// sweep is scheduled before the vote is settled, and wakes the operation again where it has not heard of its decision.

import type { Schedule, Wake } from '../../model/ports/functions.ts'
import type { LeaseJob, SweepJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Approval } from '../change/approval.ts'
import { approvalKey, callbackKey, decisionReadKey, leaseCallbackKey, readCallback } from '../change/records.ts'
import { logError } from './log-error.ts'
import { ARMED, ARMED_MS, scheduleWakeRetry } from './timers.ts'

export type WakePorts = {
  readonly store: Store
  readonly wake: Wake
  readonly schedule: Schedule
  readonly now: () => string
}

const MINUTE_MS = 60_000
/** `repair`: what is done about a decision that may not have been heard. */
export const recoverWake = async (
  { operation, number }: SweepJob,
  repair: (approval: Approval) => Promise<void>,
  ports: WakePorts,
): Promise<void> => {
  const approval = (await ports.store.get<Approval>(approvalKey(operation)))?.value
  if (approval === undefined) return
  if (approval.decision !== undefined) return repair(approval)
  // A vote may be on its way whose schedule was this one, found as it ran out.
  if (number === ARMED && ports.now() < approval.expiresAt) await scheduleWakeRetry(operation, ports, ARMED_MS)
}

/**
 * Wakes an operation that has not heard of its decision; when that fails, a sweep a minute or two later tries again, and
 * the one after that. Waking is repeatable. Throws only when neither worked: then Lambda delivers the event again.
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

/** Waking is repeatable: an operation that finds nothing new sleeps on. */
export const wakeLease = async (
  { operation }: Pick<LeaseJob, 'operation'>,
  { store, wake }: Pick<WakePorts, 'store' | 'wake'>,
): Promise<void> => {
  const callbackId = await readCallback(store, leaseCallbackKey(operation))
  if (callbackId !== undefined) await wake(callbackId)
}
