// Stores the lease book of a service with conditional writes, which are retried after a conflict.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'
import { emptyBook, isEmpty, type LeaseBook } from './book.ts'

/** The partition key of all lease books. They share one partition because `/ecs leases` reads all of them. */
export const LEASES = 'leases'

export const bookKey = (serviceArn: string): Key => ({ pk: LEASES, sk: serviceArn })

/** Applies `change` to the book and returns the result. Removes an empty book. Throws after 40 conflicting writes. */
export const updateBook = async (
  store: Store,
  target: ServiceRef,
  change: (book: LeaseBook) => LeaseBook,
): Promise<LeaseBook> => {
  const key = bookKey(target.arn)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const item = await store.get<LeaseBook>(key)
    const before = item?.value ?? emptyBook(target)
    const after = change(before)
    if (after === before) return before
    const isWritten =
      item === undefined
        ? await store.create(key, after)
        : isEmpty(after)
          ? await store.remove(key, item.version)
          : await store.replace(key, after, item.version)
    if (isWritten) return after
  }
  throw new Error(`could not update the leases of ${target.service}: ${MOST_TRIES} conflicting writes`)
}

/** The maximum number of tries: far more than the conflicts that two dozen simultaneous clicks cause. */
const MOST_TRIES = 40
