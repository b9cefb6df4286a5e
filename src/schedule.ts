// What is done when a time has come: a pending approval is reminded of, a settled one whose operation has not heard of it
// is woken again. May be delivered twice, late, or never: nothing hangs on it but a courtesy.
import type { Approval } from './approval.ts'
import { PeerError } from './errors.ts'
import type { Wake } from './gateways/dispatch.ts'
import type { Schedule } from './gateways/scheduler.ts'
import type { Posted, Slack } from './gateways/slack.ts'
import type { Store } from './gateways/store.ts'
import type { ReminderJob } from './job.ts'
import type { Face } from './messages/card.ts'
import { renderReminder } from './messages/reminder.ts'
import { approvalKey, faceKey, heardKey, postedKey, readCallback, reminderKey } from './records.ts'

export type SchedulePorts = {
  readonly store: Store
  readonly slack: () => Promise<Slack>
  readonly wake: Wake
  readonly schedule: Schedule
  readonly now: () => string
}

export const remind = async (job: ReminderJob, ports: SchedulePorts): Promise<void> => {
  const approval = (await ports.store.get<Approval>(approvalKey(job.operation)))?.value
  if (approval === undefined) return
  if (approval.decision !== undefined || ports.now() >= approval.expiresAt)
    return wakeOrSweep(job.operation, ports, job.number)
  await say(job, approval, ports).catch(error => complain('reminder', job.operation, error))
  await scheduleReminder({ ...job, number: job.number + 1 }, approval, ports)
}

const MINUTE_MS = 60_000

/** When a reminder is due, counted from 1: after 15 minutes, then twice as long each time; none from the expiry on. */
export const reminderAt = ({ askedAt, remindMinutes, expiresAt }: Approval, number: number): string | undefined => {
  const minutes = remindMinutes * (2 ** number - 1)
  const at = new Date(Date.parse(askedAt) + minutes * MINUTE_MS).toISOString()
  return minutes > 0 && at < expiresAt ? at : undefined
}

/** A time that has passed meanwhile becomes the next minute: what Scheduler does with the past, nobody should count on. */
export const scheduleReminder = async (
  job: ReminderJob,
  approval: Approval,
  { schedule, now }: Pick<SchedulePorts, 'schedule' | 'now'>,
): Promise<void> => {
  const due = reminderAt(approval, job.number)
  if (due === undefined) return
  const soonest = new Date(Date.parse(now()) + MINUTE_MS).toISOString()
  await schedule(job, due < soonest ? soonest : due)
}

/** Written before it is posted: at most one message of each number, even where that means none. */
const say = async (
  { operation, number }: ReminderJob,
  approval: Approval,
  { store, slack, now }: SchedulePorts,
): Promise<void> => {
  const face = await store.get<Face>(faceKey(operation))
  const posted = await store.get<Posted>(postedKey(operation, 'card'))
  if (face === undefined || posted === undefined) return
  if (!(await store.create(reminderKey(operation, number), { at: now() }))) return
  const { channel, ts } = posted.value
  await (await slack()).post(channel, renderReminder(face.value, approval), { thread: ts })
}

/** Above the numbers of reminders, of which eight hours have five. */
const FIRST_SWEEP = 1_000

/**
 * Wakes an operation that has not heard of its decision; when that fails, a sweep a minute or two later tries again, and
 * the one after that. Waking is repeatable. Throws only when neither worked: then Lambda delivers the event again.
 */
export const wakeOrSweep = async (
  operation: string,
  { store, wake, schedule, now }: Omit<SchedulePorts, 'slack'>,
  number = FIRST_SWEEP - 1,
): Promise<void> => {
  if ((await store.get(heardKey(operation))) !== undefined) return
  const callbackId = await readCallback(store, operation)
  if (callbackId === undefined) return
  try {
    await wake(callbackId)
  } catch (error) {
    complain('wake', operation, error)
    const at = new Date(Date.parse(now()) + MINUTE_MS).toISOString()
    await schedule({ kind: 'reminder', operation, number: Math.max(number + 1, FIRST_SWEEP) }, at)
  }
}

/** A line for the log: what was not done, and why. */
export const complain = (where: string, operation: string, error: unknown): void => {
  const { message, code } = error instanceof PeerError ? error : { message: String(error), code: 'bug' }
  process.stderr.write(`${JSON.stringify({ level: 'error', where, operation, code, error: message })}\n`)
}
