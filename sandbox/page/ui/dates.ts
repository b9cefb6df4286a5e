// Formats times as Slack does, in the browser's time zone.

const DAY = 86_400_000

const part = (time: Date, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', options).format(time)

const ordinal = (day: number): string => {
  const last = day % 100 >= 11 && day % 100 <= 13 ? 0 : day % 10
  return `${day}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`
}

const startOfDay = (time: number) => new Date(time).setHours(0, 0, 0, 0)

const relativeDay = (time: Date, now: number): string | undefined => {
  const days = Math.round((startOfDay(time.getTime()) - startOfDay(now)) / DAY)
  return days === 0 ? 'today' : days === -1 ? 'yesterday' : days === 1 ? 'tomorrow' : undefined
}

const longDate = (time: Date) => `${part(time, { month: 'long' })} ${ordinal(time.getDate())}, ${time.getFullYear()}`
const shortDate = (time: Date) => part(time, { month: 'short', day: 'numeric', year: 'numeric' })
const fullDate = (time: Date) => `${part(time, { weekday: 'long' })}, ${longDate(time)}`

const ago = (time: Date, now: number): string => {
  const seconds = Math.round((time.getTime() - now) / 1000)
  const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return relative.format(seconds, 'second')
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

const TOKENS: { readonly [token: string]: (time: Date, now: number) => string } = {
  date_num: time => `${time.getFullYear()}-${part(time, { month: '2-digit' })}-${part(time, { day: '2-digit' })}`,
  date: longDate,
  date_short: shortDate,
  date_long: fullDate,
  date_pretty: (time, now) => relativeDay(time, now) ?? longDate(time),
  date_short_pretty: (time, now) => relativeDay(time, now) ?? shortDate(time),
  date_long_pretty: (time, now) => relativeDay(time, now) ?? fullDate(time),
  day_divider_pretty: (time, now) => relativeDay(time, now) ?? fullDate(time),
  time: time => part(time, { hour: 'numeric', minute: '2-digit' }),
  time_secs: time => part(time, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago,
}

/** Replaces `{date}` and Slack's other tokens in `format`. `seconds`: epoch seconds. `now`: epoch milliseconds. */
export const formatDate = (seconds: number, format: string, now: number): string => {
  const time = new Date(seconds * 1000)
  const text = format.replace(/\{(\w+)\}/g, (whole, name: string) => TOKENS[name]?.(time, now) ?? whole)
  return text === '' ? text : text.charAt(0) + text.slice(1)
}

export const clockTime = (ms: number): string => part(new Date(ms), { hour: 'numeric', minute: '2-digit' })
export const clockSeconds = (ms: number): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(ms))
export const dayName = (ms: number, now: number): string => {
  const name = relativeDay(new Date(ms), now)
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : fullDate(new Date(ms)).replace(/, \d{4}$/, '')
}
export const dayOf = (ms: number): number => startOfDay(ms)
export const tsToMs = (ts: string): number => Number(ts) * 1000
