// Pure: how temporary changes begin, overlap and end, as transitions of a service's lease book. For each quantity the
// book contains the baseline, the value that the leases set, and the leases. If AWS has a value that differs from both,
// someone else set it, and it is not reverted.

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

/** Whether any running lease sets this quantity. */
export const isLeased = (book: LeaseBook | undefined, kind: Quantity): boolean =>
  book?.held[kind]?.leases.some(isRunning) ?? false

/** Whether the value is the one that our calls set, or the one from before calls that may have failed. */
const isOurs = ({ set, doubt, target }: LeasedQuantity, found: Value, targetNow: string | undefined): boolean =>
  mayBeSame(target, targetNow) && (isSameValue(found, set) || (doubt !== undefined && isSameValue(found, doubt.found)))

/**
 * Adds a lease. If someone else set the current value, it becomes the baseline, so that the end of a lease does not
 * revert it.
 */
const withLease = (quantity: LeasedQuantity | undefined, found: Value, lease: Lease): LeasedQuantity => {
  const others = otherLeasesOf(lease, quantity?.leases ?? [])
  const target = lease.origin?.target
  const isContinued = quantity !== undefined && others.length > 0 && isOurs(quantity, found, target)
  const baseline = isContinued ? quantity.baseline : found
  const before = quantity === undefined ? { baseline, set: found } : withoutLeases(quantity)
  return {
    baseline,
    set: composeValue(baseline, holdingsOf([...others, lease])),
    leases: [...(quantity?.leases ?? []).filter(({ operation }) => operation !== lease.operation), lease],
    doubt: { operation: lease.operation, found, before },
    ...(target !== undefined && { target }),
  }
}

const withoutLeases = ({ leases: _, ...before }: LeasedQuantity): StateBefore => before

const holdingsOf = (leases: readonly Lease[]): readonly Holding[] => leases.map(({ holding }) => holding)

/** The value that has to be set in AWS when this lease begins. */
export const valueWith = (book: LeaseBook | undefined, planned: NewLease): Value =>
  withLease(book?.held[planned.holding.kind], planned.found, leaseOfPlan(planned)).set

/** The value that is restored after the last lease, if this lease begins now. */
export const baselineWith = (book: LeaseBook | undefined, planned: NewLease): Value =>
  withLease(book?.held[planned.holding.kind], planned.found, leaseOfPlan(planned)).baseline

type NewLease = Pick<PlannedLease, 'holding' | 'found'> & Partial<Pick<PlannedLease, 'origin'>>

const leaseOfPlan = ({ holding, origin }: NewLease): Lease => ({
  operation: '',
  holding,
  ...(origin && { origin }),
  holder: { team: '', user: '', name: '' },
  begun: '',
  until: '',
})

/** Adds a lease to the book. Idempotent: a lease that has already begun stays unchanged. */
export const beginLease = (book: LeaseBook, lease: Lease, found: Value): LeaseBook => {
  if (leaseOf(book, lease.operation) !== undefined) return book
  const { kind } = lease.holding
  return { ...book, held: { ...book.held, [kind]: withLease(book.held[kind], found, lease) } }
}

type Place = { readonly lease: Lease; readonly quantity: LeasedQuantity }

const placeOf = (book: LeaseBook, operation: string): Place | undefined => {
  const lease = leaseOf(book, operation)
  const quantity = lease && book.held[lease.holding.kind]
  return quantity && { lease, quantity }
}

const withQuantity = (book: LeaseBook, kind: Quantity, quantity: LeasedQuantity): LeaseBook => ({
  ...book,
  held: { ...book.held, [kind]: quantity },
})

/** Called after the lease's calls succeeded: AWS no longer has the value from before the calls. */
export const confirmCalls = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  return place?.quantity.doubt?.operation === operation
    ? withQuantity(book, place.lease.holding.kind, withoutDoubt(place.quantity))
    : book
}

const withoutDoubt = ({ doubt: _, ...quantity }: LeasedQuantity): LeasedQuantity => quantity

/** Removes a lease that never began, and restores the other leases to their state before it. */
export const dropLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, quantity } = place
  return quantity.doubt?.operation === operation
    ? without(book, lease, { ...quantity.doubt.before, leases: quantity.leases })
    : without(book, lease, quantity)
}

const without = (book: LeaseBook, { operation, holding: { kind } }: Lease, quantity: LeasedQuantity): LeaseBook => {
  const leases = quantity.leases.filter(one => one.operation !== operation)
  if (leases.length > 0) return withQuantity(book, kind, { ...quantity, leases })
  const { [kind]: _, ...rest } = book.held
  return { ...book, held: rest }
}

