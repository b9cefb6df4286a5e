// The argument kind for one service, or for all services of a cluster or a team, with a tag, or that use a secret.

import { isProblem, type Problem, problem } from '../../../model/errors.ts'
import { parseTarget, printTarget, type Target } from '../target.ts'
import type { Kind } from './kind.ts'
import { type Tag, tag } from './text.ts'

/**
 * All services of a cluster (`web`, `prod/web` or `prod.us-east-1/web`) or of a team of the configuration, with a tag, or with a secret of Secrets Manager or a
 * parameter of Parameter Store, by its ARN.
 */
export type SetText =
  | { readonly kind: 'set'; readonly by: 'cluster'; readonly cluster: string }
  | { readonly kind: 'set'; readonly by: 'team'; readonly team: string }
  | { readonly kind: 'set'; readonly by: 'tag'; readonly tag: Tag }
  | { readonly kind: 'set'; readonly by: 'secret'; readonly arn: string }

export const isSetText = (value: unknown): value is SetText =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'set'

/** Prints a set as it is typed: `cluster:prod/web`, `team:checkout`, `tag:team=checkout`, `secret:arn:…`. */
export const setText = (given: SetText): string => {
  if (given.by === 'secret') return `secret:${given.arn}`
  if (given.by === 'team') return `team:${given.team}`
  return given.by === 'cluster' ? `cluster:${given.cluster}` : `tag:${tag.print(given.tag)}`
}

/** An ARN of a secret or a parameter. Sources: API references of Secrets Manager (names) and Systems Manager (parameters). */
const SECRET =
  /^arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,519}|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]{1,1011})$/

const parseSecret = (arn: string): SetText | Problem =>
  SECRET.test(arn)
    ? { kind: 'set', by: 'secret', arn }
    : problem(
        `\`${arn.slice(0, 80)}\` is not the ARN of a secret or a parameter.`,
        'Write `secret:arn:aws:secretsmanager:<region>:<account>:secret:<name>`.',
      )

const parse = (text: string): Target | SetText | Problem => {
  const [, by, name = ''] = /^(cluster|team|tag|secret):(.*)$/s.exec(text) ?? []
  if (by === undefined) return parseTarget(text)
  if (by === 'cluster')
    return /^[\w.-]{1,300}(?:\/[\w-]{1,255})?$/.test(name)
      ? { kind: 'set', by, cluster: name }
      : problem(`\`${name.slice(0, 50)}\` is not a cluster.`, 'Write `cluster:web` or `cluster:prod.us-east-1/web`.')
  if (by === 'secret') return parseSecret(name)
  if (by === 'team')
    return /^[a-z][a-z0-9-]{0,30}$/.test(name)
      ? { kind: 'set', by, team: name }
      : problem(`\`${name.slice(0, 50)}\` is not the name of a team.`, 'Write `team:checkout`.')
  const parsed = tag.parse(name)
  return isProblem(parsed) ? parsed : { kind: 'set', by: 'tag', tag: parsed }
}

export const set: Kind<Target | SetText> = {
  usage: '<service|cluster:name|team:name|tag:key=value|secret:arn>',
  example: 'orders-api',
  parse,
  print: value => (isSetText(value) ? setText(value) : printTarget(value)),
}
