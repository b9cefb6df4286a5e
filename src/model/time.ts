// Parses and resolves times of day in the time zone of a Slack user.

/** A time of day: `14:05` or `14:05:30`, optionally with a date before it: `2026-11-22T14:05`. */
export type Moment = string

export const MOMENT = /^(?:(\d{4})-(\d\d)-(\d\d)[T ])?([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/

/** A date and a time with the offset of its zone, as ISO 8601 writes it: `2026-11-22T14:05:00Z`. */
export const INSTANT =
  /^\d{4}-(?:0\d|1[0-2])-[0-3]\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/i

export const UTC = 'UTC'

/** The IANA name of the given zone if this runtime knows the zone, else UTC. */
export const knownZone = (zone: string | undefined): string => {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone ?? UTC }).resolvedOptions().timeZone
    return /^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)$/.test(known) ? UTC : known
  } catch {
    return UTC
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  const format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone: zone, second: '2-digit', hourCycle: 'h23' })
  formats.set(zone, format)
  return format
}

/** The zone's offset from UTC at a given time, in milliseconds. */
const offsetAt = (at: number, zone: string): number => {
  if (zone === UTC) return 0
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000
}

const QUARTER_MS = 15 * 60_000

/** A cache of a zone's offsets by quarter of an hour. Offsets change only at the boundaries of a quarter. */
export const createOffsets = (zone: string): ((at: number) => number) => {
  const known = new Map<number, number>()
  return at => {
    const quarter = Math.floor(at / QUARTER_MS)
    const offset = known.get(quarter) ?? offsetAt(quarter * QUARTER_MS, zone)
    known.set(quarter, offset)
    return offset
  }
}

const DAY_MS = 86_400_000

/**
 * Resolves a moment in a zone to epoch milliseconds. Without a date, it is the most recent such time, never a future
 * one. An instant has its own zone.
 */
export const resolveMoment = (moment: Moment, zone: string, now: number): number => {
  if (INSTANT.test(moment)) return Date.parse(moment.replace(' ', 'T').replace(',', '.'))
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = MOMENT.exec(moment) ?? []
  const time = Date.UTC(1970, 0, 1, Number(hour), Number(minute), Number(second))
  if (year !== undefined) return fromClock(Date.UTC(Number(year), Number(month) - 1, Number(day)) + time, zone)
  const clock = now + offsetAt(now, zone)
  const today = fromClock(Math.floor(clock / DAY_MS) * DAY_MS + time, zone)
  return today > now ? fromClock(Math.floor(clock / DAY_MS - 1) * DAY_MS + time, zone) : today
}

/** The minutes from a time to `now`: a duration, in minutes, or a moment. Negative for a moment in the future. */
export const minutesSince = (since: number | Moment, zone: string, now: number): number =>
  typeof since === 'number' ? since : (now - resolveMoment(since, zone, now)) / 60_000

/**
 * Converts local time to epoch milliseconds. `clock`: the zone's local time, as epoch milliseconds as if it were UTC.
 */
const fromClock = (clock: number, zone: string): number => {
  const first = clock - offsetAt(clock, zone)
  return clock - offsetAt(first, zone)
}

/** A zone's name with its UTC offset at the given time: `Europe/Berlin (UTC+1)`. */
export const zoneWords = (zone: string, at: number): string => {
  if (zone === UTC) return UTC
  const minutes = offsetAt(at, zone) / 60_000
  const hours = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  return `${zone} (UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${`${rest}`.padStart(2, '0')}`})`
}

/** How long ago a time was, in one unit: `12 min`, `5 h`, `9 days`. Both ISO 8601. */
export const ageWords = (from: string, now: string): string => {
  if (Number.isNaN(Date.parse(from))) return 'an unknown time'
  const minutes = Math.max(1, Math.round((Date.parse(now) - Date.parse(from)) / 60_000))
  if (minutes < 60) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`
}
