// One parser for each kind of argument: text in, a typed value or a problem out, and back to canonical text.

import type { Bounds } from '../../model/ecs.ts'
import { type Problem, problem } from '../../model/errors.ts'
import { MOMENT, type Moment } from '../../model/time.ts'
import { type LogTarget, parseLogTarget, printLogTarget } from './log-target.ts'
import { parseScope, type ScopeText } from './place.ts'
import { SEVERITIES, type Severity } from './severity.ts'
import { parseTarget, printTarget, type Target } from './target.ts'

/** How many tasks: outright, or relative to what is there when it is planned. */
export type Count =
  | { readonly kind: 'exactly'; readonly tasks: number }
  | { readonly kind: 'more'; readonly tasks: number }
  | { readonly kind: 'fewer'; readonly tasks: number }
  | { readonly kind: 'times'; readonly factor: number }
  | { readonly kind: 'percent'; readonly percent: number }

/** ECS service quotas: tasks per service, 5,000. */
export const MOST_TASKS = 5_000

const COUNT_HELP = 'Write how many tasks: `6`, `+2`, `-1`, `x2` or `50%`.'
/** The same, where nothing is markup. */
const inPlainWords = (help: string): string => help.replaceAll('`', '')

const wholeNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)

const parseCount = (text: string): Count | Problem => {
  const no = (why: string) => problem(why, COUNT_HELP)
  const [, sign = '', digits = '', percent = ''] = /^([+-]|[x×X*])?(\d+(?:\.\d{1,2})?)(%)?$/.exec(text) ?? []
  if (digits === '') return no(`\`${text}\` is not a number of tasks.`)
  if (percent !== '') return sign === '' ? parsePercent(digits) : no(`\`${text}\` mixes a sign and a percentage.`)
  if (/[x×X*]/.test(sign)) return parseFactor(digits)
  const tasks = wholeNumber(digits)
  if (tasks === undefined) return no(`\`${text}\` is not a whole number of tasks.`)
  if (tasks > MOST_TASKS) return no(`${text} tasks are more than ECS runs in one service (5,000).`)
  if (sign === '') return { kind: 'exactly', tasks }
  if (tasks === 0) return no(`\`${text}\` would change nothing.`)
  return { kind: sign === '+' ? 'more' : 'fewer', tasks }
}

const parsePercent = (digits: string): Count | Problem => {
  const percent = Number(digits)
  if (percent > 0 && percent <= 1000 && percent !== 100) return { kind: 'percent', percent }
  return problem(
    `${digits}% is not a share that changes anything.`,
    'Write more than 0% and up to 1000%: `50%` halves the service.',
  )
}

const parseFactor = (digits: string): Count | Problem => {
  const factor = Number(digits)
  if (factor > 0 && factor <= 100 && factor !== 1) return { kind: 'times', factor }
  return problem(
    `x${digits} is not a factor that changes anything.`,
    'Write a factor above 0 and up to 100: `x2` doubles the service.',
  )
}

const printCount = (count: Count): string => {
  switch (count.kind) {
    case 'exactly':
      return `${count.tasks}`
    case 'more':
      return `+${count.tasks}`
    case 'fewer':
      return `-${count.tasks}`
    case 'times':
      return `x${count.factor}`
    case 'percent':
      return `${count.percent}%`
  }
}

/**
 * The number of tasks that a count means when `current` are there. Shares and factors round up, and never reach 0
 * unless 0 is what is there. May be negative for `fewer`: the plan says so.
 */
export const absoluteCount = (count: Count, current: number): number => {
  switch (count.kind) {
    case 'exactly':
      return count.tasks
    case 'more':
      return current + count.tasks
    case 'fewer':
      return current - count.tasks
    case 'times':
      return ceil(current * count.factor)
    case 'percent':
      return ceil((current * count.percent) / 100)
  }
}

/** Rounds up, forgiving the last digits of a binary fraction: 100 × 1.1 is 110 tasks, not 111. */
const ceil = (tasks: number): number => Math.ceil(Number(tasks.toFixed(6)))

/** Slack's section text holds 3,000; a reason is a sentence. */
const MOST_TEXT = 500

const parseSentence = (text: string): string | Problem => {
  const trimmed = text.trim()
  if (trimmed === '') return problem('That text is empty.', 'Put a short sentence between quotes.')
  if (trimmed.length > MOST_TEXT)
    return problem(`That text has ${trimmed.length} characters; at most ${MOST_TEXT} fit.`)
  return trimmed
}

/** What a shell is to read, or one of the configuration's own commands: as it stands. */
const parseShell = (text: string): string | Problem => {
  const trimmed = text.trim()
  if (trimmed === '') return problem('There is no command behind `--`.', 'For example `-- ps aux`.')
  return /[\n\r]/.test(trimmed) ? problem('A command is one line.', 'Join its lines by `;` or `&&`.') : trimmed
}

const parseWord = (text: string): string | Problem =>
  /^[a-z][a-z-]{0,30}$/.test(text) ? text : problem(`\`${text}\` is not a command's name.`, 'Try `/ecs help`.')

