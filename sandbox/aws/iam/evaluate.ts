// Evaluates IAM policies for one request. Source: IAM user guide, policy evaluation logic.

import { holds } from './conditions.ts'
import { type Context, type Keys, keysOf } from './context.ts'
import { isActionLike, isResourceLike } from './pattern.ts'
import { type Patterns, readPolicy, type Statement } from './policy.ts'

/** One permission that a call needs. */
export type Check = {
  /** The action, as `service:Action`. */
  readonly action: string
  /** The ARN of the resource; `*` if the action has no resources. */
  readonly resource: string
  readonly context: Context
}

export type Verdict = 'allow' | 'deny' | 'silent'

const matches = ({ patterns, isNegated }: Patterns, isLike: (pattern: string) => boolean): boolean =>
  patterns.map(isLike).includes(true) !== isNegated

const applies = ({ actions, resources, conditions }: Statement, { action, resource }: Check, keys: Keys): boolean =>
  matches(actions, pattern => isActionLike(pattern, action)) &&
  (!resources || matches(resources, pattern => isResourceLike(pattern, resource, keys))) &&
  // All conditions are evaluated, even after one has failed, so an unsupported condition is always found.
  !conditions.map(condition => holds(condition, keys)).includes(false)

/** The result of the statements of one kind of policy. A deny overrides every allow. */
export const judge = (statements: readonly Statement[], check: Check): Verdict => {
  const keys = keysOf(check.context)
  const effects = statements.filter(statement => applies(statement, check, keys)).map(({ effect }) => effect)
  if (effects.includes('Deny')) return 'deny'
  return effects.includes('Allow') ? 'allow' : 'silent'
}

/** The policy documents that apply to a call. An absent permissions boundary or session policy limits nothing. */
export type Policies = {
  readonly identity: readonly unknown[]
  readonly boundary?: unknown
  readonly session?: unknown
}

export type DeniedBy = 'identity policy' | 'permissions boundary' | 'session policy'

export type Decision =
  | { readonly decision: 'allowed' }
  | { readonly decision: 'explicit-deny' | 'implicit-deny'; readonly by: DeniedBy }

/** The kinds of policies, in the order in which AWS evaluates them. */
const layersOf = ({
  identity,
  boundary,
  session,
}: Policies): readonly (readonly [DeniedBy, readonly Statement[]])[] => [
  ['identity policy', identity.flatMap(readPolicy)],
  ...(boundary === undefined ? [] : [['permissions boundary', readPolicy(boundary)] as const]),
  ...(session === undefined ? [] : [['session policy', readPolicy(session)] as const]),
]

/**
 * The decision about a check. The check is allowed if every kind of policy that is present allows the check, and no policy
 * denies the check. Throws UnsupportedPolicy.
 */
export const evaluate = (policies: Policies, check: Check): Decision => {
  const verdicts = layersOf(policies).map(([by, statements]) => ({ by, verdict: judge(statements, check) }))
  const denying = verdicts.find(({ verdict }) => verdict === 'deny')
  if (denying) return { decision: 'explicit-deny', by: denying.by }
  const silent = verdicts.find(({ verdict }) => verdict === 'silent')
  return silent ? { decision: 'implicit-deny', by: silent.by } : { decision: 'allowed' }
}