export type Ending =
  /** No call is needed: AWS already has the value, because other leases set it too, or because it was restored. */
  | { readonly kind: 'nothing'; readonly now: Value }
  | { readonly kind: 'put'; readonly from: Value; readonly to: Value }
  /**
   * Someone else changed the value. `found` is undefined if the service or scalable target is gone; `isRecreated`: it
   * was recreated.
   */
  | { readonly kind: 'left'; readonly expected: Value; readonly found?: Value; readonly isRecreated?: true }

/**
 * Decides what the end of a lease has to do. `found`: the value in AWS now; undefined if the service or scalable target
 * is gone. `target`: when AWS created the scalable target, ISO 8601.
 */
export const planEnding = (
  book: LeaseBook,
  operation: string,
  found: Value | undefined,
  target?: string,
): Ending | undefined => {
  const place = placeOf(book, operation)
  if (place === undefined) return undefined
  const expected = place.quantity.set
  if (found === undefined) return { kind: 'left', expected }
  const to = valueWithout(place)
  if (isSameValue(found, to)) return { kind: 'nothing', now: found }
  if (isOurs(place.quantity, found, target)) return { kind: 'put', from: found, to }
  return { kind: 'left', expected, found, ...(!mayBeSame(place.quantity.target, target) && { isRecreated: true }) }
}

const valueWithout = ({ lease, quantity: { baseline, leases } }: Place): Value =>
  composeValue(baseline, holdingsOf(otherLeasesOf(lease, leases)))

/**
 * Called before the calls that revert a lease: until they are confirmed, AWS may have either value. Changes nothing if
 * someone else set the value.
 */
export const beginRevert = (book: LeaseBook, operation: string, found: Value, target?: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined || !isOurs(place.quantity, found, target)) return book
  const quantity = withoutDoubt(place.quantity)
  const set = valueWithout(place)
  const before = withoutLeases({ ...quantity, set: found })
  return withQuantity(book, place.lease.holding.kind, {
    ...quantity,
    set,
    ...(!isSameValue(found, set) && { doubt: { operation, found, before } }),
  })
}

/** Removes a lease after its revert. */
export const endLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, quantity } = place
  return without(book, lease, quantity.doubt?.operation === operation ? withoutDoubt(quantity) : quantity)
}

/**
 * Marks a lease that ended without a revert because someone else changed the value. A person has to remove the lease.
 */
export const markLeft = (book: LeaseBook, operation: string, found: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, left: lease.left ?? { found, at } }))

/** Marks a lease whose operation is dead: only a person can end it. */
export const markLost = (book: LeaseBook, operation: string, at: string): LeaseBook =>
  withChanged(book, operation, lease => ({ ...lease, lost: lease.lost ?? at }))

/** Ends a lease early. Only the first call moves its end. `approved`: see Lease. */
export const endNow = (
  book: LeaseBook,
  operation: string,
  by: Actor,
  now: string,
  { images = [], uncompared = [] }: Pick<Lease, 'images' | 'uncompared'> = {},
): LeaseBook =>
  withChanged(book, operation, lease => ({
    ...lease,
    ...(lease.endedBy === undefined && { endedBy: by, until: lease.until < now ? lease.until : now }),
    ...(images.length > 0 && { images }),
    ...(uncompared.length > 0 && { uncompared }),
  }))

/** Moves the end of a lease to a later time. Never shortens a lease, and never extends one that was ended. */
export const extendLease = (book: LeaseBook, operation: string, until: string): LeaseBook =>
  withChanged(book, operation, lease => (isEnded(lease) || until <= lease.until ? lease : { ...lease, until }))

/** Whether the lease was ended by a person, or ended without a revert. */
export const isEnded = ({ endedBy, left }: Lease): boolean => endedBy !== undefined || left !== undefined

const withChanged = (book: LeaseBook, operation: string, change: (lease: Lease) => Lease): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const leases = place.quantity.leases.map(one => (one.operation === operation ? change(one) : one))
  return withQuantity(book, place.lease.holding.kind, { ...place.quantity, leases })
}

/**
 * Makes the value of a running lease permanent: it becomes the baseline of the other leases. A lease that ended without
 * a revert, or whose operation is dead, is only removed. No call is sent to AWS, because the value that the leases set
 * does not change.
 */
export const keepLease = (book: LeaseBook, operation: string): LeaseBook => {
  const place = placeOf(book, operation)
  if (place === undefined) return book
  const { lease, quantity } = place
  return isRunning(lease) && lease.lost === undefined
    ? without(book, lease, { ...quantity, baseline: composeValue(quantity.baseline, [lease.holding]) })
    : without(book, lease, quantity)
}
