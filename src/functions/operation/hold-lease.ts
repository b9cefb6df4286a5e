// The story of a lease, from the moment that its change is made: it sleeps until its end, or until somebody ends, extends or
// keeps it; then it puts back what it held, unless somebody else has changed that meanwhile.

import type { Outcome } from '../../engine/change/outcome.ts'
import { leaseCallbackKey } from '../../engine/change/records.ts'
import { leaveCallback } from '../../engine/jobs/callbacks.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { scheduleLeaseLook } from '../../engine/jobs/timers.ts'
import { type Asked, type Lease, type LeaseBook, leaseOf } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { begin, dropLease, made } from '../../engine/leases/compose.ts'
import type { Review } from './break-glass-review.ts'
import { type Sleep, takeBack } from './lease/take-back.ts'
import { recordOutcome, report, withRecord } from './report.ts'
import { createTireless, step } from './steps.ts'
import type { Story } from './story.ts'

const MINUTE_MS = 60_000

/** Before the first call. Repeatable: who is in the book is not written in again. */
export const addToLeases = async (
  { job, ports, face }: Story,
  { holding, minutes, found, origin }: Asked,
): Promise<null> => {
  const begun = ports.now()
  const until = new Date(Date.parse(begun) + minutes * MINUTE_MS).toISOString()
  const lease: Lease = { operation: job.id, holding, origin, holder: job.actor, begun, until }
  await updateBook(ports.store, face.plan.target, book => begin(book, lease, found))
  return null
}

/** Nothing was changed, so nothing is held. */
export const removeFromLeases = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => dropLease(book, job.id))
  return null
}

/** AWS answered: what is there from now on is what the lease has set, or somebody else's change. */
const confirmBook = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => made(book, job.id))
  return null
}

/** `began`: what became of the change itself. The answer is what became of the lease. */
export const runLease = async (story: Story, began: Outcome, review: Review): Promise<Outcome> => {
  const at = await step(story.ctx, 'leased', async () => story.ports.now())
  if ((began.requestIds ?? []).length > 0)
    await step(story.ctx, 'confirm the book', () => confirmBook(story)).catch(() => null)
  const told = withRecord(began, await recordOutcome(story, began, at))
  const sleep = { story, tireless: createTireless(story.ctx), review }
  const last = await sleepUntilItsEnd(sleep, told)
  if (last === null) return { status: 'kept', text: 'What it held stays.', requestIds: [] }
  return takeBack(sleep, last)
}

type Look = { readonly lease: Lease | null; readonly now: string }

/** A turn is at most six operations: woken more often than this, it looks by itself, a few times a day. */
const MOST_WAKES = 60
const DEAF_SECONDS = 6 * 3_600

/** Resolves with the lease when its time has come, and with null when it was kept. */
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

/** Whoever changed the lease before the callback was there could not wake anybody: so it looks once more before it sleeps. */
const sleepLightly = async ({ story, tireless }: Sleep, { turn, lease, seconds }: Nap): Promise<void> => {
  const { ctx, job, ports } = story
  const [woken, callbackId] = await ctx.createCallback(`lease ${turn}`, { timeout: { seconds } })
  const before = await tireless(`lease ${turn}: leave the callback`, async () => {
    await leaveCallback(ports.store, leaseCallbackKey(job.id), callbackId)
    await scheduleLast(story, lease)
    return look(story)
  })
  if (before.lease?.until === lease.until) await woken.catch(() => 'its time has come')
}

const earlier = (one: string, other = one): string => (one < other ? one : other)

const AFTER_END_MS = 5 * MINUTE_MS

/** Shortly after its end somebody else looks whether the operation is still there: nobody waits for what nobody puts back. */
const scheduleLast = async ({ job, ports }: Story, { until }: Lease): Promise<void> => {
  const left = Math.max(0, Date.parse(until) - Date.parse(ports.now()))
  await scheduleLeaseLook(job.id, ports, left + AFTER_END_MS).catch(error => logError('lease', job.id, error))
}

const look = async ({ job, ports, face }: Story): Promise<Look> => {
  const book = (await ports.store.get<LeaseBook>(bookKey(face.plan.target.arn)))?.value
  return { lease: leaseOf(book, job.id) ?? null, now: ports.now() }
}
