// Parses AWS's cron expressions of six fields: minutes, hours, day of month, month, day of week, year. `L` and `#` are
// supported; `W` is not.

export type Cron = {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: string
  readonly months: readonly number[]
  readonly weekdays: string
  readonly years: readonly number[]
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const named = (text: string, names: readonly string[]): string =>
  text.replace(/[A-Z]{3}/g, name => (names.includes(name) ? String(names.indexOf(name) + 1) : name))

const range = (low: number, high: number, step: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.floor((high - low) / step) + 1) }, (_, n) => low + n * step)

const part = (text: string, low: number, high: number): readonly number[] | undefined => {
  const [, first = '', last, step] = /^(\*|\d+)(?:-(\d+))?(?:\/([1-9]\d*))?$/.exec(text) ?? []
  if (first === '') return undefined
  const from = first === '*' ? low : Number(first)
  const isOpen = first === '*' || step !== undefined
  const to = last === undefined ? (isOpen ? high : from) : Number(last)
  return from < low || to > high || from > to ? undefined : range(from, to, Number(step ?? 1))
}

/** The sorted values of a field; undefined if the field is invalid. */
const valuesOf = (text: string, low: number, high: number): readonly number[] | undefined => {
  const parts = text.split(',').map(one => part(one, low, high))
  if (parts.includes(undefined)) return undefined
  return [...new Set(parts.flatMap(values => values ?? []))].toSorted((a, b) => a - b)
}

const isDays = (text: string) => text === '?' || text === 'L' || valuesOf(text, 1, 31) !== undefined
const isWeekdays = (text: string) =>
  text === '?' || /^[1-7](L|#[1-5])$/.test(text) || valuesOf(text, 1, 7) !== undefined

export const parseCron = (text: string): Cron | undefined => {
  const [minute = '', hour = '', days = '', month = '', weekday = '', year = '', ...more] = text.trim().split(/\s+/)
  const minutes = valuesOf(minute, 0, 59)
  const hours = valuesOf(hour, 0, 23)
  const months = valuesOf(named(month, MONTHS), 1, 12)
  const years = valuesOf(year, 1970, 2199)
  const weekdays = named(weekday, WEEKDAYS)
  if (!minutes || !hours || !months || !years || more.length > 0 || !isDays(days) || !isWeekdays(weekdays))
    return undefined
  // Exactly one of the two fields for days must be a question mark.
  if ((days === '?') === (weekdays === '?')) return undefined
  return { minutes, hours, days, months, weekdays, years }
}

const lastDayOf = (day: Date) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate()

const isWeekdayOf = (text: string, day: Date): boolean => {
  const date = day.getUTCDate()
  const weekday = day.getUTCDay() + 1
  const [, weekdayNumber, kind, which] = /^([1-7])(L|#)([1-5])?$/.exec(text) ?? []
  if (weekdayNumber === undefined) return valuesOf(text, 1, 7)?.includes(weekday) ?? false
  if (Number(weekdayNumber) !== weekday) return false
  return kind === 'L' ? date + 7 > lastDayOf(day) : Math.ceil(date / 7) === Number(which)
}

/** Whether an expression matches a day. `day`: a date in its time zone, stored as if it were UTC. */
export const isDayOf = ({ days, months, weekdays, years }: Cron, day: Date): boolean => {
  if (!years.includes(day.getUTCFullYear()) || !months.includes(day.getUTCMonth() + 1)) return false
  if (days === '?') return isWeekdayOf(weekdays, day)
  return days === 'L'
    ? day.getUTCDate() === lastDayOf(day)
    : (valuesOf(days, 1, 31)?.includes(day.getUTCDate()) ?? false)
}
