// The story of a lease, from the moment that its change is made: it sleeps until its end, or until somebody ends, extends or
// keeps it; then it puts back what it held, unless somebody else has changed that meanwhile.
import { complain } from './complain.ts'
import { step, tireless } from './durable.ts'
import type { Offer } from './errors.ts'
import type { Book } from './lease.ts'
import { type Asked, begin, type Lease, leaseOf, made, strike } from './lease.ts'
import { tellOnCall } from './lease-notice.ts'
import { putBack, type Turn } from './lease-revert.ts'
import type { Outcome } from './messages/card.ts'
import { bookKey, leaseCallbackKey, updateBook } from './records.ts'
import { recordOutcome, report, withRecord } from './report.ts'
import type { Review } from './review.ts'
import type { Story } from './story.ts'
import { scheduleLook } from './sweep.ts'
import { leaveCallback } from './waking.ts'

const MINUTE_MS = 60_000

/** Before the first call. Repeatable: who is in the book is not written in again. */
export const joinBook = async (
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
export const leaveBook = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => strike(book, job.id))
  return null
}

/** AWS answered: what is there from now on is what the lease has set, or somebody else's change. */
const confirmBook = async ({ job, ports, face }: Story): Promise<null> => {
  await updateBook(ports.store, face.plan.target, book => made(book, job.id))
  return null
}

/** `began`: what became of the change itself. The answer is what became of the lease. */
export const holdLease = async (story: Story, began: Outcome, review: Review): Promise<Outcome> => {
  const at = await step(story.ctx, 'leased', async () => story.ports.now())
  if ((began.requestIds ?? []).length > 0)
    await step(story.ctx, 'confirm the book', () => confirmBook(story)).catch(() => null)
  const told = withRecord(began, await recordOutcome(story, began, at))
  const last = await sleepUntilItsEnd(story, told, review)
  if (last === null) return { status: 'kept', text: 'What it held stays.', requestIds: [] }
  return takeBack(story, last, review)
}

type Look = { readonly lease: Lease | null; readonly now: string }

/** Resolves with the lease when its time has come, and with null when it was kept. */
const sleepUntilItsEnd = async (story: Story, began: Outcome, review: Review): Promise<Lease | null> => {
  const { ctx, job, ports } = story
  for (let turn = 1; ; turn += 1) {
    const lookAgain = (name: string) => tireless(ctx, `lease ${turn}: ${name}`, () => look(story))
    const { lease, now } = await lookAgain('look')
    await review.pass(now)
    if (lease === null || lease.until <= now) return lease
    await report({ ...story, turn: `lease ${turn}` }, { kind: 'leased', lease, outcome: began })
    const seconds = Math.max(1, Math.ceil((Date.parse(earlier(lease.until, review.due())) - Date.parse(now)) / 1000))
    const [woken, callbackId] = await ctx.createCallback(`lease ${turn}`, { timeout: { seconds } })
    await tireless(ctx, `lease ${turn}: leave the callback`, () =>
      leaveCallback(ports.store, leaseCallbackKey(job.id), callbackId),
    )
    await step(ctx, `lease ${turn}: schedule a look`, () => scheduleLast(story, lease))
    // Whoever changed the lease before the callback was there could not wake anybody.
    const before = await lookAgain('look before sleeping')
    if (before.lease?.until === lease.until) await woken.catch(() => 'its time has come')
  }
}

const earlier = (one: string, other = one): string => (one < other ? one : other)

const AFTER_END_MS = 5 * MINUTE_MS

/** Shortly after its end somebody else looks whether the operation is still there: nobody waits for what nobody puts back. */
const scheduleLast = async ({ job, ports }: Story, { until }: Lease): Promise<null> => {
  const left = Math.max(0, Date.parse(until) - Date.parse(ports.now()))
  await scheduleLook(job.id, ports, left + AFTER_END_MS).catch(error => complain('lease', job.id, error))
  return null
}

const look = async ({ job, ports, face }: Story): Promise<Look> => {
  const book = (await ports.store.get<Book>(bookKey(face.plan.target.arn)))?.value
  return { lease: leaseOf(book, job.id) ?? null, now: ports.now() }
}

/** A lock, a halt or a person in between: it tries again, less and less often, and says so once. */
const BRIEF_TURNS = 2
const RETRY_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
const DAY_MINUTES = 1_440
/** A month of asking: then it stays in the list of leases, and in nobody's ears. */
const MOST_DAYS = 30
const MOST_TURNS = 200

const takeBack = async (story: Story, lease: Lease, review: Review): Promise<Outcome> => {
  let days = 0
  let said = ''
  let offers: readonly Offer[] = []
  for (let number = 1; number <= MOST_TURNS && days < MOST_DAYS; number += 1) {
    const turn = `put back ${number}`
    const tried: Turn = await putBack({ ...story, turn }, lease)
    if (tried.kind === 'over') return tried.outcome
    const isNews = tried.kind === 'left' || (tried.text !== said && (tried.isBrief !== true || number > BRIEF_TURNS))
    if (isNews) await step(story.ctx, `${turn}: tell`, () => tellOnCall(story, lease, number, tried)).catch(() => null)
    if (isNews) said = tried.text
    offers = tried.offers ?? []
    await report({ ...story, turn: `${turn} told` }, { kind: 'left', lease, text: tried.text, offers: tried.offers })
    const minutes =
      tried.kind === 'left' ? DAY_MINUTES : (RETRY_MINUTES[number - 1] ?? RETRY_MINUTES.at(-1) ?? DAY_MINUTES)
    if (tried.kind === 'left') days += 1
    await wakeable(story, turn, minutes)
    if (review.due() !== undefined)
      await review.pass(await step(story.ctx, `${turn}: now`, async () => story.ports.now()))
  }
  return {
    status: 'left',
    text: `${said} Nobody has decided: it is in \`/ecs leases\`, and nobody is asked any more.`,
    offers,
    requestIds: [],
  }
}

/** Sleeps, unless somebody wakes it: who decides what is left, does not wait for tomorrow. */
const wakeable = async ({ ctx, ports, job }: Story, turn: string, minutes: number): Promise<void> => {
  const [woken, callbackId] = await ctx.createCallback(`${turn}: sleep`, { timeout: { minutes } })
  await tireless(ctx, `${turn}: leave the callback`, () =>
    leaveCallback(ports.store, leaseCallbackKey(job.id), callbackId),
  )
  await woken.catch(() => 'in time')
}
