// Pure: of what a lease is. A service or a scalable target that was made anew has the name of the one before, and is another.
import type { Lease, LeaseBook } from './book.ts'
import type { Value } from './holding.ts'

/** Of what older versions wrote, nobody knows. */
export const mayBeSame = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === b

/** The others that run on what it runs on. */
export const otherLeasesOf = (lease: Lease, leases: readonly Lease[]): readonly Lease[] =>
  leases.filter(
    one =>
      one.operation !== lease.operation &&
      one.left === undefined &&
      mayBeSame(one.origin?.service, lease.origin?.service),
  )

/**
 * What is leased of the service that was made then; what is leased still of one before it will find that gone. With what only
 * a person can put away.
 */
export const leasesOnService = (book: LeaseBook, createdAt: string): LeaseBook => ({
  ...book,
  held: Object.fromEntries(
    Object.entries(book.held).flatMap(([kind, held]) => {
      const leases = held.leases.filter(one => one.lost !== undefined || mayBeSame(one.origin?.service, createdAt))
      return leases.length === 0 ? [] : [[kind, { ...held, leases }]]
    }),
  ),
})

/** What the last to end puts back; undefined where others have begun since on a service that was made anew. */
export const baselineOf = ({ held }: LeaseBook, { holding, origin }: Lease): Value | undefined => {
  const of = held[holding.kind]
  return mayBeSame(of?.leases.at(-1)?.origin?.service, origin?.service) ? of?.baseline : undefined
}

/** The others that hold the same. */
export const otherLeases = ({ held }: LeaseBook, lease: Lease): readonly Lease[] =>
  otherLeasesOf(lease, held[lease.holding.kind]?.leases ?? [])
