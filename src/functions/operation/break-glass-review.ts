// Requests a review 24 hours after break glass was used, even if a lease still runs.

import type { Outcome } from '../../engine/change/outcome.ts'
import { postOrTellOnCall } from '../../engine/jobs/tell-on-call.ts'
import { renderReview } from './render-review.ts'
import { step } from './steps.ts'
import type { Story } from './story.ts'

const DAY_MS = 86_400_000

/** The review of a break-glass change. It is requested only once, by one of the two functions below. */
export type Review = {
  /** When the review is due, ISO 8601; undefined without break glass, or after the review was requested. */
  readonly due: () => string | undefined
  /** Requests the review if it is due at `now` (ISO 8601). */
  readonly requestIfDue: (now: string) => Promise<void>
  /** Waits until the review is due, and requests it. */
  readonly waitAndRequest: () => Promise<void>
}

export const scheduleReview = async (story: Story, outcome: Outcome): Promise<Review> => {
  const { ctx, ports, face } = story
  const now = (name: string) => step(ctx, name, async () => ports.now())
  let due = face.isBreakGlass === true ? dayAfter(await now('glass is broken')) : undefined
  const request = async () => {
    due = undefined
    await step(ctx, 'ask for the review', () => postReview(story, outcome)).catch(() => null)
  }
  return {
    due: () => due,
    requestIfDue: async at => {
      if (due !== undefined && due <= at) await request()
    },
    waitAndRequest: async () => {
      if (due === undefined) return
      const remainingMs = Date.parse(due) - Date.parse(await now('before the review'))
      if (remainingMs > 0) await ctx.wait('until the review', { seconds: Math.ceil(remainingMs / 1000) })
      await request()
    },
  }
}

const dayAfter = (at: string): string => new Date(Date.parse(at) + DAY_MS).toISOString()

const postReview = async ({ ports, approval, face }: Story, outcome: Outcome): Promise<null> => {
  const config = await ports.config()
  const where = { channel: config.breakGlass?.channel ?? config.channel, ts: approval.posted.ts }
  await postOrTellOnCall(where, renderReview(face, outcome), config, await ports.slack())
  return null
}
