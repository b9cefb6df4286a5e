// Finds the next time of AWS's `at(…)`, `rate(…)` and six-field `cron(…)` expressions. Source: Application Auto Scaling
// API reference, PutScheduledAction.
import { Cron } from 'croner'
import type { ScheduledBounds } from '../../model/ecs.ts'

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The first time later than `after`, ISO 8601; undefined if there is none, or if the expression is invalid. */
export const nextFiring = (schedule: ScheduledBounds, after: string): string | undefined => {
  const isAhead = schedule.starts !== undefined && schedule.starts > after
  const [, kind = '', body = ''] = /^(at|rate|cron)\((.+)\)$/.exec(schedule.expression) ?? []
  const due =
    kind === 'rate'
      ? nextRate(body, schedule.starts ?? after, isAhead ? schedule.starts : after)
      : nextCron(patternOf(kind, body), schedule, isAhead ? justBefore(schedule.starts) : after)
  return due === undefined || (schedule.ends !== undefined && due > schedule.ends) ? undefined : due
}

/** Can the expression be read, whether it is due again or not? */
export const isReadable = ({ expression, timezone }: ScheduledBounds): boolean => {
  const [, kind = '', body = ''] = /^(at|rate|cron)\((.+)\)$/.exec(expression) ?? []
  if (kind === 'rate') return nextRate(body, EPOCH, EPOCH) !== undefined
  const pattern = patternOf(kind, body)
  try {
    return pattern !== '' && new Cron(pattern, { timezone, sloppyRanges: true }).getPattern() !== ''
  } catch {
    return false
  }
}

const EPOCH = new Date(0).toISOString()

/** The last time after `after` and before `until`, ISO 8601; undefined if there is none. */
export const lastFiring = (schedule: ScheduledBounds, after: string, until: string): string | undefined => {
  const first = nextFiring(schedule, after)
  if (first === undefined || first >= until) return undefined
  const [, kind = '', body = ''] = /^(at|rate|cron)\((.+)\)$/.exec(schedule.expression) ?? []
  const latest = schedule.ends !== undefined && schedule.ends < until ? schedule.ends : until
  if (kind === 'at') return first
  if (kind === 'rate') {
    const every = Date.parse(nextFiring(schedule, first) ?? latest) - Date.parse(first)
    const turns = Math.floor((Date.parse(latest) - 1 - Date.parse(first)) / every)
    return new Date(Date.parse(first) + Math.max(0, turns) * every).toISOString()
  }
  return previousCron(patternOf(kind, body), schedule, latest) ?? first
}

/** One millisecond before the start time. AWS's cron has minute precision, and also runs at its start time. */
const justBefore = (starts: string): string => new Date(Date.parse(starts) - 1).toISOString()

/** The next time of a rate such as `5 minutes`, counted from the start time. */
const nextRate = (body: string, starts: string, from: string): string | undefined => {
  const [, count = '', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? []
  const every = Number(count) * (UNITS[unit as keyof typeof UNITS] ?? 0)
  if (!(every > 0)) return undefined
  const turns = Math.floor((Date.parse(from) - Date.parse(starts)) / every) + 1
  return new Date(Date.parse(starts) + turns * every).toISOString()
}

const nextCron = (pattern: string, { timezone }: ScheduledBounds, from: string): string | undefined => {
  try {
    return new Cron(pattern, { timezone, sloppyRanges: true }).nextRun(new Date(from))?.toISOString()
  } catch {
    return undefined
  }
}

const previousCron = (pattern: string, { timezone }: ScheduledBounds, until: string): string | undefined => {
  try {
    return new Cron(pattern, { timezone, sloppyRanges: true }).previousRuns(1, new Date(until))[0]?.toISOString()
  } catch {
    return undefined
  }
}

/** The pattern for the library croner; empty if AWS would reject the expression. */
const patternOf = (kind: string, body: string): string => {
  if (kind === 'at') return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(body) ? body : ''
  const fields = body.trim().split(/\s+/)
  return fields.length === 6 ? secondsFirst(fields) : ''
}

/**
 * Converts AWS's cron fields for croner. AWS: minutes hours day month weekday year, with Sunday as 1 and a lone L as
 * Saturday; croner: seconds first, Sunday as 0.
 */
const secondsFirst = ([minutes, hours, day, month, weekday = '', year]: readonly string[]): string => {
  const counted = weekday.replace(/^L$/, '7').replace(/(?<![#/\d])\d(?!\d)/g, digit => `${Number(digit) - 1}`)
  return ['0', minutes, hours, day, month, counted, year].join(' ')
}
