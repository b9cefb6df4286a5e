// Pure: groups changes that have the same cause, such as a deployment, the tasks that failed in the deployment, and the
// deployment's rollback.

import { type Change, lastOf } from './change.ts'

/**
 * Changes of one cause, oldest first. `last`: when the cause last changed. `times`: how many changes of the same kind,
 * such as autoscaling steps, were joined into this group.
 */
export type Cause = {
  readonly changes: readonly [Change, ...Change[]]
  readonly isBad: boolean
  readonly last: string
  readonly times: number
}

/** Groups changes by their cause. The cause with the most recent change comes first. */
export const groupChanges = (changes: readonly Change[]): readonly Cause[] => {
  const groups = new Map<string, [Change, ...Change[]]>()
  for (const [nth, change] of changes.entries()) {
    const key = change.cause ?? `single ${nth}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [change])
    else known.push(change)
  }
  return joinRuns([...groups.values()].map(causeOf).toSorted((a, b) => compare(b.last, a.last)))
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const causeOf = (changes: readonly [Change, ...Change[]]): Cause => {
  const [first, ...others] = changes.toSorted(
    (a, b) => Number(a.isEnd === true) - Number(b.isEnd === true) || compare(a.at, b.at),
  )
  const ordered: Cause['changes'] = [first ?? changes[0], ...others]
  const last = ordered.map(lastOf).toSorted(compare).at(-1) ?? changes[0].at
  return { changes: ordered, isBad: changes.some(({ isBad }) => isBad), last, times: 1 }
}

/** Joins consecutive causes that have the same `run`. The newest change is shown, with the time of the oldest. */
const joinRuns = (causes: readonly Cause[]): readonly Cause[] => {
  const joined: Cause[] = []
  for (const cause of causes) {
    const before = joined.at(-1)
    const run = runOf(cause)
    if (before === undefined || run === undefined || runOf(before) !== run) {
      joined.push(cause)
      continue
    }
    const [newest] = before.changes
    const [older] = cause.changes
    const change = { ...newest, at: older.at, last: before.last }
    joined[joined.length - 1] = { ...before, changes: [change], times: before.times + 1 }
  }
  return joined
}

const runOf = ({ changes: [change, ...others] }: Cause): string | undefined =>
  others.length === 0 ? change.run : undefined
