// Limits chat.update to Slack's 50 calls a minute for the whole app. All functions share one counter in the store.
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'

export type Urgency = 'outcome' | 'vote' | 'progress'

/**
 * The maximum number of updates a minute. They are below Slack's 50 (chat.update is Tier 3), because our minutes and
 * Slack's start at different times.
 */
const MOST: Readonly<Record<Urgency, number>> = { outcome: 45, vote: 35, progress: 25 }

/** Counts one update; false if this minute's budget for the given urgency is used up. `now`: ISO 8601. */
export const mayUpdate = (store: Store, now: string, urgency: Urgency): Promise<boolean> => {
  const minute = Math.floor(Date.parse(now) / 60_000)
  return store.count({ pk: 'updates', sk: `${minute}` }, MOST[urgency], (minute + 2) * 60)
}

/** An error that is thrown if an update has to wait. The durable step is then retried. */
export const budgetExhausted = (): RemoteError =>
  new RemoteError('the chat.update budget of this minute is used up', { code: 'update_budget', passing: true })
