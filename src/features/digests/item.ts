// A line of a digest, and what was read for it.

import type { DigestTopic } from '../../engine/rules/config.ts'
import type { Button } from '../../kit/messages/markup.ts'

/**
 * A line about one thing. `id`: the same in each digest. `facts`: what must differ for the line to be told again. `line`: marked-up
 * text. `rank`: the lowest comes first. `buttons`: each opens a card or asks for an answer or a plan.
 */
export type DigestItem = {
  readonly topic: DigestTopic | 'unread'
  readonly id: string
  readonly facts: string
  readonly line: string
  readonly rank: number
  readonly buttons: readonly Button[]
  /** US dollars a month. */
  readonly saving?: number
}

/** A source that could not be read. `key`: the same in each digest. */
export type Unread = { readonly key: string; readonly text: string }

/**
 * The items of one source: a topic in an account and region, for example. `isPartial`: not all could be read, so that items which
 * are missing may still be there.
 */
export type Group = { readonly key: string; readonly items: readonly DigestItem[]; readonly isPartial?: true }

/** `notes`: what the reader must know to read the lines rightly. */
export type Collected = {
  readonly groups: readonly Group[]
  readonly services: number
  readonly unread: readonly Unread[]
  readonly notes: readonly string[]
}
