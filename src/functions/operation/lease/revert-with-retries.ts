// Reverts a temporary change when it ends. Retries at growing intervals until the revert succeeds or a person decides.

import type { Outcome } from '../../../engine/change/outcome.ts'
import { leaseCallbackKey } from '../../../engine/change/records.ts'
import { storeCallback } from '../../../engine/jobs/callbacks.ts'
import type { Lease } from '../../../engine/leases/book.ts'
import type { Offer } from '../../../model/errors.ts'
import type { Review } from '../break-glass-review.ts'
import { report } from '../report.ts'
import { type PersistentStep, step } from '../steps.ts'
import type { Story, Turn } from '../story.ts'
import { notifyOnCall } from './notify-on-call.ts'
import { revertOnce } from './revert.ts'

/**
 * A running lease. `tireless`: one persistent step for the whole lease, because all its retries are counted together.
 */
export type LeaseRun = { readonly story: Story; readonly tireless: PersistentStep; readonly review: Review }

/** The number of attempts for which a lock or a scheduled action may prevent the revert without a report. */
const BRIEF_TURNS = 2
const RETRY_MINUTES = [1, 1, 2, 5, 10, 20, 30, 60] as const
const DAY_MINUTES = 1_440
/**
 * The number of days on which on-call is asked once a day. After that, only `/ecs leases` lists the temporary change.
 */
const MAX_DAYS = 30
/**
 * The maximum number of attempts. An attempt takes 4 durable operations, and 14 if AWS refuses the revert; AWS allows
 * 3,000.
 */
const MAX_TURNS = 90

/** The minutes until the next attempt: hourly for a day, four times a day until the fourth day, then daily. */
const retryMinutes = (turn: number): number => {
  const early = RETRY_MINUTES[turn - 1]
  if (early !== undefined) return early
  if (turn <= 30) return 60
  return turn <= 42 ? 360 : DAY_MINUTES
}

type Reported = {
  readonly posted: string
  readonly shown: string
  readonly days: number
  readonly offers: readonly Offer[]
}

export const revertWithRetries = async (run: LeaseRun, lease: Lease): Promise<Outcome> => {
  const { story, review } = run
  let reported: Reported = { posted: '', shown: '', days: 0, offers: [] }
  for (let number = 1; number <= MAX_TURNS && reported.days < MAX_DAYS; number += 1) {
    const turn = `put back ${number}`
    const result: Turn = await revertOnce({ ...story, turn }, lease)
    if (result.kind === 'over') return result.outcome
    reported = await reportTurn(story, { lease, number, tried: result, kept: reported })
    await waitOrWake(run, turn, result.kind === 'left' ? DAY_MINUTES : retryMinutes(number))
    if (review.due() !== undefined)
      await review.requestIfDue(await step(story.ctx, `${turn}: now`, async () => story.ports.now()))
  }
  return {
    status: 'left',
    text: `${reported.posted} No one has decided, so reminders end. \`/ecs leases\` still lists it.`,
    offers: reported.offers,
    requestIds: [],
  }
}

type TurnReport = {
  readonly lease: Lease
  readonly number: number
  readonly tried: Exclude<Turn, { kind: 'over' }>
  readonly kept: Reported
}

/** Reports an attempt to revert: posts a new result in the thread, and updates the card if its text changes. */
const reportTurn = async (story: Story, { lease, number, tried, kept }: TurnReport): Promise<Reported> => {
  const turn = `put back ${number}`
  const { text, offers } = tried
  const isBrief = tried.isBrief === true && number <= BRIEF_TURNS
  const isNews = tried.kind === 'left' || (text !== kept.posted && !isBrief)
  if (isNews) await step(story.ctx, `${turn}: tell`, () => notifyOnCall(story, lease, number, tried)).catch(() => null)
  if (text !== kept.shown) await report({ ...story, turn: `${turn} told` }, { kind: 'left', lease, text, offers })
  return {
    posted: isNews ? text : kept.posted,
    shown: text,
    days: kept.days + (tried.kind === 'left' ? 1 : 0),
    offers,
  }
}

/** Waits until the next attempt to revert. A decision about the lease ends the wait early. */
const waitOrWake = async ({ story, tireless }: LeaseRun, turn: string, minutes: number): Promise<void> => {
  const { ctx, ports, job } = story
  const [callback, callbackId] = await ctx.createCallback(`${turn}: sleep`, { timeout: { minutes } })
  await tireless(`${turn}: leave the callback`, () => storeCallback(ports.store, leaseCallbackKey(job.id), callbackId))
  await callback.catch(() => 'in time')
}
