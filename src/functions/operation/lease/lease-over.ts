// Whether the time of a temporary change is over while the change itself is still watched.

import { type LeaseBook, leaseOf } from '../../../engine/leases/book.ts'
import { bookKey } from '../../../engine/leases/book-store.ts'
import type { Story } from '../story.ts'

/** Also true once a person ended it. Always false while it is reverted: that is watched to its own end. */
export const isLeaseOver = async ({ job, ports, face, turn }: Story): Promise<boolean> => {
  if (face.plan.lease === undefined || turn !== undefined) return false
  const book = (await ports.store.get<LeaseBook>(bookKey(face.plan.target.arn)))?.value
  const lease = leaseOf(book, job.id)
  return lease !== undefined && lease.until <= ports.now()
}
