// Limits chat.update to Slack's 50 a minute for the whole app: one counter in the store, shared by all functions.
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'

export type Urgency = 'outcome' | 'vote' | 'progress'

/** Updates a minute. Below Slack's 50 (chat.update is Tier 3), because our minutes and Slack's start at different times. */
const MOST: Readonly<Record<Urgency, number>> = { outcome: 45, vote: 35, progress: 25 }

/** Counts one update; false when this minute's budget for this urgency is used up. `now`: ISO 8601. */
export const mayUpdate = (store: Store, now: string, urgency: Urgency): Promise<boolean> => {
  const minute = Math.floor(Date.parse(now) / 60_000)
  return store.count({ pk: 'updates', sk: `${minute}` }, MOST[urgency], (minute + 2) * 60)
}

/** Thrown when an update has to wait: the step is retried. */
export const budgetExhausted = (): RemoteError =>
  new RemoteError('the chat.update budget of this minute is used up', { code: 'update_budget', passing: true })
