// Slack lets the whole app update fifty messages a minute: one count in the store, shared by every function. Outcomes have
// all of it, votes most, progress only what can be spared.
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'

export type Urgency = 'outcome' | 'vote' | 'progress'

/** Below Slack's fifty (chat.update is Tier 3): minutes of ours and of Slack's do not begin together. */
const MOST: Readonly<Record<Urgency, number>> = { outcome: 45, vote: 35, progress: 25 }

/** False when this minute has no update left for something of this urgency. */
export const mayUpdate = (store: Store, now: string, urgency: Urgency): Promise<boolean> => {
  const minute = Math.floor(Date.parse(now) / 60_000)
  return store.count({ pk: 'updates', sk: `${minute}` }, MOST[urgency], (minute + 2) * 60)
}

/** Thrown where an update has to wait: the step tries again. */
export const budgetExhausted = (): RemoteError =>
  new RemoteError('the updates of this minute are spent', { code: 'update_budget', passing: true })
