// The stored card of a problem in a channel.

import type { Posted } from '../../../model/ports/slack.ts'
import type { Key } from '../../../model/ports/store.ts'

/**
 * A message about one or more problems in a channel. `ids`: the ids of the problems; a bundle has several. The card is
 * stored before it is posted. If `claimedAt` is set and `posted` is not, the message may already be in the channel.
 */
export type ProblemCard = {
  readonly channel: string
  readonly id: string
  readonly ids: readonly string[]
  readonly isBundle?: true
  readonly madeAt: string
  readonly claimedAt?: string
  readonly posted?: Posted
  /** When the message was last posted or updated. `hash`: a hash of what the message shows. */
  readonly toldAt?: string
  readonly hash?: string
  readonly lines?: readonly string[]
  /** The ARN of the service that `lines` and `difference` are about. Absent in cards that earlier versions stored. */
  readonly about?: string
  /** What differs from the last revision that was deployed successfully. */
  readonly difference?: string
  readonly lateMinutes?: number
  readonly snoozedUntil?: string
  /** Set after Slack refused the message: it is not sent again before this time. */
  readonly retryAt?: string
}

export const CARDS = 'problem-cards'
export const cardKey = ({ channel, id }: Pick<ProblemCard, 'channel' | 'id'>): Key => ({
  pk: CARDS,
  sk: `${channel} ${id}`,
})
