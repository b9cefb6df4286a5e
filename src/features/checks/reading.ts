// Reads the data of checks in batches. A failed read is recorded, and the results of the others are still used.

import { RemoteError } from '../../model/errors.ts'
import type { CheckReads } from './reads.ts'

export type Reading = {
  readonly read: CheckReads
  /** The reads that failed, in order. This array is mutable. */
  readonly problems: RemoteError[]
  /** The names of clusters with more tasks than are read. This array is mutable. */
  readonly crowded: string[]
  readonly isOneService: boolean
}

/** Awaits a read. If it fails, records the failure and returns `otherwise`. */
export const orElse = async <T>(request: Promise<T>, otherwise: T, { problems }: Reading): Promise<T> => {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    problems.push(error)
    return otherwise
  }
}
