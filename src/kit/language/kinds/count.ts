// The argument kinds for counts: task counts (absolute, or relative to the current count), line counts and page
// numbers.

import { type Problem, problem } from '../../../model/errors.ts'
import { type Kind, wholeNumber, withoutMarks } from './kind.ts'

/** A number of tasks: absolute, or relative to the desired count at the time of planning. */
export type Count =
  | { readonly kind: 'exactly'; readonly tasks: number }
  | { readonly kind: 'more'; readonly tasks: number }
  | { readonly kind: 'fewer'; readonly tasks: number }
  | { readonly kind: 'times'; readonly factor: number }
  | { readonly kind: 'percent'; readonly percent: number }

/** The largest task count. ECS service quotas: 5,000 tasks per service. */
export const MOST_TASKS = 5_000

const COUNT_HELP = 'Write how many tasks: `6`, `+2`, `-1`, `x2` or `50%`.'

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
    `${digits}% is not a percentage that changes anything.`,
    'Write more than 0% and at most 1000%: `50%` halves the service.',
  )
}

const parseFactor = (digits: string): Count | Problem => {
  const factor = Number(digits)
  if (factor > 0 && factor <= 100 && factor !== 1) return { kind: 'times', factor }
  return problem(
    `x${digits} is not a factor that changes anything.`,
    'Write a factor above 0 and at most 100: `x2` doubles the service.',
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
 * The number of tasks that a count means for a current count. Percentages and factors round up: the result is 0 only if
 * `current` is 0. Negative when `fewer` exceeds `current`; the plan refuses that.
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

/** Rounds up, ignoring binary fraction errors: 100 × 1.1 is 110 tasks, not 111. */
const ceil = (tasks: number): number => Math.ceil(Number(tasks.toFixed(6)))

export const count: Kind<Count> = {
  usage: '<count>',
  example: '6',
  help: withoutMarks(COUNT_HELP),
  parse: parseCount,
  print: printCount,
}

/** The largest line count. A Slack message holds about 9,000 characters of log lines. */
const MOST_LINES = 200

export const lines: Kind<number> = {
  usage: '<count>',
  example: '50',
  parse: text => {
    const number = wholeNumber(text)
    return number !== undefined && number >= 1 && number <= MOST_LINES
      ? number
      : problem(`\`${text.slice(0, 50)}\` is not a number of lines.`, `Write 1 to ${MOST_LINES}.`)
  },
  print: number => `${number}`,
}

export const page: Kind<number> = {
  usage: '<number>',
  example: '2',
  parse: text => {
    const number = wholeNumber(text)
    return number !== undefined && number >= 1
      ? number
      : problem(`\`${text.slice(0, 50)}\` is not a page.`, 'Write 1, 2 or 3.')
  },
  print: number => `${number}`,
}