const UNITS = { m: 1, h: 60, d: 1_440 } as const
const MOST_MINUTES = 30 * 1_440

/** Minutes. */
const parseDuration = (text: string): number | Problem => {
  const [, digits = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const minutes = Number(digits) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN)
  if (digits === '' || Number.isNaN(minutes))
    return problem(`\`${text.slice(0, 50)}\` is not a length of time.`, 'Write `30m`, `2h` or `3d`.')
  if (minutes === 0) return problem('That is no time at all.', 'Write `30m`, `2h` or `3d`.')
  return minutes <= MOST_MINUTES ? minutes : problem(`${text} is too long.`, 'At most 30 days.')
}

export const printDuration = (minutes: number): string => {
  if (minutes % UNITS.d === 0) return `${minutes / UNITS.d}d`
  return minutes % UNITS.h === 0 ? `${minutes / UNITS.h}h` : `${minutes}m`
}

const BOUNDS_HELP = 'Write the least and the most: `4..20`.'

const parseBounds = (text: string): Bounds | Problem => {
  const [, least = '', most = ''] = /^(\d{1,9})(?:\.\.\.?|…)(\d{1,9})$/.exec(text) ?? []
  const [min, max] = [Number(least), Number(most)]
  if (least === '' || most === '') return problem(`\`${text.slice(0, 50)}\` are not bounds.`, BOUNDS_HELP)
  if (min > max)
    return problem(`The least (${min}) is more than the most (${max}).`, `Did you mean \`${max}..${min}\`?`)
  if (max === 0)
    return problem(
      'Bounds of 0..0 would stop the service and keep autoscaling from starting it.',
      'To stop it: `scale <service> 0`.',
    )
  if (max > MOST_TASKS) return problem(`${max} tasks are more than ECS runs in one service (5,000).`, BOUNDS_HELP)
  return { min, max }
}

/** Which way of scaling: without a word, in and out. */
const DIRECTIONS = ['in', 'out', 'scheduled'] as const
export type Direction = (typeof DIRECTIONS)[number]

const parseDirection = (text: string): Direction | Problem =>
  DIRECTIONS.find(direction => direction === text) ??
  problem(`\`${text.slice(0, 50)}\` is not a way of scaling.`, 'Write `in`, `out` or `scheduled`, or none of them.')

const parseSeverity = (text: string): Severity | Problem =>
  SEVERITIES.find(severity => severity === text.toLowerCase()) ??
  problem(`\`${text.slice(0, 50)}\` is not a severity.`, 'Write `critical`, `high`, `medium` or `low`.')

const parseId = (text: string): string | Problem =>
  /^[\w-]{6,64}$/.test(text)
    ? text
    : problem(`\`${text.slice(0, 70)}\` is not the id of a lease.`, '`/ecs leases` lists them.')

const parseAbout = (text: string): string | Problem =>
  /^[A-Za-z0-9_.:/-]{1,400}$/.test(text)
    ? text
    : problem(`\`${text.slice(0, 100)}\` is neither a service nor an operation.`)

/** A Slack message holds some 9,000 characters of lines. */
const MOST_LINES = 200

const parseLines = (text: string): number | Problem => {
  const lines = wholeNumber(text)
  return lines !== undefined && lines >= 1 && lines <= MOST_LINES
    ? lines
    : problem(`\`${text.slice(0, 50)}\` is not a number of lines.`, `Write 1 to ${MOST_LINES}.`)
}

const parsePage = (text: string): number | Problem => {
  const page = wholeNumber(text)
  return page !== undefined && page >= 1 ? page : problem(`\`${text.slice(0, 50)}\` is not a page.`, 'Write 1, 2 or 3.')
}

const parseContainer = (text: string): string | Problem =>
  /^[\w-]{1,255}$/.test(text) ? text : problem(`\`${text.slice(0, 50)}\` is not a container's name.`)

/** An id, the beginning of one, or an ARN that ends with it. */
const parseTask = (text: string): string | Problem => {
  const id = text.split('/').at(-1) ?? ''
  return /^[0-9a-f-]{4,36}$/.test(id)
    ? id
    : problem(`\`${text.slice(0, 100)}\` is not a task.`, 'Write its id, or at least the first 4 characters.')
}

/** Of a task definition: `orders-api:6`, or its number alone; of a service: the long id; or the ARN of either. */
const parseRevision = (text: string): string | Problem => {
  const name = text.split('/').at(-1) ?? ''
  return /^([\w-]{1,255}:\d{1,9}|\d{1,30})$/.test(name)
    ? name
    : problem(`\`${text.slice(0, 100)}\` is not a revision.`, 'Write `orders-api:6`, or `6`.')
}

const parseServices = (text: string): readonly Target[] | Problem => {
  const targets: Target[] = []
  for (const part of text.split(',').filter(part => part !== '')) {
    const target = parseTarget(part)
    if ('kind' in target) return target
    targets.push(target)
  }
  return targets
}

/** Of an account or a cluster. */
const parseName = (text: string): string | Problem =>
  /^[\w-]{1,255}$/.test(text) ? text : problem(`\`${text.slice(0, 50)}\` is not a name.`)

