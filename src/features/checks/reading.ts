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

export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] => {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

const AT_ONCE = 4

/** Reads in batches of AT_ONCE, because the whole account shares AWS's rate limits. */
export const inBatches = async <T, Answer>(
  items: readonly T[],
  ask: (item: T) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(ask))))
  return answers
}
