// From the end of a lease on: what it held is put back, and where that cannot be done yet it is tried again, less and less
// often, until somebody decides.

import type { Outcome } from '../../../engine/change/outcome.ts'
import { leaseCallbackKey } from '../../../engine/change/records.ts'
import { leaveCallback } from '../../../engine/jobs/callbacks.ts'
import type { Lease } from '../../../engine/leases/book.ts'
import type { Offer } from '../../../model/errors.ts'
import type { Review } from '../break-glass-review.ts'
import { report } from '../report.ts'
import { step, type Tireless } from '../steps.ts'
import type { Story, Turn } from '../story.ts'
import { putBack } from './revert.ts'
import { tellOnCall } from './tell-left.ts'

/** `tireless`: of the whole lease, since all its tries are counted together. */
export type Sleep = { readonly story: Story; readonly tireless: Tireless; readonly review: Review }

/** A lock, a halt or a person in between: it tries again, less and less often, and says so once. */
const BRIEF_TURNS = 2
const RETRY_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
const DAY_MINUTES = 1_440
/** A month of asking: then it stays in the list of leases, and in nobody's ears. */
const MOST_DAYS = 30
/** A turn is four operations, and ten more where AWS does not take what puts it back: AWS allows 3,000. */
const MOST_TURNS = 90

/** Each hour for a day, then four times a day until the fourth, and then daily, as often as it asks about what is left. */
const minutesAfter = (turn: number): number => {
  const early = RETRY_MINUTES[turn - 1]
  if (early !== undefined) return early
  if (turn <= 30) return 60
  return turn <= 42 ? 360 : DAY_MINUTES
}

type Kept = { readonly said: string; readonly shown: string; readonly days: number; readonly offers: readonly Offer[] }

export const takeBack = async (sleep: Sleep, lease: Lease): Promise<Outcome> => {
  const { story, review } = sleep
  let kept: Kept = { said: '', shown: '', days: 0, offers: [] }
  for (let number = 1; number <= MOST_TURNS && kept.days < MOST_DAYS; number += 1) {
    const turn = `put back ${number}`
    const tried: Turn = await putBack({ ...story, turn }, lease)
    if (tried.kind === 'over') return tried.outcome
    kept = await tell(story, { lease, number, tried, kept })
    await wakeable(sleep, turn, tried.kind === 'left' ? DAY_MINUTES : minutesAfter(number))
    if (review.due() !== undefined)
      await review.pass(await step(story.ctx, `${turn}: now`, async () => story.ports.now()))
  }
  return {
    status: 'left',
    text: `${kept.said} Nobody has decided: it is in \`/ecs leases\`, and nobody is asked any more.`,
    offers: kept.offers,
    requestIds: [],
  }
}

type Tried = {
  readonly lease: Lease
  readonly number: number
  readonly tried: Exclude<Turn, { kind: 'over' }>
  readonly kept: Kept
}

/** In the thread when it is news, and on the card when that would say something else. */
const tell = async (story: Story, { lease, number, tried, kept }: Tried): Promise<Kept> => {
  const turn = `put back ${number}`
  const { text, offers } = tried
  const isBrief = tried.isBrief === true && number <= BRIEF_TURNS
  const isNews = tried.kind === 'left' || (text !== kept.said && !isBrief)
  if (isNews) await step(story.ctx, `${turn}: tell`, () => tellOnCall(story, lease, number, tried)).catch(() => null)
  if (text !== kept.shown) await report({ ...story, turn: `${turn} told` }, { kind: 'left', lease, text, offers })
  return {
    said: isNews ? text : kept.said,
    shown: text,
    days: kept.days + (tried.kind === 'left' ? 1 : 0),
    offers,
  }
}

/** Sleeps, unless somebody wakes it: who decides what is left, does not wait for tomorrow. */
const wakeable = async ({ story, tireless }: Sleep, turn: string, minutes: number): Promise<void> => {
  const { ctx, ports, job } = story
  const [woken, callbackId] = await ctx.createCallback(`${turn}: sleep`, { timeout: { minutes } })
  await tireless(`${turn}: leave the callback`, () => leaveCallback(ports.store, leaseCallbackKey(job.id), callbackId))
  await woken.catch(() => 'in time')
}
