// Finds the times of a schedule that a clock change skips or repeats.

import type { ScheduledBounds } from '../../model/ecs.ts'
import { createOffsets } from '../../model/time.ts'
import { nextFiring } from './schedule-expression.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const DAYS_AHEAD = 366

/** `at`: the local time, `2027-03-28 02:30`. `skipped`: the clocks do not show it; otherwise they show it twice. */
export type ClockChange = { readonly at: string; readonly skipped: boolean }

type Timed = Pick<ScheduledBounds, 'expression' | 'timezone'>

/** The times within a year from `now` (ISO 8601). A rate follows no clock. */
export const clockChanges = (schedule: Timed, now: string): readonly ClockChange[] =>
  schedule.expression.startsWith('rate(')
    ? []
    : changesOf(schedule.timezone, Date.parse(now)).flatMap(change => timeIn(schedule, change) ?? [])

/** A span of local times, as epoch milliseconds as if they were UTC. */
type Hour = { readonly from: number; readonly until: number; readonly skipped: boolean }

const changesOf = (zone: string, now: number): readonly Hour[] => {
  const offset = createOffsets(zone)
  return Array.from({ length: DAYS_AHEAD }, (_, day) => now + day * DAY_MS).flatMap(start => {
    const [before, after] = [offset(start), offset(start + DAY_MS)]
    if (before === after) return []
    const at = firstAfter(start, start + DAY_MS, moment => offset(moment) !== before)
    return [{ from: at + Math.min(before, after), until: at + Math.max(before, after), skipped: after > before }]
  })
}

/** The first minute at which `isTrue`, between a time where it is not and a time where it is. */
const firstAfter = (low: number, high: number, isTrue: (at: number) => boolean): number => {
  let [no, yes] = [Math.floor(low / MINUTE_MS), Math.ceil(high / MINUTE_MS)]
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (isTrue(middle * MINUTE_MS)) yes = middle
    else no = middle
  }
  return yes * MINUTE_MS
}

/** The local time of the schedule in the span: its expression is read as if the clock of the span were UTC. */
const timeIn = ({ expression }: Timed, { from, until, skipped }: Hour): ClockChange | undefined => {
  const local = { name: '', expression, timezone: 'UTC' }
  const at = nextFiring(local, new Date(from - 1).toISOString())
  if (at === undefined || Date.parse(at) >= until) return undefined
  return { at: at.slice(0, 16).replace('T', ' '), skipped }
}

/** The next times of a schedule, without those that the clocks skip: ISO 8601. */
export const nextFirings = (schedule: ScheduledBounds, now: string, most: number): readonly string[] => {
  const offset = createOffsets(schedule.timezone)
  const skipped = new Set(clockChanges(schedule, now).flatMap(({ at, skipped }) => (skipped ? [at.slice(0, 10)] : [])))
  const found: string[] = []
  let after = now
  // A schedule that runs each minute has 60 times in a skipped hour.
  for (let tries = 0; tries < most + 200 && found.length < most; tries += 1) {
    const next = nextFiring(schedule, after)
    if (next === undefined) break
    after = next
    if (!skipped.has(localDay(next, offset)) || isOnTime(schedule, next, offset)) found.push(next)
  }
  return found
}

const localOf = (at: string, offset: (at: number) => number): number => Date.parse(at) + offset(Date.parse(at))

const localDay = (at: string, offset: (at: number) => number): string =>
  new Date(localOf(at, offset)).toISOString().slice(0, 10)

/** Whether the clocks show a time of the expression, not one that was moved out of a skipped hour. */
const isOnTime = ({ expression }: ScheduledBounds, at: string, offset: (at: number) => number): boolean => {
  const local = localOf(at, offset)
  const same = nextFiring({ name: '', expression, timezone: 'UTC' }, new Date(local - 1).toISOString())
  return same !== undefined && Date.parse(same) === local
}
