// The argument kinds for durations, such as `2h`, and for times of day.

import { type Problem, problem } from '../../../model/errors.ts'
import { INSTANT, MOMENT, type Moment } from '../../../model/time.ts'
import { type Kind, withoutMarks } from './kind.ts'

/** Minutes of a unit, by the first letter of its name. */
const UNITS = { s: 1 / 60, m: 1, h: 60, d: 1_440, w: 10_080 } as const
const MOST_MINUTES = 30 * 1_440
const DURATION_HELP = 'Write `30m`, `2h` or `3d`.'
const UNIT = '(s|m|h|d|w)(?:ecs?|econds?|ins?|inutes?|rs?|ours?|ays?|eeks?)?'
const DURATION = new RegExp(`^(?:\\d{1,5}(?:\\.\\d{1,2})? ?${UNIT} ?){1,5}$`, 'i')
const PART = new RegExp(`(\\d{1,5}(?:\\.\\d{1,2})?) ?${UNIT}`, 'gi')

/** The minutes of `30m`, `1h30m`, `90s` or `1w`; undefined for another text. */
const minutesOf = (text: string): number | undefined => {
  if (!DURATION.test(text)) return undefined
  const parts = [...text.matchAll(PART)].map(([, number, unit = 'm']) => [number, unit.toLowerCase()] as const)
  const seconds = parts.reduce(
    (sum, [number, unit]) => sum + Number(number) * UNITS[unit as keyof typeof UNITS] * 60,
    0,
  )
  return Math.round(seconds) / 60
}

const parseDuration = (text: string): number | Problem => {
  const minutes = minutesOf(text)
  if (minutes === undefined) return problem(`\`${text.slice(0, 50)}\` is not a duration.`, DURATION_HELP)
  if (minutes === 0) return problem('The duration is zero.', DURATION_HELP)
  if (!Number.isInteger(minutes)) return problem(`\`${text}\` is not a number of whole minutes.`, DURATION_HELP)
  return minutes <= MOST_MINUTES ? minutes : problem(`${text} is too long.`, 'At most 30 days.')
}

/** Prints minutes in the largest unit that leaves no remainder: 120 is `2h`, 90 is `90m`, 1.5 is `90s`. */
export const printDuration = (minutes: number): string => {
  if (!Number.isInteger(minutes)) return `${Math.round(minutes * 60)}s`
  if (minutes % UNITS.d === 0) return `${minutes / UNITS.d}d`
  return minutes % UNITS.h === 0 ? `${minutes / UNITS.h}h` : `${minutes}m`
}

/** Minutes in words: `90 min`, `3 h`, `2 days`. */
export const durationWords = (minutes: number): string => {
  if (minutes % UNITS.d === 0) return minutes === UNITS.d ? '1 day' : `${minutes / UNITS.d} days`
  return minutes % UNITS.h === 0 ? `${minutes / UNITS.h} h` : `${minutes} min`
}

/** The argument kind for durations; its value is in minutes. */
export const duration: Kind<number> = { usage: '<duration>', example: '2h', parse: parseDuration, print: printDuration }

const SINCE_HELP = 'Write `15m`, `1h30m`, `14:05` or `2026-11-22T14:05Z`.'

const parseSince = (text: string): number | Moment | Problem => {
  const moment = momentOf(text)
  if (moment !== undefined) return moment
  const minutes = minutesOf(text.replace(/^-(?=\d)/, '').replace(/ ago$/, ''))
  if (minutes === undefined) return problem(`\`${text.slice(0, 50)}\` is not a duration or a time.`, SINCE_HELP)
  if (minutes === 0) return problem('The duration is zero.', SINCE_HELP)
  return minutes <= MOST_MINUTES ? minutes : problem(`${text} is too long.`, 'At most 30 days.')
}

const momentOf = (text: string): Moment | undefined => {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && MOMENT.test(`${text}T00:00`)) return `${text}T00:00`
  return MOMENT.test(text) || INSTANT.test(text) ? text.replace(' ', 'T') : undefined
}

/**
 * The argument kind for how far back a query reads: a number of minutes, which may have a fraction, or a start time.
 */
export const since: Kind<number | Moment> = {
  usage: '<duration|time>',
  example: '1h30m',
  help: withoutMarks(SINCE_HELP),
  parse: parseSince,
  print: value => (typeof value === 'number' ? printDuration(value) : value),
}

/** The argument kind for a time in the past: a time of day in the asker's time zone, or a time with its own zone. */
export const instant: Kind<Moment> = {
  usage: '<time>',
  example: '14:05',
  parse: text =>
    momentOf(text) ?? problem(`\`${text.slice(0, 50)}\` is not a time.`, 'Write `14:05`, or `2026-11-22T14:05Z`.'),
  print: moment => moment,
}

export const moment: Kind<Moment> = {
  usage: '<time>',
  example: '14:05',
  parse: text =>
    MOMENT.test(text)
      ? text.replace(' ', 'T')
      : problem(`\`${text.slice(0, 50)}\` is not a time of day.`, 'Write `14:05`, or `2026-11-22T14:05`.'),
  print: moment => moment,
}
