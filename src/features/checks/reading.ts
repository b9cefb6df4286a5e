// Reads for checks in batches: a failed read is recorded, and the others still count.

import { RemoteError } from '../../model/errors.ts'
import type { CheckReads } from './reads.ts'

export type Reading = {
  readonly read: CheckReads
  /** Failed reads, in order; mutable. */
  readonly problems: RemoteError[]
  /** Names of clusters with more tasks than are read; mutable. */
  readonly crowded: string[]
  readonly isOneService: boolean
}

/** Returns `otherwise` for a read that fails, and records the failure. */
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

/** Asks in batches of AT_ONCE, since the whole account shares AWS's rate limits. */
export const inBatches = async <T, Answer>(
  items: readonly T[],
  ask: (item: T) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(ask))))
  return answers
}
