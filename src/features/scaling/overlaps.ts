// Finds the scheduled actions that set other bounds while a new schedule holds. AWS has no windows: the last to fire wins.

import type { ScheduledBounds } from '../../model/ecs.ts'
import { nextFirings } from './clock-changes.ts'
import { nextFiring } from './schedule-expression.ts'
import type { Schedules } from './schedule-words.ts'

/** A scheduled action that fires while the new bounds hold. `at`: when it fires first, ISO 8601. */
export type Overlap = { readonly schedule: ScheduledBounds; readonly at: string }

/** The windows that are compared: two weeks of a daily schedule. */
const MOST_WINDOWS = 14

export const overlapsOf = (
  { start, end }: Schedules,
  existing: readonly ScheduledBounds[],
  now: string,
): readonly Overlap[] => {
  const others = existing.filter(({ name }) => name !== start.name && name !== end?.name)
  const windows = nextFirings(start, now, MOST_WINDOWS).map(from => ({
    from,
    until: end === undefined ? undefined : nextFiring(end, from),
  }))
  return others.flatMap(schedule => {
    const found = windows.flatMap(({ from, until }) => {
      // An action at the same minute fires in an order that AWS does not state.
      const at = nextFiring(schedule, new Date(Date.parse(from) - 1).toISOString())
      return at !== undefined && (until === undefined || at < until) ? [at] : []
    })
    const [at] = found
    return at === undefined ? [] : [{ schedule, at }]
  })
}
