// Pure: changes with an end. What a lease holds, how overlapping leases compose, and what an end puts back.
// A book is what runs on one service. Of each quantity it knows the baseline, what the leases have set, and who they are;
// what is found to be neither was changed by somebody else, and is left alone.

import type { Actor } from '../../model/ecs.ts'
import {
  type Lease,
  type LeaseBook,
  type LeasedQuantity,
  leaseOf,
  type PlannedLease,
  type StateBefore,
} from './book.ts'
import { composeValue, type Holding, isSameValue, type Quantity, type Value } from './holding.ts'
import { mayBeSame, otherLeasesOf } from './origin.ts'

const isRunning = ({ left }: Lease): boolean => left === undefined

/** Whether any lease holds it now. */
export const isLeased = (book: LeaseBook | undefined, kind: Quantity): boolean =>
  book?.held[kind]?.leases.some(isRunning) ?? false

/** It is as our own calls have made it, or as it was before those that may not have been made. */
const isOurs = ({ set, doubt, target }: LeasedQuantity, found: Value, targetNow: string | undefined): boolean =>
  mayBeSame(target, targetNow) && (isSameValue(found, set) || (doubt !== undefined && isSameValue(found, doubt.found)))

/** The quantity with one more lease. What somebody else has changed meanwhile becomes the baseline: it is not ours to undo. */
const withLease = (held: LeasedQuantity | undefined, found: Value, lease: Lease): LeasedQuantity => {
  const others = otherLeasesOf(lease, held?.leases ?? [])
  const target = lease.origin?.target
  const goesOn = held !== undefined && others.length > 0 && isOurs(held, found, target)
  const baseline = goesOn ? held.baseline : found
  const before = held === undefined ? { baseline, set: found } : withoutLeases(held)
  return {
    baseline,
    set: composeValue(baseline, holdingsOf([...others, lease])),
    leases: [...(held?.leases ?? []).filter(({ operation }) => operation !== lease.operation), lease],
    doubt: { operation: lease.operation, found, before },
    ...(target !== undefined && { target }),
  }
}

const withoutLeases = ({ leases: _, ...before }: LeasedQuantity): StateBefore => before

const holdingsOf = (leases: readonly Lease[]): readonly Holding[] => leases.map(({ holding }) => holding)

/** What AWS has to be set to when this lease begins. */
export const valueWith = (book: LeaseBook | undefined, asked: NewLease): Value =>
  withLease(book?.held[asked.holding.kind], asked.found, leaseOfPlan(asked)).set

/** What the last lease to end puts back, when this one begins now. */
export const baselineWith = (book: LeaseBook | undefined, asked: NewLease): Value =>
  withLease(book?.held[asked.holding.kind], asked.found, leaseOfPlan(asked)).baseline

type NewLease = Pick<PlannedLease, 'holding' | 'found'> & Partial<Pick<PlannedLease, 'origin'>>

const leaseOfPlan = ({ holding, origin }: NewLease): Lease => ({
  operation: '',
  holding,
  ...(origin && { origin }),
  holder: { team: '', user: '', name: '' },
  begun: '',
  until: '',
})

/** Repeatable: who has begun begins again as they are. */
export const beginLease = (book: LeaseBook, lease: Lease, found: Value): LeaseBook => {
  if (leaseOf(book, lease.operation) !== undefined) return book
  const { kind } = lease.holding
  return { ...book, held: { ...book.held, [kind]: withLease(book.held[kind], found, lease) } }
}

type Place = { readonly lease: Lease; readonly held: LeasedQuantity }

const placeOf = (book: LeaseBook, operation: string): Place | undefined => {
  const lease = leaseOf(book, operation)
  const held = lease && book.held[lease.holding.kind]
  return held && { lease, held }
}

const withHeld = (book: LeaseBook, kind: Quantity, held: LeasedQuantity): LeaseBook => ({
  ...book,
  held: { ...book.held, [kind]: held },
})

/** Its calls were made: what AWS has is what they have set, or somebody else’s. */
export const confirmCalls = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  return place?.held.doubt?.operation === operation
    ? withHeld(book, place.lease.holding.kind, withoutDoubt(place.held))
    : book
}

const withoutDoubt = ({ doubt: _, ...held }: LeasedQuantity): LeasedQuantity => held

