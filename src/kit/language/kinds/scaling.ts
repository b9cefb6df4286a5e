// The argument kinds of autoscaling: when a schedule runs, time zones, metrics, their targets, cooldowns and names.

import type { ScalingMetric } from '../../../model/ecs.ts'
import { type Problem, problem } from '../../../model/errors.ts'
import type { Kind } from './kind.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/**
 * When a schedule runs. `words`: the days as typed, such as `weekdays`. `at`: `08:45`, or a local time with its date. `expression`:
 * AWS's own, such as `rate(1 day)`.
 */
export type When =
  | { readonly kind: 'weekly'; readonly words: string; readonly days: readonly Day[]; readonly at: string }
  | { readonly kind: 'once'; readonly at: string }
  | { readonly kind: 'raw'; readonly expression: string }

const WORDS = new Map<string, readonly Day[]>([
  ['daily', DAYS],
  ['weekdays', DAYS.slice(0, 5)],
  ['weekends', DAYS.slice(5)],
])
const WHEN_HELP = 'Write `weekdays 08:45`, `mon,thu 18:00`, `at 2026-12-24T18:00`, or `cron(…)`.'
const CLOCK = /^(\d|[01]\d|2[0-3]):([0-5]\d)$/

const parseWhen = (text: string): When | Problem => {
  const trimmed = text.trim().replace(/\s+/g, ' ')
  if (/^(?:cron|rate|at)\([^()]{1,200}\)$/.test(trimmed)) return { kind: 'raw', expression: trimmed }
  const [, words = '', time = ''] = /^(\S+) (\S+)$/.exec(trimmed.toLowerCase()) ?? []
  if (words === 'at') return parseOnce(trimmed.slice(3))
  const days = WORDS.get(words) ?? daysOf(words)
  if (days === undefined) return problem(`\`${trimmed.slice(0, 50)}\` does not say when.`, WHEN_HELP)
  if (!CLOCK.test(time)) return problem(`\`${time.slice(0, 20)}\` is not a time of day.`, WHEN_HELP)
  return { kind: 'weekly', words: WORDS.has(words) ? words : days.join(','), days, at: time.padStart(5, '0') }
}

/** Each day once, in the order of a week. */
const daysOf = (words: string): readonly Day[] | undefined => {
  const named = words.split(',')
  return named.every(word => DAYS.some(day => day === word)) ? DAYS.filter(day => named.includes(day)) : undefined
}

const parseOnce = (text: string): When | Problem => {
  const at = text.toUpperCase()
  const isTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d$/.test(at)
  const parsed = new Date(`${at}:00Z`)
  const isDate = isTime && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(at)
  return isDate ? { kind: 'once', at } : problem(`\`${text.slice(0, 50)}\` is not a date with a time.`, WHEN_HELP)
}

export const when: Kind<When> = {
  usage: '"<when>"',
  example: '"weekdays 08:45"',
  help: 'Write weekdays 08:45, mon,thu 18:00, at 2026-12-24T18:00, or cron(…).',
  parse: parseWhen,
  print: value =>
    value.kind === 'raw' ? value.expression : value.kind === 'once' ? `at ${value.at}` : `${value.words} ${value.at}`,
}

const parseZone = (text: string): string | Problem => {
  const no = () => problem(`\`${text.slice(0, 50)}\` is not a time zone.`, 'Write an IANA name: `Europe/Madrid`.')
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/.test(text)) return no()
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return no()
  }
}

export const zone: Kind<string> = {
  usage: '<zone>',
  example: 'Europe/Madrid',
  parse: parseZone,
  print: name => name,
}

const METRICS = ['cpu', 'memory', 'requests'] as const satisfies readonly ScalingMetric[]

export const metric: Kind<ScalingMetric> = {
  usage: '<cpu|memory|requests>',
  example: 'cpu',
  choices: METRICS,
  parse: text =>
    METRICS.find(metric => metric === text.toLowerCase()) ??
    problem(`\`${text.slice(0, 50)}\` is not a metric.`, 'Write `cpu`, `memory` or `requests`.'),
  print: metric => metric,
}

export const level: Kind<number> = {
  usage: '<target>',
  example: '60',
  help: 'Percent of CPU or memory, or requests per task and minute.',
  parse: text => {
    const [, number = ''] = /^(\d{1,7}(?:\.\d{1,2})?)%?$/.exec(text) ?? []
    return number === ''
      ? problem(`\`${text.slice(0, 50)}\` is not a target.`, 'Write a number: `60`.')
      : Number(number)
  },
  print: number => `${number}`,
}

const SECONDS = { s: 1, m: 60, h: 3_600 } as const
const MOST_SECONDS = 86_400

const parseCooldown = (text: string): number | Problem => {
  const [, digits = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? []
  const seconds = Number(digits) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN)
  return digits === '' || !(seconds <= MOST_SECONDS)
    ? problem(`\`${text.slice(0, 50)}\` is not a cooldown of at most 24 h.`, 'Write `60s` or `5m`.')
    : seconds
}

/** Prints seconds in the largest unit that leaves no remainder. */
export const printCooldown = (seconds: number): string => {
  if (seconds === 0 || seconds % SECONDS.m !== 0) return `${seconds}s`
  return seconds % SECONDS.h === 0 ? `${seconds / SECONDS.h}h` : `${seconds / SECONDS.m}m`
}

/** The argument kind for cooldowns; its value is in seconds. */
export const cooldown: Kind<number> = {
  usage: '<seconds>',
  example: '60s',
  parse: parseCooldown,
  print: printCooldown,
}

/** Names of policies and scheduled actions: at most 256 characters (Application Auto Scaling API reference). */
const parseName = (text: string): string | Problem =>
  text.length >= 1 && text.length <= 256 ? text : problem('That name is not 1 to 256 characters long.')

export const policy: Kind<string> = {
  usage: '<policy|cpu|memory|requests>',
  example: 'cpu',
  parse: parseName,
  print: name => name,
}

export const schedule: Kind<string> = {
  usage: '<name>',
  example: 'quarterdeck-weekdays-0845',
  parse: parseName,
  print: name => name,
}
