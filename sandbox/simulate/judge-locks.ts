// One hand on a service: who changes it holds its lock, as the store had it at that moment.
import type { Evidence, Locking, Write } from './evidence.ts'

/** Strictly: what happens in the same millisecond may be seen either way. */
const heldAgainst = ({ place, at, operation }: Write, { lockings }: Evidence): Locking | undefined => {
  const last = lockings.findLast(one => one.place === place && one.at < at)
  const isTheirs = last?.operation !== undefined && last.operation !== operation && (last.until ?? 0) > at
  // Whose lock it was at the beginning of that millisecond, and whose it became within it.
  const isOurs = lockings.some(one => one.place === place && one.at === at && one.operation === operation)
  return isTheirs && !isOurs ? last : undefined
}

/** Going back is urgent, and nothing else is. */
const mayTakeOver = (line: string): boolean => line.startsWith('rollback ')

const takenOver = (evidence: Evidence): readonly string[] =>
  evidence.lockings.flatMap((locking, at) => {
    const { operation, place } = locking
    const before = evidence.lockings.slice(0, at).findLast(one => one.place === place)
    const isFree =
      operation === undefined ||
      before?.operation === undefined ||
      before.operation === operation ||
      (before.until ?? 0) <= locking.at
    const line = evidence.operations.find(({ id }) => id === operation)?.line ?? ''
    return isFree || mayTakeOver(line) ? [] : [`${operation} (${line}) took ${place} from ${before.operation}`]
  })

export const oneChangeAtATime = (evidence: Evidence): readonly string[] => [
  ...takenOver(evidence),
  ...evidence.writes.flatMap(write => {
    const held = heldAgainst(write, evidence)
    return held === undefined ? [] : [`${write.operation} changed ${write.place}, which ${held.operation} had locked`]
  }),
]
