// The temporary changes (leases) of one service as data: their values, the baseline, and calls whose result is unknown.

import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Holding, Quantity, Value } from './holding.ts'

/** A lease that a plan requests. `found`: the value in AWS before the change. */
export type PlannedLease = {
  readonly holding: Holding
  readonly minutes: number
  readonly found: Value
  readonly origin: Origin
}

export type Lease = {
  /** The id of the lease, which is the id of the operation that began it. */
  readonly operation: string
  readonly holding: Holding
  /**
   * The service and scalable target of the lease. Absent in leases that earlier versions stored; the current service
   * and target are then assumed.
   */
  readonly origin?: Origin
  readonly holder: Actor
  /** When the lease began. All times in this file are ISO 8601. */
  readonly begun: string
  readonly until: string
  /** The person who ended the lease early. */
  readonly endedBy?: Actor
  /** The digests of images that were approved for the return of capacity, besides those that run. */
  readonly images?: readonly string[]
  /** The containers whose image could not be compared when the return was approved. */
  readonly uncompared?: readonly string[] | 'all'
  /**
   * Present if the lease ended without a revert because someone else had changed the value. A person has to decide.
   * `found`: the changed value, in words.
   */
  readonly left?: { readonly found: string; readonly at: string }
  /** When the lease's operation was found dead; absent otherwise. The value stays until a person ends the lease. */
  readonly lost?: string
}

/**
 * `baseline`: the value that is restored after the last lease. `set`: the value that the leases set. `target`: when AWS
 * created the scalable target, ISO 8601.
 */
type State = { readonly baseline: Value; readonly set: Value; readonly target?: string }

/** Calls whose result is unknown: AWS may have the value `found` from before the calls, instead of `set`. */
type UnconfirmedCalls = { readonly operation: string; readonly found: Value; readonly before: StateBefore }

/**
 * The state before the calls. It may itself have a `doubt`, because AWS may still apply the interrupted revert of
 * another lease.
 */
export type StateBefore = State & { readonly doubt?: UnconfirmedCalls }

export type LeasedQuantity = State & { readonly leases: readonly Lease[]; readonly doubt?: UnconfirmedCalls }

/** The lease book of a service. `held`: leases by quantity; it lists only quantities that have leases. */
export type LeaseBook = {
  readonly target: ServiceRef
  readonly held: { readonly [Q in Quantity]?: LeasedQuantity }
}

/** When AWS created the service and, for bounds and suspensions, the scalable target; both ISO 8601. */
export type Origin = { readonly service: string; readonly target?: string }

export const emptyBook = (target: ServiceRef): LeaseBook => ({ target, held: {} })

export const isEmpty = ({ held }: LeaseBook): boolean => Object.keys(held).length === 0

export const leasesOf = ({ held }: LeaseBook): readonly Lease[] => Object.values(held).flatMap(({ leases }) => leases)

export const leaseOf = (book: LeaseBook | undefined, operation: string): Lease | undefined =>
  book === undefined ? undefined : leasesOf(book).find(lease => lease.operation === operation)
