// Pure: when a digest is due. A time that the clocks skip is due when the skipped hour ends; one that they show twice, the first
// time.

import { createOffsets } from '../../model/time.ts'
import { lastFiring, nextFiring } from '../scaling/schedule-expression.ts'

type Timed = { readonly cron: string; readonly zone: string }

/** How long after it was due a digest is still posted. After a longer outage the next one tells the same. */
export const MAX_LATE_MS = 24 * 3_600_000

/** From this delay on, the digest says that it is late. Scheduler asks every five minutes. */
export const LATE_MS = 20 * 60_000

/** The last time at which the digest was due, after `known` (ISO 8601); undefined if there is none that is still posted. */
export const lastDue = ({ cron, zone }: Timed, known: string, now: string): string | undefined => {
  const at = Date.parse(now)
  const from = Math.max(Date.parse(known), at - MAX_LATE_MS)
  const schedule = { name: '', expression: cron, timezone: zone }
  const due = lastFiring(schedule, new Date(from).toISOString(), new Date(at + 1).toISOString())
  if (due === undefined || Date.parse(due) <= from) return undefined
  return firstShowing(due, zone)
}

export const nextDue = ({ cron, zone }: Timed, now: string): string | undefined =>
  nextFiring({ name: '', expression: cron, timezone: zone }, now)

/** Clocks go back by half an hour, an hour or, rarely, two. */
const SHIFTS_MS = [30, 60, 120].map(minutes => minutes * 60_000)

/** The first time at which the clocks showed what they show at `due`. */
const firstShowing = (due: string, zone: string): string => {
  const offset = createOffsets(zone)
  const at = Date.parse(due)
  const shift = SHIFTS_MS.find(one => offset(at - one) - offset(at) === one)
  return shift === undefined ? due : new Date(at - shift).toISOString()
}
