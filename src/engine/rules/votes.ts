// Who may vote on a plan: the people whom the approval rule names, and never the requester unless the rule says so.

import type { Actor } from '../../model/ecs.ts'
import type { Plan } from '../change/plan.ts'
import { accessFor, accessOf, identify, isAmong } from './access.ts'
import type { Config, Who } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

type VotingRule = { readonly approvers: Who; readonly maySelfApprove: boolean }

/** May this person vote on this plan now? */
export const mayVote = (
  voter: Actor,
  { approvers, maySelfApprove }: VotingRule,
  { target, role }: Pick<Plan, 'target' | 'role'>,
  requester: Actor,
  config: Config,
  inputs: RuleInputs,
): boolean => {
  if (typeof identify(voter, config) !== 'string') return false
  if (voter.user === requester.user && voter.team === requester.team && !maySelfApprove) return false
  if (isAmong(approvers, voter.user, config, inputs)) return true
  return (
    approvers.includes('operators') && accessOf(voter, accessFor({ role }), target, config, inputs).kind === 'allowed'
  )
}

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
