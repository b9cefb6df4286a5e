// Pure: the first line of a problem's card: the cause, the number of tasks, and the duration.

import { date, literal } from '../../../kit/messages/markup.ts'
import { plainName, shortName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { JsonObject } from '../../../model/json.ts'
import { tasks } from '../../../model/scaling-words.ts'
import { ageWords } from '../../../model/time.ts'
import type { Part, Problem } from './problem.ts'

/**
 * A problem as one channel sees it. `refs`: the services of the problem that the channel may see; those with the most
 * tasks come first.
 */
export type View = {
  readonly problem: Problem
  readonly refs: readonly ServiceRef[]
}

export type Sums = { readonly tasks: number; readonly first: string; readonly last: string }

export const partsOf = ({ problem, refs }: View): readonly Part[] => refs.flatMap(({ arn }) => problem.parts[arn] ?? [])

export const sumsOf = (view: View): Sums => {
  const parts = partsOf(view)
  return {
    tasks: parts.reduce((sum, part) => sum + part.tasks, 0),
    first: parts.map(({ first }) => first).toSorted()[0] ?? view.problem.first,
    last:
      parts
        .map(({ last }) => last)
        .toSorted()
        .at(-1) ?? view.problem.last,
  }
}

/** The time between two moments in words, such as `2 h`; undefined for less than a minute. */
export const spanText = (from: string, to: string): string | undefined =>
  Date.parse(to) - Date.parse(from) < 60_000 ? undefined : ageWords(from, to)

/** The first line as elements of a message. */
export const headline = (view: View): readonly JsonObject[] => {
  const { problem } = view
  const { first, last } = sumsOf(view)
  const subject = subjectOf(view)
  if (problem.state === 'closed') {
    const took = spanText(first, problem.endedAt ?? last) ?? 'less than a minute'
    const over = problem.because ?? `over after ${took}`
    return [literal('✅ '), bold(subject), literal(`: ${over}. It was: ${whatOf(view)}`)]
  }
  const deployedAt = view.refs.length === 1 ? partsOf(view)[0]?.deployedAt : undefined
  const span = sumsOf(view).tasks > 1 ? spanText(first, last) : undefined
  return [
    literal(problem.cause.kind === 'retirement' ? '⚠️ ' : '❌ '),
    bold(subject),
    literal(`: ${whatOf(view)}${span === undefined ? '' : ` in ${span}`}`),
    ...(deployedAt === undefined ? [] : [literal(', since the deployment of '), date(deployedAt, '{time}')]),
  ]
}

const bold = (text: string): JsonObject => ({ type: 'text', text, style: { bold: true } })

export const servicesText = (count: number): string => (count === 1 ? '1 service' : `${count} services`)

const subjectOf = ({ problem, refs }: View): string => {
  const [only] = refs
  const { cause } = problem
  if (cause.kind === 'spot') return `Fargate Spot in ${only?.account ?? ''} ${only?.region ?? ''}`
  if (cause.kind === 'zone') return `Zone ${plainName(cause.name, 40)}`
  if (only !== undefined && refs.length === 1) return shortName(only.service)
  return servicesText(refs.length + (problem.more ?? 0))
}

/** What happened and how many tasks it affected, such as `out of memory, 9 tasks`. */
const whatOf = (view: View): string => {
  const { problem, refs } = view
  const count = sumsOf(view).tasks
  const parts = partsOf(view)
  const words = parts.find(part => part.words !== undefined)?.words ?? 'problems'
  const counted = count === 0 ? '' : `, ${tasks(count)}`
  const { cause } = problem
  switch (cause.kind) {
    case 'registry':
      return `cannot pull from ${plainName(cause.name, 80)}: ${plainName(words, 80)}${counted}`
    case 'spot':
      return count === 0
        ? `no capacity for ${servicesText(refs.length)}`
        : `interrupted ${tasks(count)} of ${servicesText(refs.length)}`
    case 'capacity':
      return `no capacity in ${plainName(cause.name, 80)}${counted}`
    case 'zone':
      return `lost the hosts of ${tasks(count)} of ${servicesText(refs.length)}`
    default: {
      const also = parts.find(part => part.also !== undefined)?.also
      return `${plainName(words, 120)}${counted}${also === undefined || refs.length > 1 ? '' : `; ${plainName(also, 60)}`}`
    }
  }
}

/** The first line as plain text. */
export const headlineText = (view: View): string =>
  headline(view)
    .map(({ text, fallback }) => (typeof text === 'string' ? text : typeof fallback === 'string' ? fallback : ''))
    .join('')
