// Coordinates reverts with scheduled actions: waits for an action that is due soon, and repeats an action that a revert
// overwrote.

import type { Value } from '../../../engine/leases/holding.ts'
import { schedulesBefore } from '../../../features/scaling/autoscaling.ts'
import { timeMark } from '../../../kit/messages/markup.ts'
import type { Autoscaling, Bounds, ScheduledBounds } from '../../../model/ecs.ts'
import { canonicalJson } from '../../../model/json.ts'
import { inBounds } from '../../../model/scaling-words.ts'

const IMMINENT_MS = 120_000

export const scheduleDue = (autoscaling: Autoscaling, now: string): string | undefined => {
  const [first] = schedulesBefore(autoscaling, now, new Date(Date.parse(now) + IMMINENT_MS).toISOString())
  return first && `The scheduled action \`${first.schedule.name}\` runs first, at ${timeMark(first.at)}.`
}

/**
 * The value that a scheduled action set between `since` and `now` and that `put` overwrote; undefined if there is none.
 */
export const overwrittenValue = (
  put: Value,
  found: Value | undefined,
  autoscaling: Autoscaling,
  since: string,
  now: string,
): Value | undefined => {
  const fired = schedulesBefore(autoscaling, since, now).map(({ schedule }) => schedule)
  if (fired.length === 0 || found === undefined || canonicalJson(found) !== canonicalJson(put)) return undefined
  const due = expectedValue(put, fired, autoscaling)
  return canonicalJson(due) === canonicalJson(put) ? undefined : due
}

const expectedValue = (put: Value, fired: readonly ScheduledBounds[], autoscaling: Autoscaling): Value => {
  if ('max' in put) return fired.reduce(applyAction, put)
  return 'tasks' in put ? { tasks: inBounds(put.tasks, autoscaling) } : put
}

/**
 * The bounds after a scheduled action, as Application Auto Scaling computes them: a missing bound stays, and min never
 * exceeds max.
 */
const applyAction = (bounds: Bounds, { min = bounds.min, max = bounds.max }: ScheduledBounds): Bounds =>
  min > max ? bounds : { min, max }

/** The scheduled action since the given time that set the found value. */
export const actionThatSet = (
  found: Value | undefined,
  autoscaling: Autoscaling,
  since: string,
  now: string,
): ScheduledBounds | undefined =>
  schedulesBefore(autoscaling, since, now)
    .map(({ schedule }) => schedule)
    .findLast(schedule => found !== undefined && hasSet(schedule, found))

const hasSet = ({ min, max }: ScheduledBounds, found: Value): boolean => {
  if ('max' in found) return (min ?? found.min) === found.min && (max ?? found.max) === found.max
  return 'tasks' in found && [min, max].includes(found.tasks)
}
