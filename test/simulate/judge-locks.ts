// Judges locks: an operation that writes to a service has its lock in the store at that time.
import type { Evidence, LockChange, Operation, Write } from './evidence.ts'

/** Strict comparison: events of one millisecond may have either order. */
const lockAgainst = ({ place, at, operation, role }: Write, { lockChanges }: Evidence): LockChange | undefined => {
  // A command may run next to a change.
  if (role === 'exec') return undefined
  const last = lockChanges.findLast(one => one.place === place && one.at < at)
  const isTheirs = last?.operation !== undefined && last.operation !== operation && (last.until ?? 0) > at
  // The lock's owner at the start of that millisecond, and its new owner within it.
  const isOurs = lockChanges.some(one => one.place === place && one.at === at && one.operation === operation)
  return isTheirs && !isOurs ? last : undefined
}

/** Rollbacks and changes that break glass may take over a lock. */
const mayTakeOver = (line: string): boolean => line.startsWith('rollback ') || line.includes(' --break-glass')

type LockTakeover = { readonly by: Operation; readonly from: Operation; readonly place: string; readonly at: number }

/** Locks that were taken from another operation. */
const lockTakeovers = ({ lockChanges, operations }: Evidence): readonly LockTakeover[] =>
  lockChanges.flatMap(({ operation, place, at }, nth) => {
    const before = lockChanges.slice(0, nth).findLast(one => one.place === place)
    const [by, from] = [operation, before?.operation].map(id => operations.find(one => one.id === id))
    const isTaken = by !== undefined && from !== undefined && by !== from && (before?.until ?? 0) > at
    return isTaken ? [{ by, from, place, at }] : []
  })

const wasTakenOver = (evidence: Evidence): readonly string[] =>
  lockTakeovers(evidence)
    .filter(({ by }) => !mayTakeOver(by.line))
    .map(({ by, from, place }) => `${by.id} (${by.line}) took ${place} from ${from.id}`)

/** An operation checks its lock before each call and before it reports progress. */
export const operationsStopAfterTakeover = (evidence: Evidence): readonly string[] =>
  lockTakeovers(evidence)
    .filter(({ from: { lease, settledAt = 0 }, at }) => lease === undefined && settledAt > at)
    .filter(({ from: { ending } }) => ending !== 'superseded' && ending !== 'unknown')
    .map(
      ({ by, from }) =>
        `${from.id} (${from.line}) continued until ${from.ending} after the takeover by ${by.id} (${by.line})`,
    )

export const oneChangeAtATime = (evidence: Evidence): readonly string[] => [
  ...wasTakenOver(evidence),
  ...evidence.writes.flatMap(write => {
    const lock = lockAgainst(write, evidence)
    return lock === undefined ? [] : [`${write.operation} changed ${write.place}, which ${lock.operation} had locked`]
  }),
]
