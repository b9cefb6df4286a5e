// Computes when a scheduled action is due, from `at(…)`, `rate(…)` or `cron(…)`. `at` and `cron` use a time zone.
// Source: Application Auto Scaling user guide, schedule expressions.

import { type Cron, isDayOf, parseCron } from './cron.ts'

export type Schedule =
  | { readonly kind: 'at'; readonly local: number }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }

const MINUTE = 60_000
const DAY = 86_400_000
const units: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: DAY }

/**
 * Parses a schedule; undefined if it is invalid. `rate(1 minutes)` is invalid, because the unit must be singular for 1
 * and otherwise plural.
 */
export const parseSchedule = (text: string): Schedule | undefined => {
  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? []
  const local = Date.parse(`${time}Z`)
  if (time !== undefined) return Number.isNaN(local) ? undefined : { kind: 'at', local }
  const [, value = '', unit = '', plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(text) ?? []
  if (value !== '') {
    const isWellWritten = (value === '1') === (plural === '')
    return isWellWritten ? { kind: 'rate', everyMs: Number(value) * (units[unit] ?? MINUTE) } : undefined
  }
  const cron = parseCron(/^cron\((.*)\)$/.exec(text)?.[1] ?? '')
  return cron && { kind: 'cron', cron }
}

export const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The UTC offset of a time zone at a given time, in milliseconds. */
const offsetAt = (at: number, timeZone: string): number => {
  if (timeZone === 'UTC') return 0
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (kind: string) => Number(parts.find(({ type }) => type === kind)?.value)
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return local - Math.floor(at / 1_000) * 1_000
}

/** The time at which the clocks of a zone show `local`, which is stored as if it were UTC. */
const momentOf = (local: number, zone: string): number => {
  const near = local - offsetAt(local, zone)
  return local - offsetAt(near, zone)
}

const nextOfCron = (cron: Cron, after: number, zone: string): number | undefined => {
  const today = Math.floor((after + offsetAt(after, zone)) / DAY) * DAY
  for (let day = today; day < today + 366 * 5 * DAY; day += DAY) {
    if (!isDayOf(cron, new Date(day))) continue
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const moment = momentOf(day + hour * 60 * MINUTE + minute * MINUTE, zone)
        if (moment > after) return moment
      }
  }
  return undefined
}

type Span = { readonly from: number; readonly startAt?: number | undefined; readonly endAt?: number | undefined }

/** The first due time after `from`, within the schedule's start and end; undefined if there is none. */
export const nextOf = (schedule: Schedule, zone: string, { from, startAt, endAt }: Span): number | undefined => {
  const earliest = Math.max(from, (startAt ?? from) - 1)
  const next =
    schedule.kind === 'at'
      ? momentOf(schedule.local, zone)
      : schedule.kind === 'rate'
        ? nextOfRate(schedule.everyMs, from, startAt)
        : nextOfCron(schedule.cron, earliest, zone)
  return next === undefined || next <= from || (endAt !== undefined && next > endAt) ? undefined : next
}

/** The next due time of a rate. It is counted from the start time or, without a start time, from `from`. */
const nextOfRate = (everyMs: number, from: number, startAt: number | undefined): number => {
  if (startAt === undefined) return from + everyMs
  return startAt > from ? startAt : startAt + (Math.floor((from - startAt) / everyMs) + 1) * everyMs
}
