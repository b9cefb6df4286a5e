// Pure: detects by its creation time whether a service or scalable target was recreated under the same name.
import type { Lease, LeaseBook } from './book.ts'
import type { Value } from './holding.ts'

/** Whether two creation times may be the same. True if one is unknown, because earlier versions did not store it. */
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
 * The leases on the service that AWS created at `createdAt`, without those on a service of the same name that was
 * deleted before. Includes the leases of dead operations, which only a person can end.
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

/** The value that is restored after the last lease; undefined if the service was recreated and has newer leases. */
export const baselineOf = ({ held }: LeaseBook, { holding, origin }: Lease): Value | undefined => {
  const quantity = held[holding.kind]
  return mayBeSame(quantity?.leases.at(-1)?.origin?.service, origin?.service) ? quantity?.baseline : undefined
}

/** The other leases that set the same quantity. */
export const otherLeases = ({ held }: LeaseBook, lease: Lease): readonly Lease[] =>
  otherLeasesOf(lease, held[lease.holding.kind]?.leases ?? [])
