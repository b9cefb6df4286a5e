// One hand on a service: who changes it holds its lock, as the store had it at that moment.
import type { Evidence, Locking, Operation, Write } from './evidence.ts'

/** Strictly: what happens in the same millisecond may be seen either way. */
const heldAgainst = ({ place, at, operation, role }: Write, { lockings }: Evidence): Locking | undefined => {
  // A command goes on beside a change.
  if (role === 'exec') return undefined
  const last = lockings.findLast(one => one.place === place && one.at < at)
  const isTheirs = last?.operation !== undefined && last.operation !== operation && (last.until ?? 0) > at
  // Whose lock it was at the beginning of that millisecond, and whose it became within it.
  const isOurs = lockings.some(one => one.place === place && one.at === at && one.operation === operation)
  return isTheirs && !isOurs ? last : undefined
}

/** Going back is urgent, and nothing else is. */
const mayTakeOver = (line: string): boolean => line.startsWith('rollback ')

type Taking = { readonly by: Operation; readonly from: Operation; readonly place: string; readonly at: number }

/** Locks that were somebody else's still. */
const takings = ({ lockings, operations }: Evidence): readonly Taking[] =>
  lockings.flatMap(({ operation, place, at }, nth) => {
    const before = lockings.slice(0, nth).findLast(one => one.place === place)
    const [by, from] = [operation, before?.operation].map(id => operations.find(one => one.id === id))
    const isTaken = by !== undefined && from !== undefined && by !== from && (before?.until ?? 0) > at
    return isTaken ? [{ by, from, place, at }] : []
  })

const takenOver = (evidence: Evidence): readonly string[] =>
  takings(evidence)
    .filter(({ by }) => !mayTakeOver(by.line))
    .map(({ by, from, place }) => `${by.id} (${by.line}) took ${place} from ${from.id}`)

/** It looks once more before each call, and before it says how far it is. */
export const whoIsTakenOverGivesWay = (evidence: Evidence): readonly string[] =>
  takings(evidence)
    .filter(({ from: { lease, settledAt = 0 }, at }) => lease === undefined && settledAt > at)
    .filter(({ from: { ending } }) => ending !== 'superseded' && ending !== 'unknown')
    .map(
      ({ by, from }) =>
        `${from.id} (${from.line}) went on until ${from.ending} after ${by.id} (${by.line}) had taken over`,
    )

export const oneChangeAtATime = (evidence: Evidence): readonly string[] => [
  ...takenOver(evidence),
  ...evidence.writes.flatMap(write => {
    const held = heldAgainst(write, evidence)
    return held === undefined ? [] : [`${write.operation} changed ${write.place}, which ${held.operation} had locked`]
  }),
]
