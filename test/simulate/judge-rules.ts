// Judges whether each write was allowed when its operation last checked, with a short model of the rules.

import type { PlaceLock } from '../../src/engine/rules/rule-inputs.ts'
import type { Evidence, Operation, RulesInForce, Span, Write } from './evidence.ts'
import { RULES } from './rules.ts'

/** Why the write should not have been sent; undefined when it was allowed. */
export const whyNot = (write: Write, operation: Operation, evidence: Evidence): readonly string[] => {
  if (endsGrant(write)) return onTheWrongRole(write, operation)
  const at = checkedTimeOf(write, operation)
  if (at === undefined) return ['it was never checked again before it ran']
  const isGlass = operation.line.includes('--break-glass')
  return [
    ...onTheWrongRole(write, operation),
    ...(evidence.halts.some(span => isWithin(at, span)) ? ['everything was halted'] : []),
    ...((!isGlass || write.role === 'revert') &&
    evidence.holds.some(hold => isWithin(at, hold) && covers(hold.scope, write))
      ? ['the service was locked']
      : []),
    // A temporary change was approved with its end, even if the requester has lost access by then.
    ...missingApprovals(operation, isGlass),
    ...(write.role === 'revert' ? [] : againstTheRules(write, operation, isGlass, statesAt(at, evidence.inForce))),
  ]
}

/** Ending a grant is always allowed. */
export const endsGrant = ({ action }: Write): boolean => action === 'UntagResource' || action === 'TerminateSession'

/** When the operation last checked whether this write is still allowed. */
const checkedTimeOf = ({ role, at }: Write, { recheckedAt, decidedAt }: Operation): number | undefined =>
  role === 'revert' ? decidedAt.findLast(looked => looked <= at) : recheckedAt

const ROLES = [
  ['rollback ', 'deployer'],
  ['exec ', 'exec'],
] as const

const onTheWrongRole = ({ role }: Write, { line, lease }: Operation): readonly string[] => {
  const own = ROLES.find(([command]) => line.startsWith(command))?.[1] ?? 'operator'
  return role === own || (role === 'revert' && lease !== undefined) ? [] : [`it ran as ${role}`]
}

/** Strict comparison: events of one millisecond may have either order. */
const isWithin = (at: number, { from, until }: Span): boolean => from < at && at < until

export const covers = (scope: PlaceLock['scope'], { place }: Pick<Write, 'place'>): boolean => {
  const [accountId, region, cluster, service] = place.split('/')
  return (
    scope.accountId === accountId &&
    [region, undefined].includes(scope.region) &&
    [cluster, undefined].includes(scope.cluster) &&
    [service, undefined].includes(scope.service)
  )
}

const missingApprovals = ({ approval, user, line }: Operation, isGlass: boolean): readonly string[] => {
  if (approval === undefined)
    return isGlass || /^(scale|lease|autoscale|exec) /.test(line) ? [] : ['it had no approval']
  const voters = new Set(approval.votes.map(({ voter }) => voter.user))
  return [
    ...(approval.decision?.outcome === 'approved' ? [] : [`it was ${approval.decision?.outcome ?? 'not decided'}`]),
    ...(voters.size >= approval.quorum ? [] : [`it had ${voters.size} of ${approval.quorum} votes`]),
    ...(voters.has(user) ? ['the requester has voted'] : []),
  ]
}

const statesAt = (at: number, inForce: readonly RulesInForce[]): readonly RulesInForce[] =>
  [inForce.findLast(one => one.at < at), inForce.findLast(one => one.at <= at)].filter(one => one !== undefined)

const againstTheRules = (
  write: Write,
  operation: Operation,
  isGlass: boolean,
  states: readonly RulesInForce[],
): readonly string[] => {
  const problems = states.map(state => problemsOf(write, operation, isGlass, state))
  return problems.find(list => list.length === 0) ?? problems[0] ?? []
}

export const isHere = (user: string, { rules, inactive }: RulesInForce): boolean =>
  !RULES[rules].strangers.includes(user) && !inactive.includes(user)

export const mayOperate = (user: string, state: RulesInForce, rules = state.rules): boolean =>
  isHere(user, state) && RULES[rules].operators.some(group => state.groups[group]?.includes(user) ?? false)

/** Running commands is a separate role; the configurations give it to the same groups. */
const mayChange = (user: string, { role }: Write, state: RulesInForce): boolean =>
  mayOperate(user, state, role === 'exec' ? 'usual' : state.rules)

/** Suspends scaling permanently. */
const isForGood = ({ input, role }: Write, line: string): boolean =>
  role === 'operator' && /Suspended":true/.test(JSON.stringify(input)) && !line.includes(' --for ')

/** Commands that the configuration lists verbatim. */
const NAMED = / -- (env-names|processes)$/

const problemsOf = (
  write: Write,
  { user, approval, line }: Operation,
  isGlass: boolean,
  state: RulesInForce,
): readonly string[] => {
  const { input, place, action } = write
  const rules = RULES[state.rules]
  const [account = ''] = place.split('/')
  const count = Number(input['desiredCount'] ?? input['MinCapacity'] ?? 0)
  const votes = (approval?.votes ?? []).filter(({ voter }) => mayChange(voter.user, write, state)).length
  const isNamed = action === 'ExecuteCommand' && NAMED.test(line)
  const isFree =
    isGlass || isNamed || (rules.freeAccounts.includes(account) && (count > 0 || action === 'RegisterScalableTarget'))
  return [
    ...(mayChange(user, write, state) ? [] : [`${user} no longer had access`]),
    ...(isGlass && !state.groups['S0ONCALL']?.includes(user) ? [`${user} was not allowed to use break glass`] : []),
    ...(isForGood(write, line) && !state.groups['S0OPS']?.includes(user)
      ? [`${user} was not allowed to suspend scaling permanently`]
      : []),
    ...(rules.isFrozen && !isGlass ? ['changes were frozen'] : []),
    ...(count > rules.ceiling ? [`${count} was over the ceiling of ${rules.ceiling}`] : []),
    ...(isFree || votes >= rules.quorum ? [] : [`${votes} of ${rules.quorum} votes counted`]),
  ]
}