/** What never came to be is struck out, and what the others hold is as it was before. */
export const dropLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, held } = place
  return held.doubt?.operation === operation
    ? without(book, lease, { ...held.doubt.before, leases: held.leases })
    : without(book, lease, held)
}

const without = (book: LeaseBook, { operation, holding: { kind } }: Lease, held: LeasedQuantity): LeaseBook => {
  const leases = held.leases.filter(one => one.operation !== operation)
  if (leases.length > 0) return withHeld(book, kind, { ...held, leases })
  const { [kind]: _, ...rest } = book.held
  return { ...book, held: rest }
}

export type Ending =
  /** Others hold the same, or it is so already: nothing has to be sent. */
  | { readonly kind: 'nothing'; readonly now: Value }
  | { readonly kind: 'put'; readonly from: Value; readonly to: Value }
  /** Somebody else changed it. `found` is undefined where there is nothing any more; `isAnew`: it is of another target. */
  | { readonly kind: 'left'; readonly expected: Value; readonly found?: Value; readonly isAnew?: true }

/**
 * What the end of a lease has to do, given what AWS has now; `found` is undefined when the thing itself is gone. `target`:
 * the origin of the scalable target that has it.
 */
export const planEnding = (
  book: LeaseBook,
  operation: string,
  found: Value | undefined,
  target?: string,
): Ending | undefined => {
  const place = placeOf(book, operation)
  if (place === undefined) return undefined
  const expected = place.held.set
  if (found === undefined) return { kind: 'left', expected }
  const to = valueWithout(place)
  if (isSameValue(found, to)) return { kind: 'nothing', now: found }
  if (isOurs(place.held, found, target)) return { kind: 'put', from: found, to }
  return { kind: 'left', expected, found, ...(!mayBeSame(place.held.target, target) && { isAnew: true }) }
}

const valueWithout = ({ lease, held: { baseline, leases } }: Place): Value =>
  composeValue(baseline, holdingsOf(otherLeasesOf(lease, leases)))

/** Before the calls of its end: from now on AWS may have either. What somebody else has made of it stays unknown to us. */
export const beginRevert = (book: LeaseBook, operation: string, found: Value, target?: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined || !isOurs(place.held, found, target)) return book
  const held = withoutDoubt(place.held)
  const set = valueWithout(place)
  const before = withoutLeases({ ...held, set: found })
  return withHeld(book, place.lease.holding.kind, {
    ...held,
    set,
    ...(!isSameValue(found, set) && { doubt: { operation, found, before } }),
  })
}

/** The lease is over, and what it held is as its closing says. */
export const endLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, held } = place
  return without(book, lease, held.doubt?.operation === operation ? withoutDoubt(held) : held)
}

/** Its end has come and it is left as somebody else made it: it waits in the book for a person, and holds nothing. */
export const markLeft = (book: LeaseBook, operation: string, found: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, left: lease.left ?? { found, at } }))

/** Its operation ended without a word: nobody ends the lease but a person. */
export const markLost = (book: LeaseBook, operation: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, lost: lease.lost ?? at }))

/** Ends it now, once: the first to end it is who ended it. */
export const endNow = (book: LeaseBook, operation: string, by: Actor, now: string): LeaseBook =>
  withChanged(book, operation, lease => (lease.endedBy === undefined ? { ...lease, endedBy: by, until: now } : lease))

/** Never shorter, and never what has been ended: whoever ended it comes first. */
export const extendLease = (book: LeaseBook, operation: string, until: string): LeaseBook =>
  withChanged(book, operation, lease => (isEnded(lease) || until <= lease.until ? lease : { ...lease, until }))

/** Somebody ended it, or its end has come and could not put it back. */
export const isEnded = ({ endedBy, left }: Lease): boolean => endedBy !== undefined || left !== undefined

const withChanged = (book: LeaseBook, operation: string, change: (lease: Lease) => Lease): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const leases = place.held.leases.map(one => (one.operation === operation ? change(one) : one))
  return withHeld(book, place.lease.holding.kind, { ...place.held, leases })
}

/**
 * What it holds stays for good: it becomes the baseline of the others. What was left as somebody else made it is theirs, and
 * no baseline of ours; one that is lost is only struck out. AWS is not asked, so what is set is what was set.
 */
export const keepLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, held } = place
  return isRunning(lease) && lease.lost === undefined
    ? without(book, lease, { ...held, baseline: composeValue(held.baseline, [lease.holding]) })
    : without(book, lease, held)
}
