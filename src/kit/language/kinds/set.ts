// The argument kind for one service, or for all services of a cluster or with a tag.

import { isProblem, type Problem, problem } from '../../../model/errors.ts'
import { parseTarget, printTarget, type Target } from '../target.ts'
import type { Kind } from './kind.ts'
import { type Tag, tag } from './text.ts'

/** All services of a cluster (`web`, `prod/web` or `prod.us-east-1/web`), or with a tag. */
export type SetText =
  | { readonly kind: 'set'; readonly by: 'cluster'; readonly cluster: string }
  | { readonly kind: 'set'; readonly by: 'tag'; readonly tag: Tag }

export const isSetText = (value: unknown): value is SetText =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'set'

/** `cluster:prod/web`, `tag:team=checkout`: as typed, and in words. */
export const setText = (given: SetText): string =>
  given.by === 'cluster' ? `cluster:${given.cluster}` : `tag:${tag.print(given.tag)}`

const parse = (text: string): Target | SetText | Problem => {
  const [, by, name = ''] = /^(cluster|tag):(.*)$/s.exec(text) ?? []
  if (by === undefined) return parseTarget(text)
  if (by === 'cluster')
    return /^[\w.-]{1,300}(?:\/[\w-]{1,255})?$/.test(name)
      ? { kind: 'set', by, cluster: name }
      : problem(`\`${name.slice(0, 50)}\` is not a cluster.`, 'Write `cluster:web` or `cluster:prod.us-east-1/web`.')
  const parsed = tag.parse(name)
  return isProblem(parsed) ? parsed : { kind: 'set', by: 'tag', tag: parsed }
}

export const set: Kind<Target | SetText> = {
  usage: '<service|cluster:name|tag:key=value>',
  example: 'orders-api',
  parse,
  print: value => (isSetText(value) ? setText(value) : printTarget(value)),
}
