// Schedules every timer with EventBridge Scheduler: reminders, wake-up retries, and checks of operations, leases and
// follows.

import type { Schedule } from '../../model/ports/functions.ts'
import {
  incidentJob,
  type LeaseJob,
  type LookJob,
  type OperationJob,
  problemsJob,
  type ReminderJob,
  type SweepJob,
  type TendJob,
} from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Approval } from '../change/approval.ts'
import { executionKey } from '../change/records.ts'
import { type AskedBy, askedBy } from './asked-by.ts'
import { logError } from './log-error.ts'

type TimerPorts = { readonly schedule: Schedule; readonly now: () => string }

/** The stored item of an execution. `asked`: absent in items that earlier versions wrote. `set`: see OperationJob. */
export type ExecutionRecord = { readonly arn: string; readonly asked?: AskedBy } & Pick<OperationJob, 'set'>

const MINUTE_MS = 60_000

/**
 * The time of a reminder, ISO 8601. `number`: from 1. The interval starts at `remindMinutes` and doubles; undefined at
 * or after the expiry.
 */
export const reminderAt = ({ askedAt, remindMinutes, expiresAt }: Approval, number: number): string | undefined => {
  const minutes = remindMinutes * (2 ** number - 1)
  const at = new Date(Date.parse(askedAt) + minutes * MINUTE_MS).toISOString()
  return minutes > 0 && at < expiresAt ? at : undefined
}

/** Whether no other reminder comes before the expiry. */
export const isLastReminder = (approval: Approval, number: number): boolean =>
  reminderAt(approval, number + 1) === undefined

/**
 * The delay of the last reminder job after the expiry. It is longer than an operation takes to notice its own expiry.
 */
const AFTER_EXPIRY_MS = 2 * MINUTE_MS

/**
 * Schedules a reminder. The last reminder job runs after the expiry: it posts nothing, but wakes an operation that
 * missed its expiry. A past time becomes the next minute, because Scheduler does not document what it does with past
 * times.
 */
export const scheduleReminder = async (
  job: ReminderJob,
  approval: Approval,
  { schedule, now }: TimerPorts,
): Promise<void> => {
  const end = new Date(Date.parse(approval.expiresAt) + AFTER_EXPIRY_MS).toISOString()
  const due = reminderAt(approval, job.number) ?? end
  const soonest = new Date(Date.parse(now()) + MINUTE_MS).toISOString()
  await schedule(job, due < soonest ? soonest : due)
}

/**
 * The time until the first check for a dead operation. Most changes take less. The interval doubles after each check.
 */
const FIRST_CHECK_MINUTES = 15

/**
 * The first step of an operation: stores its requester and schedules a check, so that a dead operation can be reported.
 */
export const armFirstCheck = async (
  job: OperationJob,
  arn: string,
  { store, ...ports }: TimerPorts & { readonly store: Pick<Store, 'create'> },
): Promise<null> => {
  const execution: ExecutionRecord = { arn, asked: askedBy(job, ports.now()), ...(job.set && { set: job.set }) }
  await store.create(executionKey(job.id), execution)
  await armCheck(job.id, INITIAL_CHECK, ports)
  return null
}

/**
 * Schedules the check for an operation that has no more reminders and wake-up retries. From then on, only this check
 * finds it dead.
 */
export const armDeadOperationCheck = (operation: string, ports: TimerPorts): Promise<void> =>
  armCheck(operation, 1, ports)

const armCheck = (operation: string, number: number, ports: TimerPorts): Promise<void> =>
  scheduleDeadOperationCheck({ kind: 'look', operation, number }, ports).catch(error =>
    logError('look', operation, error),
  )

/**
 * The number of the first check. Later checks need other numbers: a schedule may exist for a while after it ran, and a
 * second one with the same name fails.
 */
const INITIAL_CHECK = 0

export const scheduleDeadOperationCheck = (job: LookJob, { schedule, now }: TimerPorts): Promise<void> => {
  const afterMs = FIRST_CHECK_MINUTES * 2 ** Math.max(0, job.number - 1) * MINUTE_MS
  return schedule(job, new Date(Date.parse(now()) + afterMs).toISOString())
}

/**
 * The delay of the first wake-up retry. Lambda delivers a vote up to three times within three minutes, so no delivery
 * is running by then.
 */
export const FIRST_RETRY_MS = 5 * MINUTE_MS

/** The number of the first wake-up retry: one schedule for each operation, even if several votes could settle it. */
export const FIRST_RETRY = 0

/**
 * Schedules the first wake-up retry; called before the write of a decision. If it fails, reminders still wake the
 * operation.
 */
export const armWakeRetry = async (operation: string, ports: TimerPorts): Promise<void> =>
  scheduleWakeRetry(operation, ports, FIRST_RETRY_MS, FIRST_RETRY).catch(error => logError('sweep', operation, error))

/** Schedules a wake-up retry. It is numbered by the minute, so that concurrent calls make one schedule. */
export const scheduleWakeRetry = async (
  operation: string,
  { schedule, now }: TimerPorts,
  afterMs: number,
  number?: number,
): Promise<void> => {
  const at = Date.parse(now()) + afterMs
  const job: SweepJob = { kind: 'sweep', operation, number: number ?? Math.floor(at / MINUTE_MS) }
  await schedule(job, new Date(at).toISOString())
}

/**
 * Wakes the operation of a lease after about a minute, so that it checks the lease. The schedule is numbered by the
 * minute.
 */
export const scheduleLeaseCheck = async (
  operation: string,
  { schedule, now }: TimerPorts,
  afterMs = MINUTE_MS,
): Promise<void> => {
  const at = Date.parse(now()) + afterMs
  const job: LeaseJob = { kind: 'lease', operation, number: Math.floor(at / MINUTE_MS) }
  await schedule(job, new Date(at).toISOString())
}

/** Schedules a look at problems after a minute. It is numbered by the minute, so that concurrent calls make one schedule. */
export const armProblemLook = async ({ schedule, now }: TimerPorts): Promise<void> => {
  const at = Date.parse(now()) + MINUTE_MS
  await schedule(problemsJob(Math.floor(at / MINUTE_MS)), new Date(at).toISOString())
}

/** Schedules a look at an incident. It is numbered by the minute, so that concurrent calls make one schedule. */
export const armIncidentLook = async (
  incident: string,
  { schedule, now }: TimerPorts,
  afterMs = MINUTE_MS,
): Promise<void> => {
  const at = Date.parse(now()) + afterMs
  await schedule(incidentJob(incident, Math.floor(at / MINUTE_MS)), new Date(at).toISOString())
}

/** Schedules the watchdog of a log follow. It is numbered by the minute, so that concurrent calls make one schedule. */
export const armFollowWatch = async (follow: string, { schedule, now }: TimerPorts): Promise<void> => {
  const at = Date.parse(now()) + MINUTE_MS
  const job: TendJob = { kind: 'tend', operation: follow, number: Math.floor(at / MINUTE_MS) }
  await schedule(job, new Date(at).toISOString())
}
