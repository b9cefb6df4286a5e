// Runs a temporary change from its first call to its end: waits, shows extensions, and reverts what nobody else has
// changed.

import type { Outcome } from '../../engine/change/outcome.ts'
import { leaseCallbackKey } from '../../engine/change/records.ts'
import { storeCallback } from '../../engine/jobs/callbacks.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { scheduleLeaseCheck } from '../../engine/jobs/timers.ts'
import { type Lease, type LeaseBook, leaseOf, type PlannedLease } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { beginLease, confirmCalls, dropLease } from '../../engine/leases/compose.ts'
import type { Review } from './break-glass-review.ts'
import { type Sleep, takeBack } from './lease/take-back.ts'
import { recordOutcome, report, withRecord } from './report.ts'
import { createTireless, step } from './steps.ts'
import type { Story } from './story.ts'

const MINUTE_MS = 60_000

/** Runs before the first call. Idempotent. */
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

/** Runs when no call was made. */
export const removeFromLeases = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => dropLease(book, job.id))
  return null
}

/** Marks the change as applied by AWS, so that a later difference counts as someone else's change. */
const confirmBook = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => confirmCalls(book, job.id))
  return null
}

/** `began`: the outcome of the change itself. Returns the outcome of the lease. */
export const runLease = async (story: Story, began: Outcome, review: Review): Promise<Outcome> => {
  const at = await step(story.ctx, 'leased', async () => story.ports.now())
  if ((began.requestIds ?? []).length > 0)
    await step(story.ctx, 'confirm the book', () => confirmBook(story)).catch(() => null)
  const told = withRecord(began, await recordOutcome(story, began, at))
  const sleep = { story, tireless: createTireless(story.ctx), review }
  const last = await sleepUntilItsEnd(sleep, told)
  if (last === null) return { status: 'kept', text: 'The change is now permanent.', requestIds: [] }
  return takeBack(sleep, last)
}

type Look = { readonly lease: Lease | null; readonly now: string }

/** A turn takes at most six durable operations. After this many wake-ups it polls every six hours instead. */
const MOST_WAKES = 60
const DEAF_SECONDS = 6 * 3_600

/** Resolves with the lease when it has expired, and with null when it was kept. */
const sleepUntilItsEnd = async (sleep: Sleep, began: Outcome): Promise<Lease | null> => {
  const { story, tireless, review } = sleep
  let told = ''
  for (let turn = 1; ; turn += 1) {
    const { lease, now } = await tireless(`lease ${turn}: look`, () => look(story))
    await review.pass(now)
    if (lease === null || lease.until <= now) return lease
    if (lease.until !== told)
      await report({ ...story, turn: `lease ${turn}` }, { kind: 'leased', lease, outcome: began })
    told = lease.until
    const due = earlier(lease.until, review.due())
    const seconds = Math.max(1, Math.ceil((Date.parse(due) - Date.parse(now)) / 1000))
    if (turn <= MOST_WAKES) await sleepLightly(sleep, { turn, lease, seconds })
    else await story.ctx.wait(`lease ${turn}`, { seconds: Math.min(DEAF_SECONDS, seconds) })
  }
}

type Nap = { readonly turn: number; readonly lease: Lease; readonly seconds: number }

/** A change made before the callback was stored woke nothing, so the lease is read once more before the wait. */
const sleepLightly = async ({ story, tireless }: Sleep, { turn, lease, seconds }: Nap): Promise<void> => {
  const { ctx, job, ports } = story
  const [woken, callbackId] = await ctx.createCallback(`lease ${turn}`, { timeout: { seconds } })
  const before = await tireless(`lease ${turn}: leave the callback`, async () => {
    await storeCallback(ports.store, leaseCallbackKey(job.id), callbackId)
    await scheduleLast(story, lease)
    return look(story)
  })
  if (before.lease?.until === lease.until) await woken.catch(() => 'its time has come')
}

const earlier = (one: string, other = one): string => (one < other ? one : other)

const AFTER_END_MS = 5 * MINUTE_MS

/** Schedules a check shortly after the end. It reports the operation if it has died. */
const scheduleLast = async ({ job, ports }: Story, { until }: Lease): Promise<void> => {
  const left = Math.max(0, Date.parse(until) - Date.parse(ports.now()))
  await scheduleLeaseCheck(job.id, ports, left + AFTER_END_MS).catch(error => logError('lease', job.id, error))
}

const look = async ({ job, ports, face }: Story): Promise<Look> => {
  const book = (await ports.store.get<LeaseBook>(bookKey(face.plan.target.arn)))?.value
  return { lease: leaseOf(book, job.id) ?? null, now: ports.now() }
}
