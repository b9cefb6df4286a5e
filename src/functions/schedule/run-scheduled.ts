// Runs scheduled jobs: reminders, recovery of wake-ups and dead operations, index, digest and log follows. A job may be
// delivered twice, late or never.

import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvalKey, decisionReadKey, faceKey, postedKey, reminderKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { armDeadOperationCheck, isLastReminder, scheduleReminder } from '../../engine/jobs/timers.ts'
import { recoverWake, type WakePorts, wakeLease, wakeOrRetry } from '../../engine/jobs/wake.ts'
import { type LeaseBook, leaseOf } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import type { EndedExecution } from '../../model/ports/ended-execution.ts'
import type { ContinueFollow } from '../../model/ports/functions.ts'
import type {
  DigestJob,
  GateJob,
  GatesJob,
  IndexJob,
  LeaseJob,
  ReminderJob,
  ScheduledJob,
} from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { watchFollow } from '../follow/watch-follow.ts'
import { checkOperation, type DeadOperationPorts, executionState, receiveEnded } from './dead-operations.ts'
import { postDigests } from './digest.ts'
import type { GatePorts } from './gate-ports.ts'
import { lookAtGates, lookAtGatesOf } from './gates.ts'
import { lookAtIncident } from './incidents/look-at-incident.ts'
import type { IncidentPorts } from './incidents/ports.ts'
import { type TellerPorts, tellProblems } from './problems/tell-problems.ts'
import { refreshCard } from './refresh-card.ts'
import { type IndexingPorts, refreshIndex } from './refresh-index.ts'
import { renderReminder } from './render-reminder.ts'
import type { DigestPorts } from './run-digest.ts'
import { tellResponders } from './tell-responders.ts'

export type SchedulePorts = WakePorts &
  DeadOperationPorts &
  IndexingPorts &
  GatePorts &
  DigestPorts &
  TellerPorts &
  IncidentPorts & { readonly continueFollow: ContinueFollow }

export const runScheduled = (
  job: ScheduledJob | IndexJob | DigestJob | GatesJob | GateJob | EndedExecution,
  ports: SchedulePorts,
): Promise<void> => {
  switch (job.kind) {
    case 'reminder':
      return remind(job, ports)
    case 'sweep':
      return recoverWake(job, approval => recoverDecision(approval, ports), ports)
    case 'look':
      return checkOperation(job, ports)
    case 'lease':
      return wakeLeaseOperation(job, ports)
    case 'problems':
      return tellProblems(ports)
    case 'incident':
      return lookAtIncident(job, ports)
    case 'index':
      return refreshIndex(ports)
    case 'digest':
      return postDigests(ports)
    case 'gates':
      return lookAtGates(ports)
    case 'gate':
      return lookAtGatesOf(job.service, ports)
    case 'tend':
      return watchFollow(job, ports)
    case 'ended':
      return receiveEnded(job, ports)
  }
}

/** Wakes the operation that runs the lease, or reports the operation if it has died. */
const wakeLeaseOperation = async (job: LeaseJob, ports: SchedulePorts): Promise<void> => {
  if ((await executionState(job.operation, ports)) === 'ended') return
  if (!(await isNotReverted(job.operation, ports))) await wakeLease(job, ports)
}

/** Whether the lease has ended without a revert: a person has to decide, and on-call is asked once a day. */
const isNotReverted = async (operation: string, { store }: SchedulePorts): Promise<boolean> => {
  const face = (await store.get<Face>(faceKey(operation)))?.value
  if (face === undefined) return false
  return leaseOf((await store.get<LeaseBook>(bookKey(face.plan.target.arn)))?.value, operation)?.left !== undefined
}

const remind = async (job: ReminderJob, ports: SchedulePorts): Promise<void> => {
  const approval = (await ports.store.get<Approval>(approvalKey(job.operation)))?.value
  if (approval === undefined) return
  if (approval.decision !== undefined || ports.now() >= approval.expiresAt) return recoverDecision(approval, ports)
  if ((await executionState(job.operation, ports)) === 'ended') return
  await postReminder(job, approval, ports).catch(error => logError('reminder', job.operation, error))
  await scheduleReminder({ ...job, number: job.number + 1 }, approval, ports)
}

/** Wakes an operation that has not yet read its decision or noticed its expiry. */
const recoverDecision = async ({ operation }: Approval, ports: SchedulePorts): Promise<void> => {
  if ((await ports.store.get(decisionReadKey(operation))) !== undefined) return
  const state = await executionState(operation, ports)
  if (state === 'ended') return
  if (state === 'unknown') await armDeadOperationCheck(operation, ports)
  await wakeOrRetry(operation, ports)
}

/**
 * Updates the card, and posts a reminder. The reminder is marked as posted before, so there is at most one message for each
 * number.
 */
const postReminder = async (
  { operation, number }: ReminderJob,
  approval: Approval,
  ports: SchedulePorts,
): Promise<void> => {
  const { store, slack, now } = ports
  const face = await store.get<Face>(faceKey(operation))
  const posted = await store.get<Posted>(postedKey(operation, 'card'))
  if (face === undefined || posted === undefined) return
  await refreshCard(face.value, posted.value, ports).catch(error => logError('card', operation, error))
  if (!(await store.create(reminderKey(operation, number), { at: now() }))) return
  const { channel, ts } = posted.value
  const message = renderReminder(face.value, approval)
  await (await slack()).post(channel, message, { thread: ts })
  if (isLastReminder(approval, number)) await tellResponders(face.value, message, approval, ports)
}
