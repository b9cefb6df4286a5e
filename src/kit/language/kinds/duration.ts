// The argument kinds for durations, such as `2h`, and for times of day.

import { type Problem, problem } from '../../../model/errors.ts'
import { MOMENT, type Moment } from '../../../model/time.ts'
import type { Kind } from './kind.ts'

const UNITS = { m: 1, h: 60, d: 1_440 } as const
const MOST_MINUTES = 30 * 1_440
const DURATION_HELP = 'Write `30m`, `2h` or `3d`.'

const parseDuration = (text: string): number | Problem => {
  const [, digits = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const minutes = Number(digits) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN)
  if (digits === '' || Number.isNaN(minutes))
    return problem(`\`${text.slice(0, 50)}\` is not a duration.`, DURATION_HELP)
  if (minutes === 0) return problem('The duration is zero.', DURATION_HELP)
  return minutes <= MOST_MINUTES ? minutes : problem(`${text} is too long.`, 'At most 30 days.')
}

/** Prints minutes in the largest unit that leaves no remainder: 120 is `2h`, 90 is `90m`. */
export const printDuration = (minutes: number): string => {
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

export const moment: Kind<Moment> = {
  usage: '<time>',
  example: '14:05',
  parse: text =>
    MOMENT.test(text)
      ? text.replace(' ', 'T')
      : problem(`\`${text.slice(0, 50)}\` is not a time of day.`, 'Write `14:05`, or `2026-11-22T14:05`.'),
  print: moment => moment,
}
