// Pure: the approval rule of a gate, which is stricter than that of other changes.

import type { PlannedGate } from '../change/plan.ts'
import type { ApprovalRule } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

/**
 * The rule as a gate needs it: at least one person who did not deploy, and one more while it is unknown who did. Who asks for it
 * may vote: a deployment requests it, and who deployed is excluded by name. It lasts as long as the gate.
 */
export const gateRule = (
  rule: ApprovalRule,
  { expiresAt, isKnown }: PlannedGate,
  { now }: RuleInputs,
): ApprovalRule => ({
  ...rule,
  approvals: Math.max(1, rule.approvals) + (isKnown ? 0 : 1),
  approvers: rule.approvers.length === 0 ? ['operators'] : rule.approvers,
  expiryMinutes: Math.max(1, Math.ceil((Date.parse(expiresAt) - Date.parse(now)) / 60_000)),
  maySelfApprove: true,
})
