// Makes the calls that extend, keep or end leases. They change only our own store, with the same audit as calls to AWS.

import type { LeaseCall } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { scheduleLeaseCheck } from '../../../engine/jobs/timers.ts'
import { type Lease, leaseOf } from '../../../engine/leases/book.ts'
import { updateBook } from '../../../engine/leases/book-store.ts'
import { endNow, extendLease, isEnded, keepLease } from '../../../engine/leases/compose.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Story } from '../story.ts'

const approvedIn = ({ images, uncompared }: LeaseCall['input']): Pick<Lease, 'images' | 'uncompared'> => ({
  ...(Array.isArray(images) && { images: images.map(String) }),
  ...(Array.isArray(uncompared) && { uncompared: uncompared.map(String) }),
  ...(uncompared === 'all' && { uncompared }),
})

/**
 * Makes one call. Idempotent. The operation that runs the lease reads the change within minutes. Throws RemoteError if
 * the lease is over.
 */
export const makeLeaseCall = async ({ action, input }: LeaseCall, { ports, face }: Story): Promise<string> => {
  const operation = String(input['lease'])
  const until = String(input['until'])
  await updateBook(ports.store, face.plan.target, book => {
    if (action === 'KeepLease') return keepLease(book, operation)
    if (action === 'EndLease') return endNow(book, operation, face.requester, ports.now(), approvedIn(input))
    const lease = leaseOf(book, operation)
    if (lease === undefined || isEnded(lease) || lease.until <= ports.now())
      throw new RemoteError('The temporary change has ended', { code: 'LeaseOver', passing: false })
    return extendLease(book, operation, until)
  })
  await scheduleLeaseCheck(operation, ports).catch(error => logError('lease', operation, error))
  return 'quarterdeck'
}
