// Pure: what one digest tells, and its counts for the trend.

import { DIGEST_TOPICS, type Digest } from '../../engine/rules/config.ts'
import type { CollectedDigest } from './collect.ts'
import type { Unread } from './item.ts'
import type { Run } from './records.ts'
import { type Compared, compared, type Seen } from './seen.ts'

export type DigestView = {
  readonly digest: Digest
  /** All items, in the order in which they are shown. */
  readonly items: readonly Compared[]
  readonly services: number
  readonly unread: readonly Unread[]
  readonly notes: readonly string[]
  readonly now: string
  /** When the digest before it was due; absent for the first in its channel. */
  readonly since?: string
  /** When it was due, if it is late. */
  readonly lateSince?: string
}

type Told = Pick<DigestView, 'now' | 'since' | 'lateSince'>

export const viewOf = (digest: Digest, collected: CollectedDigest, seen: Seen, told: Told): DigestView => {
  const { services, unread, notes } = collected
  const items = compared(collected, seen).toSorted(
    (a, b) => orderOf(a) - orderOf(b) || newsOf(a) - newsOf(b) || a.rank - b.rank || (a.line < b.line ? -1 : 1),
  )
  return { digest, items, services, unread, notes, ...told }
}

const TOPICS: readonly string[] = DIGEST_TOPICS
const orderOf = ({ topic }: Compared): number => TOPICS.indexOf(topic)
const newsOf = ({ is }: Compared): number => (is === 'same' ? 1 : 0)

/** The items that are new or changed. */
export const newsIn = ({ items }: Pick<DigestView, 'items'>): readonly Compared[] =>
  items.filter(({ is }) => is !== 'same')

/** For the trend over the weeks. */
export const countsOf = ({ digest, items }: DigestView): Required<Pick<Run, 'counts' | 'savings'>> => {
  const counts = digest.topics.map(topic => {
    const ofTopic = items.filter(item => item.topic === topic)
    return [topic, { open: ofTopic.length, told: newsIn({ items: ofTopic }).length }] as const
  })
  return {
    counts: Object.fromEntries(counts),
    savings: { open: savingOf(items), told: savingOf(newsIn({ items })) },
  }
}

const savingOf = (items: readonly Compared[]): number =>
  Math.round(items.reduce((sum, { saving = 0 }) => sum + saving, 0))
