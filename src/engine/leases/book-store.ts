// The stored leases of one service: changed by conditional writes, tried again after a conflict.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'
import { emptyBook, isEmpty, type LeaseBook } from './book.ts'

/** What is leased, a book for each service: one partition, because people ask for all of them. */
export const LEASES = 'leases'

export const bookKey = (serviceArn: string): Key => ({ pk: LEASES, sk: serviceArn })

/** Changes the book of a service: read, change, write if nobody else wrote meanwhile; again if they did. Gone when it is empty. */
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
  throw new Error(`the leases of ${target.service} never stood still`)
}

/** Two dozen people clicking at once each lose a write or two; none loses this often. */
const MOST_TRIES = 40
