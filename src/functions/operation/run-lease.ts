// Runs a temporary change from its first call to its end: waits, shows extensions, and reverts the value unless someone
// else has changed it.

import type { Outcome } from '../../engine/change/outcome.ts'
import { leaseCallbackKey } from '../../engine/change/records.ts'
import { storeCallback } from '../../engine/jobs/callbacks.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { scheduleLeaseCheck } from '../../engine/jobs/timers.ts'
import { type Lease, type LeaseBook, leaseOf, type PlannedLease } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { beginLease, confirmCalls, dropLease } from '../../engine/leases/compose.ts'
import type { Review } from './break-glass-review.ts'
import { type LeaseRun, revertWithRetries } from './lease/revert-with-retries.ts'
import { recordOutcome, report, withAuditWarning } from './report.ts'
import { createPersistentStep, step } from './steps.ts'
import type { Story } from './story.ts'

const MINUTE_MS = 60_000

/** Adds the lease to the book. Runs before the first call. Idempotent. */
export const addToLeases = async (
  { job, ports, face }: Story,
  { holding, minutes, found, origin }: PlannedLease,
): Promise<null> => {
  const begun = ports.now()
  const until = new Date(Date.parse(begun) + minutes * MINUTE_MS).toISOString()
  const lease: Lease = { operation: job.id, holding, origin, holder: job.actor, begun, until }
  await updateBook(ports.store, face.plan.target, book => beginLease(book, lease, found))
  return null
}

/** Removes the lease from the book. Runs if no call was made. */
export const removeFromLeases = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => dropLease(book, job.id))
  return null
}

/**
 * Records in the lease book that the calls succeeded, so that a different value later counts as someone else's change.
 */
const confirmLease = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => confirmCalls(book, job.id))
  return null
}

/** Runs the lease; returns its outcome. `began`: the outcome of the change itself. */
export const runLease = async (story: Story, began: Outcome, review: Review): Promise<Outcome> => {
  const at = await step(story.ctx, 'leased', async () => story.ports.now())
  if ((began.requestIds ?? []).length > 0)
    await step(story.ctx, 'confirm the book', () => confirmLease(story)).catch(() => null)
  const recorded = withAuditWarning(began, await recordOutcome(story, began, at))
  const run = { story, tireless: createPersistentStep(story.ctx), review }
  const last = await waitUntilEnd(run, recorded)
  if (last === null) return { status: 'kept', text: 'The change is now permanent.', requestIds: [] }
  return revertWithRetries(run, last)
}

type LeaseState = { readonly lease: Lease | null; readonly now: string }

/**
 * The number of wake-ups after which the operation polls every six hours instead. A wake-up takes at most six durable
 * operations.
 */
const MAX_WAKES = 60
const POLL_SECONDS = 6 * 3_600

/**
 * Waits for the end of the lease. Resolves with the lease when it has expired, and with null if it was made permanent.
 */
const waitUntilEnd = async (run: LeaseRun, began: Outcome): Promise<Lease | null> => {
  const { story, tireless, review } = run
  let shownUntil = ''
  for (let turn = 1; ; turn += 1) {
    const { lease, now } = await tireless(`lease ${turn}: look`, () => readLease(story))
    await review.requestIfDue(now)
    if (lease === null || lease.until <= now) return lease
    if (lease.until !== shownUntil)
      await report({ ...story, turn: `lease ${turn}` }, { kind: 'leased', lease, outcome: began })
    shownUntil = lease.until
    const due = earlier(lease.until, review.due())
    const seconds = Math.max(1, Math.ceil((Date.parse(due) - Date.parse(now)) / 1000))
    if (turn <= MAX_WAKES) await waitForCallback(run, { turn, lease, seconds })
    else await story.ctx.wait(`lease ${turn}`, { seconds: Math.min(POLL_SECONDS, seconds) })
  }
}

type Wait = { readonly turn: number; readonly lease: Lease; readonly seconds: number }

/**
 * Waits for a wake-up. First stores the callback and reads the lease again, because a change made before that woke
 * nothing.
 */
const waitForCallback = async ({ story, tireless }: LeaseRun, { turn, lease, seconds }: Wait): Promise<void> => {
  const { ctx, job, ports } = story
  const [callback, callbackId] = await ctx.createCallback(`lease ${turn}`, { timeout: { seconds } })
  const before = await tireless(`lease ${turn}: leave the callback`, async () => {
    await storeCallback(ports.store, leaseCallbackKey(job.id), callbackId)
    await scheduleCheckAfterEnd(story, lease)
    return readLease(story)
  })
  if (before.lease?.until === lease.until) await callback.catch(() => 'its time has come')
}

const earlier = (a: string, b = a): string => (a < b ? a : b)

const AFTER_END_MS = 5 * MINUTE_MS

/** Schedules a check shortly after the end of the lease, which reports the operation if it has died. */
const scheduleCheckAfterEnd = async ({ job, ports }: Story, { until }: Lease): Promise<void> => {
  const remainingMs = Math.max(0, Date.parse(until) - Date.parse(ports.now()))
  await scheduleLeaseCheck(job.id, ports, remainingMs + AFTER_END_MS).catch(error => logError('lease', job.id, error))
}

const readLease = async ({ job, ports, face }: Story): Promise<LeaseState> => {
  const book = (await ports.store.get<LeaseBook>(bookKey(face.plan.target.arn)))?.value
  return { lease: leaseOf(book, job.id) ?? null, now: ports.now() }
}
