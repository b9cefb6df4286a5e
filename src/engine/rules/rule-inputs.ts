// The state that rules are applied to: the time, group members, locks on places, and halts; with their keys in the store.

import type { Place } from '../../kit/language/place.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'

export type Halt = { readonly by: Actor; readonly at: string; readonly reason: string }

/** A person's lock on a service, a cluster or an account. `until`: ISO 8601; absent: until a person unlocks it. */
export type PlaceLock = Pick<Place, 'scope' | 'name'> & {
  readonly by: Actor
  readonly reason: string
  readonly until?: string
}

/** Loaded for each decision. */
export type RuleInputs = {
  /** ISO 8601. */
  readonly now: string
  /** Slack user ids by user group, of the groups that the rules name. A group that Slack does not know is absent. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly placeLocks: readonly PlaceLock[]
  /** Who or what halted all changes, and why; absent when nothing is halted. */
  readonly halted?: string
}

export const groupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'members' })

/** Slack does not know the group, or an admin disabled it. A key of its own: earlier versions expect a list in the other. */
export const missingGroupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'missing' })

/** One partition for all place locks: every change reads all of them. */
export const PLACE_LOCKS = 'holds'

export const placeLockKey = (name: string): Key => ({ pk: PLACE_LOCKS, sk: name })

export const HALT_KEY: Key = { pk: 'halt', sk: 'halt' }
