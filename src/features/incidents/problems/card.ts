// The stored card of a problem in a channel.

import type { Posted } from '../../../model/ports/slack.ts'
import type { Key } from '../../../model/ports/store.ts'

/**
 * A message about a problem in a channel. `ids`: of its problems; several in a bundle. Written before it is posted: with
 * `claimedAt` and without `posted` it may be in the channel already.
 */
export type ProblemCard = {
  readonly channel: string
  readonly id: string
  readonly ids: readonly string[]
  readonly isBundle?: true
  readonly madeAt: string
  readonly claimedAt?: string
  readonly posted?: Posted
  /** When it was last posted or updated, and a hash of what it shows. */
  readonly toldAt?: string
  readonly hash?: string
  readonly lines?: readonly string[]
  /** The ARN of the service that the lines and the difference are of. Absent in cards that earlier versions stored. */
  readonly about?: string
  /** What differs from the last good revision. */
  readonly difference?: string
  readonly lateMinutes?: number
  readonly snoozedUntil?: string
  /** Not tried before this time, after Slack refused it. */
  readonly retryAt?: string
}

export const CARDS = 'problem-cards'
export const cardKey = ({ channel, id }: Pick<ProblemCard, 'channel' | 'id'>): Key => ({
  pk: CARDS,
  sk: `${channel} ${id}`,
})
