// Whether scheduled actions leave scaling policies room between the two bounds, and until when.

import type { Bounds, ScheduledBounds } from '../../model/ecs.ts'
import { nextFiring } from './schedule-expression.ts'
import { boundsSetBy, lastBefore, runsOf } from './schedule-steps.ts'

/** `today`: the bounds without temporary changes. `now`: ISO 8601. */
type Circumstances = {
  readonly others: readonly ScheduledBounds[]
  readonly today: Bounds
  readonly now: string
}

export const hasRoom = ({ min, max }: Bounds): boolean => min < max

/** A moment before or after, ISO 8601. */
const shifted = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** Whether a run of the action sets bounds without room where the other actions would leave some. */
export const takesRoom = (action: ScheduledBounds, { others, today, now }: Circumstances): boolean => {
  if (hasRoom(boundsSetBy(action, today))) return false
  const giving = others.filter(one => hasRoom(boundsSetBy(one, today)))
  const after = giving.flatMap(one => nextFiring(one, now) ?? []).map(at => nextFiring(action, shifted(at, -1)))
  return [...runsOf(action, now), ...after].some(at => {
    if (at === undefined) return false
    // An action at the same minute may run before it.
    const before = lastBefore(shifted(at, 1), others, now)
    return hasRoom(before === undefined ? today : boundsSetBy(before, today))
  })
}

/** Minutes from a run of the start to that of the end after it; the longest. */
export const longestMinutes = (start: ScheduledBounds, end: ScheduledBounds, now: string): number =>
  Math.max(
    0,
    ...runsOf(start, now).map(at =>
      Math.ceil((Date.parse(nextFiring(end, at) ?? FOREVER) - Date.parse(at)) / MINUTE_MS),
    ),
  )

const MINUTE_MS = 60_000
const FOREVER = '9999-12-31T23:59:59.999Z'

/** Whether bounds without room, of today or of another action, last longer once this action is deleted. */
export const givesRoomBack = (action: ScheduledBounds, { others, today, now }: Circumstances): boolean => {
  if (!hasRoom(boundsSetBy(action, today))) return false
  const giving = others.filter(one => hasRoom(boundsSetBy(one, today)))
  const taking = others.filter(one => !hasRoom(boundsSetBy(one, today)))
  const begins = [...(hasRoom(today) ? [] : [now]), ...taking.flatMap(one => nextFiring(one, now) ?? [])]
  return begins.some(at => {
    const ends = nextFiring(action, at)
    return ends !== undefined && giving.every(one => (nextFiring(one, at) ?? FOREVER) > ends)
  })
}

/** Whether bounds without room have lost their end where no scheduled action runs until then: one that runs once does not run later. */
export const losesEnd = (
  schedules: readonly ScheduledBounds[],
  until: string,
  { today, now }: Omit<Circumstances, 'others'>,
): boolean => {
  const lost = schedules.filter(one => one.expression.startsWith('at(') && (nextFiring(one, now) ?? FOREVER) <= until)
  const others = schedules.filter(one => !lost.includes(one))
  return lost.some(one => givesRoomBack(one, { others, today, now }))
}