export type Tag = { readonly key: string; readonly value: string }

/** AWS tagging: a key has at most 128 characters, a value 256. */
const parseTag = (text: string): Tag | Problem => {
  const [, key = '', value = ''] = /^([^=]{1,128})=(.{0,256})$/u.exec(text) ?? []
  return key === '' ? problem(`\`${text.slice(0, 50)}\` is not a tag.`, 'Write `key=value`.') : { key, value }
}

const parseMoment = (text: string): Moment | Problem =>
  MOMENT.test(text)
    ? text.replace(' ', 'T')
    : problem(`\`${text.slice(0, 50)}\` is not a time of day.`, 'Write `14:05`, or `2026-11-22T14:05`.')

type Kind<Value> = {
  /** How usage lines write it. */
  readonly usage: string
  readonly example: string
  /** What may be written, in a sentence, where the example does not tell. */
  readonly help?: string
  /** All that there is to choose from, where that is little. */
  readonly choices?: readonly string[]
  readonly parse: (text: string) => Value | Problem
  readonly print: (value: Value) => string
}

/** What each kind of argument is once parsed. */
export type Values = {
  readonly service: Target
  readonly services: readonly Target[]
  readonly count: Count
  readonly text: string
  readonly word: string
  readonly flag: true
  /** Minutes. */
  readonly duration: number
  /** An account, a cluster or a service, to be resolved. */
  readonly scope: ScopeText
  /** The same; a query gets it resolved. */
  readonly place: ScopeText
  /** A service or the id of an operation. */
  readonly about: string
  readonly bounds: Bounds
  readonly direction: Direction
  /** Of an operation, or the beginning of it. */
  readonly id: string
  readonly lines: number
  /** From 1. */
  readonly page: number
  readonly container: string
  /** The id of a task, or the beginning of it. */
  readonly task: string
  readonly name: string
  readonly tag: Tag
  /** A service, a task or a log group. */
  readonly logs: LogTarget
  readonly moment: Moment
  /** Behind a lone `--`. */
  readonly shell: string
  readonly severity: Severity
  /** `orders-api:6`, `6`, or the id of a service revision. */
  readonly revision: string
}

export type KindName = keyof Values

const scope: Kind<ScopeText> = {
  usage: '<service|cluster|account>',
  example: 'prod/web',
  parse: parseScope,
  print: ({ text }) => text,
}

export const kinds: { readonly [Name in KindName]: Kind<Values[Name]> } = {
  service: { usage: '<service>', example: 'orders-api', parse: parseTarget, print: printTarget },
  services: {
    usage: '<service,…>',
    example: 'orders-api,checkout',
    parse: parseServices,
    print: targets => targets.map(printTarget).join(','),
  },
  count: { usage: '<count>', example: '6', help: inPlainWords(COUNT_HELP), parse: parseCount, print: printCount },
  text: { usage: '"…"', example: '"black friday"', parse: parseSentence, print: text => text },
  word: { usage: '[command]', example: 'scale', parse: parseWord, print: word => word },
  duration: { usage: '<time>', example: '2h', parse: parseDuration, print: printDuration },
  scope,
  place: scope,
  about: { usage: '<service|operation>', example: 'orders-api', parse: parseAbout, print: text => text },
  bounds: {
    usage: '<least..most>',
    example: '4..20',
    help: inPlainWords(BOUNDS_HELP),
    parse: parseBounds,
    print: ({ min, max }) => `${min}..${max}`,
  },
  direction: {
    usage: '[in|out|scheduled]',
    example: 'in',
    choices: DIRECTIONS,
    parse: parseDirection,
    print: direction => direction,
  },
  id: { usage: '<id>', example: '8fac260597f6', parse: parseId, print: id => id },
  lines: { usage: '<number>', example: '50', parse: parseLines, print: lines => `${lines}` },
  page: { usage: '<number>', example: '2', parse: parsePage, print: page => `${page}` },
  container: { usage: '<name>', example: 'app', parse: parseContainer, print: name => name },
  severity: {
    usage: '<critical|high|medium|low>',
    example: 'high',
    choices: SEVERITIES,
    parse: parseSeverity,
    print: severity => severity,
  },
  task: { usage: '<task>', example: '3f2a91c0', parse: parseTask, print: id => id },
  name: { usage: '<name>', example: 'prod', parse: parseName, print: name => name },
  tag: { usage: '<key=value>', example: 'team=orders', parse: parseTag, print: ({ key, value }) => `${key}=${value}` },
  logs: { usage: '<service|task|log group>', example: 'orders-api', parse: parseLogTarget, print: printLogTarget },
  shell: { usage: '-- <command>', example: 'ps aux', parse: parseShell, print: command => command },
  revision: { usage: '<revision>', example: 'orders-api:6', parse: parseRevision, print: name => name },
  moment: { usage: '<time>', example: '14:05', parse: parseMoment, print: moment => moment },
  flag: { usage: '', example: '', parse: () => true, print: () => '' },
}
