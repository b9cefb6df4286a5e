// Arms every timer: reminders, wake-ups, checks for dead operations, leases and follows.

import type { Schedule } from '../../model/ports/functions.ts'
import type { LeaseJob, LookJob, OperationJob, ReminderJob, SweepJob, TendJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Approval } from '../change/approval.ts'
import { executionKey } from '../change/records.ts'
import { type AskedBy, askedBy } from './asked-by.ts'
import { logError } from './log-error.ts'

type TimerPorts = { readonly schedule: Schedule; readonly now: () => string }

type Scheduling = TimerPorts

/** What is on file of an execution. `asked`: not there in items of before it was looked for from its first step. */
export type ExecutionRecord = { readonly arn: string; readonly asked?: AskedBy }

const MINUTE_MS = 60_000

/** When a reminder is due, counted from 1: after 15 minutes, then twice as long each time; none from the expiry on. */
export const reminderAt = ({ askedAt, remindMinutes, expiresAt }: Approval, number: number): string | undefined => {
  const minutes = remindMinutes * (2 ** number - 1)
  const at = new Date(Date.parse(askedAt) + minutes * MINUTE_MS).toISOString()
  return minutes > 0 && at < expiresAt ? at : undefined
}

/** Time enough for the operation to hear of it by itself. */
const AFTER_EXPIRY_MS = 2 * MINUTE_MS

/**
 * The last one comes after the expiry: nobody is reminded by it, but the operation must have heard of its end.
 * A time that has passed meanwhile becomes the next minute: what Scheduler does with the past, nobody should count on.
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

/** Longer than most changes take; each next look comes after twice as long. */
const FIRST_CHECK_MINUTES = 15

/** Before anything else: whoever finds that the operation is dead knows who has to hear of it. */
export const armFirstCheck = async (
  job: OperationJob,
  arn: string,
  { store, ...ports }: Scheduling & { readonly store: Pick<Store, 'create'> },
): Promise<null> => {
  const onFile: ExecutionRecord = { arn, asked: askedBy(job, ports.now()) }
  await store.create(executionKey(job.id), onFile)
  await armCheck(job.id, FIRST, ports)
  return null
}

/** From when an operation has nobody else who would look after it: its reminders and sweeps are over. */
export const armDeadOperationCheck = (operation: string, ports: Scheduling): Promise<void> =>
  armCheck(operation, 1, ports)

const armCheck = (operation: string, number: number, ports: Scheduling): Promise<void> =>
  scheduleDeadOperationCheck({ kind: 'look', operation, number }, ports).catch(error =>
    logError('look', operation, error),
  )

/** A number of its own: a schedule may be there for a while after it has run, and another of its name is not made then. */
const FIRST = 0

export const scheduleDeadOperationCheck = (job: LookJob, { schedule, now }: Scheduling): Promise<void> => {
  const afterMs = FIRST_CHECK_MINUTES * 2 ** Math.max(0, job.number - 1) * MINUTE_MS
  return schedule(job, new Date(Date.parse(now()) + afterMs).toISOString())
}

/** Lambda delivers a vote three times, within three minutes: nobody is in the middle of it any more. */
export const ARMED_MS = 5 * MINUTE_MS

/** One name for each operation: however many votes would settle it, one schedule. */
export const ARMED = 0

/** Before the write that settles a vote. Without an answer from Scheduler there are still reminders. */
export const armWakeRetry = async (operation: string, ports: TimerPorts): Promise<void> =>
  scheduleWakeRetry(operation, ports, ARMED_MS, ARMED).catch(error => logError('sweep', operation, error))

/** Numbered by its minute, so that all who sweep an operation at once make one schedule. */
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

/** The operation that holds a lease is to look at it, in a minute or so; numbered by its minute, as sweeps are. */
export const scheduleLeaseCheck = async (
  operation: string,
  { schedule, now }: TimerPorts,
  afterMs = MINUTE_MS,
): Promise<void> => {
  const at = Date.parse(now()) + afterMs
  const job: LeaseJob = { kind: 'lease', operation, number: Math.floor(at / MINUTE_MS) }
  await schedule(job, new Date(at).toISOString())
}

/** Numbered by its minute: however many want it, there is one. */
export const armFollowWatch = async (follow: string, { schedule, now }: TimerPorts): Promise<void> => {
  const at = Date.parse(now()) + MINUTE_MS
  const job: TendJob = { kind: 'tend', operation: follow, number: Math.floor(at / MINUTE_MS) }
  await schedule(job, new Date(at).toISOString())
}
