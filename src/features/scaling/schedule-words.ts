// Turns the words of /ecs autoscale schedule into scheduled actions: names, expressions and bounds.

import { createHash } from 'node:crypto'
import type { Day, When } from '../../kit/language/kinds/scaling.ts'
import type { Bounds, ScheduledBounds } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Moment } from '../../model/time.ts'

/** The scheduled actions of one line: the start, and the end if the line has `--until`. */
export type Schedules = { readonly start: ScheduledBounds; readonly end?: ScheduledBounds }

type Options = {
  readonly until?: Moment | undefined
  readonly zone: string
  /** The bounds that the end sets back. */
  readonly back: Bounds
}

export const PREFIX = 'quarterdeck-'
const END = '-end'

/** The name of the action that ends what `name` starts. */
export const endOf = (name: string): string => `${name}${END}`

/** The name of the action whose bounds `name` ends; undefined if it ends none. */
export const startOf = (name: string): string | undefined =>
  name.startsWith(PREFIX) && name.endsWith(END) ? name.slice(0, -END.length) : undefined

export const schedulesOf = (when: When, bounds: Bounds, { until, zone, back }: Options): Schedules | Refusal => {
  const name = nameOf(when, zone)
  const start = { name, expression: expressionOf(when), timezone: zone, ...bounds }
  if (until === undefined) return { start }
  const ending = endingOf(when, until)
  return 'text' in ending
    ? ending
    : { start, end: { name: endOf(name), expression: expressionOf(ending), timezone: zone, ...back } }
}

/** The same line has the same name: `quarterdeck-weekdays-0845-europe-madrid`. AWS allows no `:`, `/` and `|`. */
const nameOf = (when: When, zone: string): string => {
  const place = zone === 'UTC' ? '' : `-${slug(zone)}`
  if (when.kind === 'raw')
    return `${PREFIX}${createHash('sha256').update(`${when.expression} ${zone}`).digest('hex').slice(0, 10)}`
  const words = when.kind === 'once' ? `at-${when.at}` : `${when.words}-${when.at}`
  return `${PREFIX}${slug(words.replace(/:/g, ''))}${place}`
}

/** The sign of an offset stays: `Etc/GMT+5` and `Etc/GMT-5` are different zones. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/(?<=gmt)[+-](?=\d)/g, sign => (sign === '+' ? '-plus-' : '-minus-'))
    .replace(/[^a-z0-9]+/g, '-')

const WEEK: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

const expressionOf = (when: When): string => {
  if (when.kind === 'raw') return when.expression
  if (when.kind === 'once') return `at(${when.at}:00)`
  const [hour, minute] = when.at.split(':').map(Number)
  const days = when.days.map(day => day.toUpperCase())
  return days.length === WEEK.length
    ? `cron(${minute} ${hour} * * ? *)`
    : `cron(${minute} ${hour} ? * ${daysText(days)} *)`
}

const daysText = (days: readonly string[]): string => {
  const text = days.join(',')
  return text === 'MON,TUE,WED,THU,FRI' ? 'MON-FRI' : text
}

/** A time of day at or before the start is of the next day. */
const endingOf = (when: When, until: Moment): When | Refusal => {
  const [, date, clock = ''] = /^(?:(\d{4}-\d\d-\d\d)T)?(\d{1,2}:\d\d)(?::00)?$/.exec(until) ?? []
  const at = clock.padStart(5, '0')
  if (clock === '') return refuse('AWS schedules have no seconds.', 'Write `--until 17:30`.')
  if (when.kind === 'raw')
    return refuse(
      '`--until` needs a time of day to count from.',
      'Write `weekdays 08:45`, or make a second schedule with the bounds that follow.',
    )
  if (when.kind === 'weekly')
    return date === undefined
      ? { ...when, at, days: at > when.at ? when.days : when.days.map(dayAfter) }
      : refuse('A schedule that repeats ends at a time of day.', 'Write `--until 17:30`, without a date.')
  const start = when.at.slice(0, 10)
  const end = `${date ?? (at > when.at.slice(11) ? start : dateAfter(start))}T${at}`
  return end > when.at ? { kind: 'once', at: end } : refuse('The end is before the start.', 'Give a later `--until`.')
}

const dayAfter = (day: Day): Day => WEEK[(WEEK.indexOf(day) + 1) % WEEK.length] ?? day

const dateAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/** Whether AWS accepts the expression. Source: Application Auto Scaling API reference, PutScheduledAction. */
export const isExpression = (expression: string): boolean => {
  const [, kind, body = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? []
  if (kind === 'at') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body)
  if (kind === 'rate') return /^(?:1 (?:minute|hour|day)|(?!1 )[1-9]\d{0,5} (?:minute|hour|day)s)$/.test(body)
  const fields = body.trim().split(/\s+/)
  // Exactly one of the day of the month and the day of the week is a question mark.
  return kind === 'cron' && fields.length === 6 && (fields[2] === '?') !== (fields[4] === '?')
}
