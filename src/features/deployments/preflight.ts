// What tasks need before they start: roles, secrets and log groups of their task definition. They are looked for by name or
// described, and never read. What may not be looked at is unknown, and refuses nothing.

import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { DefinitionBase } from '../../model/service-detail.ts'
import type { DeploymentReads } from './reads.ts'

type Reads = Pick<DeploymentReads, 'rolesThere' | 'secretsThere' | 'logGroupsThere'>

/** `unknown`: what was not found out, such as `2 secrets`. */
export type Preflight = { readonly missing: readonly string[]; readonly unknown: readonly string[] }

/** The IAM actions of `preflight`. */
export const PREFLIGHT_READS = [
  'iam:GetRole',
  'logs:DescribeLogGroups',
  'secretsmanager:DescribeSecret',
  'ssm:DescribeParameters',
] as const

export const preflight = async (
  ref: ServiceRef,
  { roles, secrets, logGroups }: Pick<DefinitionBase, 'roles' | 'secrets' | 'logGroups'>,
  read: Reads,
): Promise<Preflight> => {
  const found = await Promise.all([
    read.rolesThere(ref, roles),
    read.secretsThere(ref, secrets),
    read.logGroupsThere(ref, logGroups),
  ])
  const named = found.map((presence, at) => ({ ...presence, kind: KINDS[at] ?? '' }))
  return {
    missing: named.flatMap(({ kind, missing }) => missing.map(name => `the ${kind} \`${plainName(lastOf(name))}\``)),
    unknown: named.flatMap(({ kind, unread: { length } }) =>
      length === 0 ? [] : [length === 1 ? `1 ${kind}` : `${length} ${kind}s`],
    ),
  }
}

const KINDS = ['role', 'secret', 'log group'] as const

/** An ARN without its account: `parameter/orders/database-url`. */
const lastOf = (name: string): string => name.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '')

/** New tasks would never start. */
export const refuseMissing = (name: string, { missing }: Preflight): Refusal | undefined => {
  const [first, ...others] = missing
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return refuse(
    `Tasks of *${plainName(name)}* could not start: ${first} does not exist${more}.`,
    'Create what is missing, or correct the task definition with your pipeline.',
  )
}
