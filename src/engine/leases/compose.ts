// Pure: how temporary changes begin, overlap and end, as transitions of a service's lease book.
// For each quantity the book has the baseline, the value that the leases set, and the leases. A value in AWS that differs from
// both was set by someone else, and is not reverted.

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

/** Does any lease set this quantity now? */
export const isLeased = (book: LeaseBook | undefined, kind: Quantity): boolean =>
  book?.held[kind]?.leases.some(isRunning) ?? false

/** Is this value the one that our calls set, or the one before calls that may have failed? */
const isOurs = ({ set, doubt, target }: LeasedQuantity, found: Value, targetNow: string | undefined): boolean =>
  mayBeSame(target, targetNow) && (isSameValue(found, set) || (doubt !== undefined && isSameValue(found, doubt.found)))

/** Adds a lease. A value that someone else set becomes the baseline: no later end reverts it. */
const withLease = (held: LeasedQuantity | undefined, found: Value, lease: Lease): LeasedQuantity => {
  const others = otherLeasesOf(lease, held?.leases ?? [])
  const target = lease.origin?.target
  const isContinued = held !== undefined && others.length > 0 && isOurs(held, found, target)
  const baseline = isContinued ? held.baseline : found
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

/** The value to set in AWS when this lease begins. */
export const valueWith = (book: LeaseBook | undefined, asked: NewLease): Value =>
  withLease(book?.held[asked.holding.kind], asked.found, leaseOfPlan(asked)).set

/** The value that the last lease to end restores, if this one begins now. */
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

/** Idempotent: a lease that has begun stays as it is. */
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

/** After the lease's calls succeeded: AWS no longer has the value from before them. */
export const confirmCalls = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  return place?.held.doubt?.operation === operation
    ? withHeld(book, place.lease.holding.kind, withoutDoubt(place.held))
    : book
}

const withoutDoubt = ({ doubt: _, ...held }: LeasedQuantity): LeasedQuantity => held

/** Removes a lease that never began: the other leases are as before it. */
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
  /** AWS already has the value: other leases set it, too, or it was restored. */
  | { readonly kind: 'nothing'; readonly now: Value }
  | { readonly kind: 'put'; readonly from: Value; readonly to: Value }
  /** Someone else changed it. `found` is undefined when the service or scalable target is gone; `isAnew`: it was recreated. */
  | { readonly kind: 'left'; readonly expected: Value; readonly found?: Value; readonly isAnew?: true }

/**
 * What the end of a lease has to do. `found`: the value in AWS now; undefined when the service or scalable target is gone.
 * `target`: when AWS created the scalable target, ISO 8601.
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

/** Before the calls that revert a lease: from now on AWS may have either value. No change when someone else set the value. */
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

/** Removes a lease after its revert. */
export const endLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, held } = place
  return without(book, lease, held.doubt?.operation === operation ? withoutDoubt(held) : held)
}

/** Marks a lease that ended without a revert, because someone else changed the value. A person has to remove it. */
export const markLeft = (book: LeaseBook, operation: string, found: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, left: lease.left ?? { found, at } }))

/** Marks a lease whose operation is dead: only a person can end it. */
export const markLost = (book: LeaseBook, operation: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, lost: lease.lost ?? at }))

/** Ends a lease before its time. Only the first call has an effect. */
export const endNow = (book: LeaseBook, operation: string, by: Actor, now: string): LeaseBook =>
  withChanged(book, operation, lease => (lease.endedBy === undefined ? { ...lease, endedBy: by, until: now } : lease))

/** Never shortens a lease, and never extends one that was ended. */
export const extendLease = (book: LeaseBook, operation: string, until: string): LeaseBook =>
  withChanged(book, operation, lease => (isEnded(lease) || until <= lease.until ? lease : { ...lease, until }))

/** Was it ended by a person, or left without a revert? */
export const isEnded = ({ endedBy, left }: Lease): boolean => endedBy !== undefined || left !== undefined

const withChanged = (book: LeaseBook, operation: string, change: (lease: Lease) => Lease): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const leases = place.held.leases.map(one => (one.operation === operation ? change(one) : one))
  return withHeld(book, place.lease.holding.kind, { ...place.held, leases })
}

/**
 * Makes the value of a running lease permanent: it becomes the baseline of the others. A lease that was left, or whose
 * operation is dead, is only removed. No call is sent to AWS: the value that the leases set does not change.
 */
export const keepLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, held } = place
  return isRunning(lease) && lease.lost === undefined
    ? without(book, lease, { ...held, baseline: composeValue(held.baseline, [lease.holding]) })
    : without(book, lease, held)
}
