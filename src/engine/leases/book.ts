// The temporary changes (leases) of one service as data: their values, the baseline, and calls without a known result.

import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Holding, Quantity, Value } from './holding.ts'

/** A lease that a plan requests. `found`: the value in AWS before it. */
export type PlannedLease = {
  readonly holding: Holding
  readonly minutes: number
  readonly found: Value
  readonly origin: Origin
}

export type Lease = {
  /** The id of the operation that began it: the id of the lease. */
  readonly operation: string
  readonly holding: Holding
  /** Absent in leases that earlier versions stored: assumed to be the existing service. */
  readonly origin?: Origin
  readonly holder: Actor
  /** ISO 8601, as all times here. */
  readonly begun: string
  readonly until: string
  /** The person who ended it before its time. */
  readonly endedBy?: Actor
  /** Ended without a revert, because someone else had changed the value: a person has to decide. `found`: that value, in words. */
  readonly left?: { readonly found: string; readonly at: string }
  /** When its operation was found dead: the value stays until a person ends the lease. */
  readonly lost?: string
}

/** `set`: the value that the leases set. `target`: when AWS created the scalable target, ISO 8601. */
type State = { readonly baseline: Value; readonly set: Value; readonly target?: string }

/** Calls without a known result: AWS may have the value `found` before them, not `set`. */
type UnconfirmedCalls = { readonly operation: string; readonly found: Value; readonly before: StateBefore }

/** The interrupted revert of another lease may still be applied by AWS: hence `doubt`. */
export type StateBefore = State & { readonly doubt?: UnconfirmedCalls }

export type LeasedQuantity = State & { readonly leases: readonly Lease[]; readonly doubt?: UnconfirmedCalls }

/** `held`: by quantity, only those with leases. */
export type LeaseBook = {
  readonly target: ServiceRef
  readonly held: { readonly [Q in Quantity]?: LeasedQuantity }
}

/** When AWS created the service and, for bounds and suspensions, the scalable target, ISO 8601. */
export type Origin = { readonly service: string; readonly target?: string }

export const emptyBook = (target: ServiceRef): LeaseBook => ({ target, held: {} })

export const isEmpty = ({ held }: LeaseBook): boolean => Object.keys(held).length === 0

export const leasesOf = ({ held }: LeaseBook): readonly Lease[] => Object.values(held).flatMap(({ leases }) => leases)

export const leaseOf = (book: LeaseBook | undefined, operation: string): Lease | undefined =>
  book === undefined ? undefined : leasesOf(book).find(lease => lease.operation === operation)
