// The state that the rules need: the time, group members, locks on places, and halts; and the keys of the stored parts.

import type { Place } from '../../kit/language/place.ts'
import type { Actor } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'
import type { Plan } from '../change/plan.ts'
import type { AmountsBefore } from './change-window.ts'
import type { OpenOn } from './incidents/open-incidents.ts'

/** `also`: people who halted while it was halted. The person who halted first cannot end it without them. */
export type Halt = {
  readonly by: Actor
  readonly at: string
  readonly reason: string
  readonly also?: readonly Actor[]
}

/**
 * A person's lock on a service, a cluster or an account. `until`: ISO 8601; if absent, the lock lasts until a person
 * removes it.
 */
export type PlaceLock = Pick<Place, 'scope' | 'name'> & {
  readonly by: Actor
  readonly reason: string
  readonly until?: string
}

/** The state that is loaded each time the rules are applied. */
export type RuleInputs = {
  /** The current time, ISO 8601. */
  readonly now: string
  /** Slack user ids by user group, of the groups that the rules name. A group that Slack does not know is absent. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly placeLocks: readonly PlaceLock[]
  /** Who or what halted all changes, and why; absent if there is no halt. */
  readonly halted?: string
  /** The open incidents; absent where no approval rule has a variant for them, and where they cannot be read. */
  readonly incidents?: readonly OpenOn[]
  /** The changes of a set, which size rules count together. */
  readonly together?: readonly Plan[]
  /** What the plan's service had before recent changes, oldest first. */
  readonly amountsBefore?: readonly AmountsBefore[]
}

export const groupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'members' })

/** Slack does not know the group, or an admin disabled it. A key of its own: earlier versions expect a list in the other. */
export const missingGroupKey = (group: string): Key => ({ pk: `usergroup#${group}`, sk: 'missing' })

/** One partition for all place locks: every change reads all of them. */
export const PLACE_LOCKS = 'holds'

export const placeLockKey = (name: string): Key => ({ pk: PLACE_LOCKS, sk: name })

export const HALT_KEY: Key = { pk: 'halt', sk: 'halt' }
