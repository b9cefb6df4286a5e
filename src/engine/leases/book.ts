// The leases of one service as data: what each holds, the baseline, and what is in doubt.

import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Holding, Quantity, Value } from './holding.ts'

/** A lease that a plan asks for. `found`: what is there before it, when nothing else is leased. */
export type PlannedLease = {
  readonly holding: Holding
  readonly minutes: number
  readonly found: Value
  readonly origin: Origin
}

export type Lease = {
  /** Of the operation that began it; a lease has no other name. */
  readonly operation: string
  readonly holding: Holding
  /** Not there in leases of before there was this field: those are taken to be of what is there. */
  readonly origin?: Origin
  readonly holder: Actor
  readonly begun: string
  readonly until: string
  /** Who ended it before its time. */
  readonly endedBy?: Actor
  /** Its end has come, and what it held had been changed by somebody else: it waits for a person. */
  readonly left?: { readonly found: string; readonly at: string }
  /** Since when its operation is known to be gone: it holds what it holds until a person ends it. */
  readonly lost?: string
}

/** `target`: the origin of the scalable target that has it. */
type State = { readonly baseline: Value; readonly set: Value; readonly target?: string }

/** Calls are on their way, or were lost there: AWS may have what was `found` before them, instead of what is `set`. */
type UnconfirmedCalls = { readonly operation: string; readonly found: Value; readonly before: StateBefore }

/** What somebody else was about to do then may still be done. */
export type StateBefore = State & { readonly doubt?: UnconfirmedCalls }

export type LeasedQuantity = State & { readonly leases: readonly Lease[]; readonly doubt?: UnconfirmedCalls }

export type LeaseBook = {
  readonly target: ServiceRef
  readonly held: { readonly [Q in Quantity]?: LeasedQuantity }
}

/** When AWS made the service, and of bounds and suspensions the scalable target, ISO 8601. */
export type Origin = { readonly service: string; readonly target?: string }

export const emptyBook = (target: ServiceRef): LeaseBook => ({ target, held: {} })

export const isEmpty = ({ held }: LeaseBook): boolean => Object.keys(held).length === 0

export const leasesOf = ({ held }: LeaseBook): readonly Lease[] => Object.values(held).flatMap(({ leases }) => leases)

export const leaseOf = (book: LeaseBook | undefined, operation: string): Lease | undefined =>
  book === undefined ? undefined : leasesOf(book).find(lease => lease.operation === operation)
