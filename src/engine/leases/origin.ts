// Pure: tells a service or scalable target from one that was recreated under the same name, by its creation time.
import type { Lease, LeaseBook } from './book.ts'
import type { Value } from './holding.ts'

/** True when a time is unknown: earlier versions did not store it. */
export const mayBeSame = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === b

/** The other running leases on the same service. */
export const otherLeasesOf = (lease: Lease, leases: readonly Lease[]): readonly Lease[] =>
  leases.filter(
    one =>
      one.operation !== lease.operation &&
      one.left === undefined &&
      mayBeSame(one.origin?.service, lease.origin?.service),
  )

/**
 * The leases on the service that AWS created at `createdAt`, without those on one that was deleted before it. Includes the
 * leases of dead operations, which only a person can end.
 */
export const leasesOnService = (book: LeaseBook, createdAt: string): LeaseBook => ({
  ...book,
  held: Object.fromEntries(
    Object.entries(book.held).flatMap(([kind, quantity]) => {
      const leases = quantity.leases.filter(one => one.lost !== undefined || mayBeSame(one.origin?.service, createdAt))
      return leases.length === 0 ? [] : [[kind, { ...quantity, leases }]]
    }),
  ),
})

/** The value that the last lease to end restores; undefined when the service was recreated and has newer leases. */
export const baselineOf = ({ held }: LeaseBook, { holding, origin }: Lease): Value | undefined => {
  const quantity = held[holding.kind]
  return mayBeSame(quantity?.leases.at(-1)?.origin?.service, origin?.service) ? quantity?.baseline : undefined
}

/** The other leases on the same quantity. */
export const otherLeases = ({ held }: LeaseBook, lease: Lease): readonly Lease[] =>
  otherLeasesOf(lease, held[lease.holding.kind]?.leases ?? [])
