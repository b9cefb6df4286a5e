// Pure: the approvals that a gate needs, which a deployment asks for without a requester.

import type { Plan } from '../change/plan.ts'
import { gateRule, joinRules, rulesFor, ruleWords } from './approval-rules.ts'
import { SYSTEM } from './asker.ts'
import type { ApprovalRule, Config } from './config.ts'
import { askingRules, type NeedsApproval, needsApproval } from './judge.ts'
import type { RuleInputs } from './rule-inputs.ts'
import { countPeople } from './voters.ts'

const NO_RULE: ApprovalRule = {
  when: {},
  approvals: 1,
  approvers: [],
  expiryMinutes: 1,
  remindMinutes: 15,
  needsReason: false,
  maySelfApprove: false,
}

/**
 * The verdict about a gate that a deployment asks for, without a requester. It is asked for even if too few people can approve
 * it, or no rule matches: somebody must know, and anybody may roll it back.
 */
export const judgeGate = (plan: Plan, config: Config, inputs: RuleInputs): NeedsApproval => {
  const rules = rulesFor(plan, config, inputs)
  const joined = joinRules(askingRules(plan, rules, SYSTEM.actor, config, inputs))
  const asked = joined ?? { ...noRule(plan, inputs), ruleNumber: 0, approvers: [] }
  return needsApproval({ corporateId: plan.gate?.people[0] ?? SYSTEM.corporateId, ...asked })
}

const noRule = ({ gate }: Plan, inputs: RuleInputs) => ({
  rule: { ...(gate === undefined ? NO_RULE : gateRule(NO_RULE, gate, inputs)), approvers: [] },
})

/** The plan with a warning if too few people can approve it now, and without an earlier one if enough can. */
export const withTooFew = (plan: Plan, verdict: NeedsApproval, config: Config): Plan => {
  const { warnings = [], ...rest } = plan
  const few = tooFewForGate(verdict, config)
  const lines = [...(few === undefined ? [] : [few]), ...warnings.filter(line => !TOO_FEW.test(line))]
  return { ...rest, ...(lines.length > 0 && { warnings: lines }) }
}

const TOO_FEW = /^No approval rule matches: |^Needs \d+ approvals?[^.]*, and \d+ can approve now\.$/

const tooFewForGate = (verdict: NeedsApproval, config: Config): string | undefined => {
  const { rule, ruleNumber, otherRules = [], approvers } = verdict
  if (ruleNumber === 0) return 'No approval rule matches: nobody can continue it here.'
  const count = countPeople(approvers, config)
  const by = otherRules.length === 0 ? '' : ` by ${ruleWords(verdict)} together`
  const needed = `${rule.approvals} ${rule.approvals === 1 ? 'approval' : 'approvals'}`
  return count >= rule.approvals ? undefined : `Needs ${needed}${by}, and ${count} can approve now.`
}
