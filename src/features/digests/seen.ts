// Pure: which items are new or changed since the last digest. What was told is kept as hashes, by group.

import { createHash } from 'node:crypto'
import type { Collected, DigestItem, Group } from './item.ts'

/** For each group the items that were told: each a hash of its id and one of its facts, without separators. */
export type Seen = Readonly<Record<string, string>>

export type Compared = DigestItem & { readonly is: 'new' | 'changed' | 'same' }

/** Characters of base64url: 48 and 36 bits, so that ten thousand items have no two equal ids. */
const ID = 8
const FACTS = 6

const hash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, length)

const idOf = ({ id }: DigestItem): string => hash(id, ID)
const entryOf = (item: DigestItem): string => idOf(item) + hash(item.facts, FACTS)

const entriesIn = (text: string): readonly string[] => text.match(new RegExp(`.{${ID + FACTS}}`, 'g')) ?? []

/** Compares with what was told in any group: an item may move from one to another. An item of two groups is told once. */
export const compared = ({ groups }: Pick<Collected, 'groups'>, seen: Seen): readonly Compared[] => {
  const told = new Map(
    Object.values(seen)
      .flatMap(entriesIn)
      .map(entry => [entry.slice(0, ID), entry.slice(ID)]),
  )
  const items = new Map(groups.flatMap(group => group.items.map(item => [item.id, item] as const)))
  return [...items.values()].map(item => {
    const facts = told.get(idOf(item))
    const is = facts === undefined ? 'new' : facts === hash(item.facts, FACTS) ? 'same' : 'changed'
    return { ...item, is } as const
  })
}

/**
 * What has been told after this digest. Groups that were not read stay as they were; of those that were read in part, the items that
 * are missing stay. `keeps`: whether a group that was not read belongs to the digest still.
 */
export const seenAfter = (groups: readonly Group[], before: Seen, keeps: (key: string) => boolean): Seen => {
  const kept = Object.entries(before).filter(([key]) => keeps(key))
  const read = groups.map(({ key, items, isPartial }) => {
    const entries = items.map(entryOf)
    const ids = new Set(entries.map(entry => entry.slice(0, ID)))
    const missing = isPartial === true ? entriesIn(before[key] ?? '').filter(entry => !ids.has(entry.slice(0, ID))) : []
    return [key, [...entries, ...missing].join('')] as const
  })
  return Object.fromEntries([...kept, ...read].filter(([, entries]) => entries !== ''))
}
