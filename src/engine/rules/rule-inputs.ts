// What the rules are applied to: the time, group members, locks on places, and halts.

import type { Place } from '../../kit/language/place.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'

export type Halt = { readonly by: Actor; readonly at: string; readonly reason: string }

/** A lock that a person put on a service, a cluster or an account, until they or its end take it away. */
export type PlaceLock = Pick<Place, 'scope' | 'name'> & {
  readonly by: Actor
  readonly reason: string
  readonly until?: string
}

/** What the rules are applied to, loaded afresh each time. */
export type RuleInputs = {
  readonly now: string
  /** Members by user group, of the groups that the rules name. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly holds: readonly PlaceLock[]
  /** Who or what halted all changes, if anything did. */
  readonly halted?: string
}

export const groupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'members' })

/** Locks that people put on places: one partition, because every change reads them all. */
export const HOLDS = 'holds'

export const holdKey = (name: string): Key => ({ pk: HOLDS, sk: name })

export const HALT_KEY: Key = { pk: 'halt', sk: 'halt' }
