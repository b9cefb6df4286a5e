// Scheduled actions move what leases hold. One that is about to goes before the end of a lease; one that fired while that
// was on its way, and was overwritten by it, is made good.

import type { Value } from '../../../engine/leases/holding.ts'
import { schedulesBefore } from '../../../features/scaling/autoscaling.ts'
import type { Autoscaling, Bounds, ScheduledBounds } from '../../../model/ecs.ts'
import { canonicalJson } from '../../../model/json.ts'
import { inBounds } from '../../../model/scaling-words.ts'

const SOON_MS = 120_000

export const scheduleDue = (autoscaling: Autoscaling, now: string): string | undefined => {
  const [first] = schedulesBefore(autoscaling, now, new Date(Date.parse(now) + SOON_MS).toISOString())
  return (
    first && `The scheduled action \`${first.schedule.name}\` is due at ${first.at.slice(11, 16)} UTC and goes first.`
  )
}

/** What has to be set again, because it was put back over a scheduled action that fired between `since` and `now`. */
export const overwritten = (
  put: Value,
  found: Value | undefined,
  autoscaling: Autoscaling,
  since: string,
  now: string,
): Value | undefined => {
  const fired = schedulesBefore(autoscaling, since, now).map(({ schedule }) => schedule)
  if (fired.length === 0 || found === undefined || canonicalJson(found) !== canonicalJson(put)) return undefined
  const due = dueOf(put, fired, autoscaling)
  return canonicalJson(due) === canonicalJson(put) ? undefined : due
}

const dueOf = (put: Value, fired: readonly ScheduledBounds[], autoscaling: Autoscaling): Value => {
  if ('max' in put) return fired.reduce(moved, put)
  return 'tasks' in put ? { tasks: inBounds(put.tasks, autoscaling) } : put
}

/** As Application Auto Scaling would: what a schedule does not say stays, and bounds never cross. */
const moved = (bounds: Bounds, { min = bounds.min, max = bounds.max }: ScheduledBounds): Bounds =>
  min > max ? bounds : { min, max }

/** Which of the actions that fired since then has set what is there now. */
export const firedInto = (
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
