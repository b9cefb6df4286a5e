// The argument kinds for a subscription: what it is about, and the kinds of problems that it reports.

import { isProblem, type Problem, problem } from '../../../model/errors.ts'
import { type PlaceText, parsePlace } from '../place.ts'
import type { Kind } from './kind.ts'
import { type Tag, tag } from './text.ts'

export const PROBLEM_KINDS = [
  'deployment',
  'crash',
  'memory',
  'pull',
  'start',
  'placement',
  'host',
  'spot',
  'alarm',
  'retirement',
] as const

export type ProblemKind = (typeof PROBLEM_KINDS)[number]

const isKind = (text: string): text is ProblemKind => PROBLEM_KINDS.some(kind => kind === text)

const parseProblems = (text: string): readonly ProblemKind[] | Problem => {
  const names = [...new Set(text.toLowerCase().split(','))].filter(name => name !== '')
  const unknown = names.find(name => !isKind(name))
  if (unknown === undefined && names.length > 0) return names.filter(isKind)
  return problem(
    `\`${(unknown ?? text).slice(0, 50)}\` is not a kind of problem.`,
    `Write some of ${PROBLEM_KINDS.join(', ')}, separated by commas.`,
  )
}

export const problems: Kind<readonly ProblemKind[]> = {
  usage: '<kinds>',
  example: 'deployment,crash',
  help: `Some of ${PROBLEM_KINDS.join(', ')}, separated by commas.`,
  parse: parseProblems,
  print: names => names.join(','),
}

/** An account, a cluster or a service, or all services with a tag. */
export type SubjectText = PlaceText | { readonly kind: 'tagged'; readonly tag: Tag }

export const isTagged = (value: unknown): value is Extract<SubjectText, { kind: 'tagged' }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tagged'

export const subject: Kind<SubjectText> = {
  usage: '<service|cluster|tag:key=value>',
  example: 'web/orders-api',
  parse: text => {
    if (!text.startsWith('tag:')) return parsePlace(text.replace(/^cluster:/, ''))
    const parsed = tag.parse(text.slice(4))
    return isProblem(parsed) ? parsed : { kind: 'tagged', tag: parsed }
  },
  print: value => (isTagged(value) ? `tag:${tag.print(value.tag)}` : value.text),
}
