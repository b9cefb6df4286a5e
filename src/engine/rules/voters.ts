// Decides who may vote on a plan: the people whom the approval rule names, and the requester only if the rule allows
// it.

import type { Actor } from '../../model/ecs.ts'
import { eachTarget, type Plan, type Targeted } from '../change/plan.ts'
import {
  accessFor,
  accessOf,
  DENIES,
  identify,
  isAmong,
  isDenied,
  isNamed,
  isSameUser,
  ruledTarget,
  touches,
} from './access.ts'
import type { Config, Who } from './config.ts'
import { clusterOf, mayOperateAt } from './place-access.ts'
import type { RuleInputs } from './rule-inputs.ts'

type VotingRule = { readonly approvers: Who; readonly maySelfApprove: boolean }

type Votable = Targeted & Pick<Plan, 'role' | 'isOfCluster' | 'runsCommands' | 'gate'>

/** May this person vote on this plan now? On a change set only who may vote on each of its services. */
export const mayVote = (
  voter: Actor,
  rule: VotingRule,
  plan: Votable,
  requester: Actor,
  config: Config,
  inputs: RuleInputs,
): boolean => eachTarget(plan).every(one => mayVoteOn(voter, rule, one, requester, config, inputs))

/**
 * A rule that names a person gives the right to approve, to people who may view the
 * service; they need not operate it. A denial of viewer, operator or approver there overrides the rule. Nobody approves the
 * gate of their own deployment.
 */
const mayVoteOn = (
  voter: Actor,
  { approvers, maySelfApprove }: VotingRule,
  plan: Votable,
  requester: Actor,
  config: Config,
  inputs: RuleInputs,
): boolean => {
  const corporateId = identify(voter, config)
  if (typeof corporateId !== 'string' || plan.gate?.people.includes(corporateId)) return false
  if (isSamePerson(voter, requester, config) && !maySelfApprove) return false
  const { target } = plan
  const ruled = ruledTarget(plan)
  if (mayNotApprove(voter, ruled, config, inputs)) return false
  if (accessOf(voter, 'viewer', ruled, config, inputs).kind === 'refusal') return false
  if (isAmong(approvers, voter.user, config, inputs)) return true
  return (
    approvers.includes('operators') &&
    accessOf(voter, accessFor(plan), target, config, inputs).kind === 'allowed' &&
    (plan.isOfCluster !== true || mayOperateAt(voter, clusterOf(plan), config, inputs))
  )
}

/** One person is one corporate id, also with several Slack users and teams. */
export const isSamePerson = (one: Actor, other: Actor, config: Pick<Config, 'people'>): boolean =>
  isSameUser(one.user, other.user, config)

const mayNotApprove = (voter: Actor, target: Plan['target'], config: Config, inputs: RuleInputs): boolean =>
  config.approverDenials.some(
    rule => isDenied(rule.who, voter.user, config, inputs) && touches(rule, target, config),
  ) ||
  config.access.some(
    rule =>
      rule.isDenied &&
      DENIES[rule.role].includes('operator') &&
      isNamed(rule, voter, config, inputs) &&
      touches(rule, target, config),
  )

/** Everyone who may vote: Slack user ids, in the order of the configuration. */
export const eligibleVoters = (
  rule: VotingRule,
  plan: Plan,
  requester: Actor,
  config: Config,
  inputs: RuleInputs,
): readonly string[] =>
  Object.keys(config.people).filter(user =>
    mayVote({ team: config.team, user, name: user }, rule, plan, requester, config, inputs),
  )

/** How many different people these Slack users are. */
export const countPeople = (users: readonly string[], { people }: Pick<Config, 'people'>): number =>
  new Set(users.map(user => people[user] ?? user)).size
