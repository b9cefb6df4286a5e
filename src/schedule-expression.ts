// When an `at(…)`, `rate(…)` or six-field `cron(…)` of AWS is due next. Source: Application Auto Scaling API reference,
// PutScheduledAction.
import { Cron } from 'croner'
import type { ScheduledBounds } from './model.ts'

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The first moment after `after`, ISO 8601; undefined when there is none, or when it is not one of AWS's expressions. */
export const nextFiring = (schedule: ScheduledBounds, after: string): string | undefined => {
  const from = schedule.starts !== undefined && schedule.starts > after ? schedule.starts : after
  const [, kind = '', body = ''] = /^(at|rate|cron)\((.+)\)$/.exec(schedule.expression) ?? []
  const due = kind === 'rate' ? nextRate(body, schedule.starts ?? after, from) : nextCron(kind, body, schedule, from)
  return due === undefined || (schedule.ends !== undefined && due > schedule.ends) ? undefined : due
}

/** `5 minutes`, counted from when it starts. */
const nextRate = (body: string, starts: string, from: string): string | undefined => {
  const [, count = '', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? []
  const every = Number(count) * (UNITS[unit as keyof typeof UNITS] ?? 0)
  if (!(every > 0)) return undefined
  const turns = Math.floor((Date.parse(from) - Date.parse(starts)) / every) + 1
  return new Date(Date.parse(starts) + turns * every).toISOString()
}

const nextCron = (kind: string, body: string, { timezone }: ScheduledBounds, from: string): string | undefined => {
  try {
    const pattern = kind === 'at' ? body : secondsFirst(body)
    return new Cron(pattern, { timezone }).nextRun(new Date(from))?.toISOString()
  } catch {
    return undefined
  }
}

/** AWS: minutes hours day month weekday year, with Sunday as 1; croner: seconds first, and Sunday as 0. */
const secondsFirst = (body: string): string => {
  const [minutes = '', hours = '', day = '', month = '', weekday = '', year = ''] = body.trim().split(/\s+/)
  const counted = weekday.replace(/(?<![#\d])\d(?!\d)/g, digit => `${(Number(digit) + 6) % 7}`)
  return ['0', minutes, hours, day, month, counted, year].join(' ')
}
