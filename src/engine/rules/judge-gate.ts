// Pure: the approvals that a gate needs, which a deployment asks for without a requester.

import type { Plan } from '../change/plan.ts'
import { SYSTEM } from './asker.ts'
import type { ApprovalRule, Config } from './config.ts'
import { gateRule } from './gate-rule.ts'
import { type NeedsApproval, needsApproval, ruleFor } from './judge.ts'
import type { RuleInputs } from './rule-inputs.ts'
import { countPeople, eligibleVoters } from './voters.ts'

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
  const found = ruleFor(plan, config, inputs)
  const base = found?.rule ?? NO_RULE
  const rule = plan.gate === undefined ? base : gateRule(base, plan.gate, inputs)
  const asked = found === undefined ? { ...rule, approvers: [] } : rule
  return needsApproval({
    corporateId: plan.gate?.people[0] ?? SYSTEM.corporateId,
    rule: asked,
    ruleNumber: found?.ruleNumber ?? 0,
    approvers: eligibleVoters(asked, plan, SYSTEM.actor, config, inputs),
  })
}

/** The warning of a gate that too few people can approve now; undefined if enough can. */
export const tooFewForGate = ({ rule, ruleNumber, approvers }: NeedsApproval, config: Config): string | undefined => {
  if (ruleNumber === 0) return 'No approval rule matches: nobody can continue it here.'
  const count = countPeople(approvers, config)
  return count >= rule.approvals ? undefined : `Needs ${rule.approvals} approvals, and ${count} can approve now.`
}
