// Pure: the approval rules that are about a plan, and the one rule that is as strict as all of them together.

import { canonicalJson } from '../../model/json.ts'
import type { Plan, PlannedGate } from '../change/plan.ts'
import { concerns, ruledTarget } from './access.ts'
import { sizeFor } from './change-window.ts'
import type { ApprovalRule, Config } from './config.ts'
import { type EasedRule, inIncident } from './incidents/incident-rule.ts'
import type { RuleInputs } from './rule-inputs.ts'
import { couldBeOf, togetherScope } from './teams/teams.ts'

/** `ruleNumber`: counted from 1. `eased`: its variant for incidents applies. */
export type FoundRule = { readonly rule: ApprovalRule; readonly ruleNumber: number; readonly eased?: EasedRule }

/** `approvers`: who may vote by it now, as Slack user ids. `otherRules`: the numbers of the rules that are joined with it. */
export type RuleWithVoters = FoundRule & {
  readonly approvers: readonly string[]
  readonly otherRules?: readonly number[]
}

/**
 * The first rule about the plan's command, and those about the commands whose changes it also makes: a rule that frees one of them
 * does not free the others. Where one of them has no rule there is none; a gate needs one of its own or that of a deployment.
 */
export const rulesFor = (plan: Plan, config: Config, inputs: RuleInputs): readonly FoundRule[] => {
  const found = firstRules(plan, config, inputs)
  if (plan.gate === undefined && found.some(({ rules }) => rules.length === 0)) return []
  const byNumber = new Map(found.flatMap(({ rules }) => rules).map(rule => [numberOf(rule, config), rule] as const))
  return [...byNumber].map(([ruleNumber, rule]) => ({ ...inIncident(rule, plan, config, inputs), ruleNumber }))
}

/** The commands whose changes the plan makes besides its own, and about which there is no rule. */
export const unruled = (plan: Plan, config: Config, inputs: RuleInputs): readonly string[] =>
  firstRules(plan, config, inputs).flatMap(({ command, rules }) =>
    rules.length === 0 && command !== plan.command ? [command] : [],
  )

/** The first rules about each command of the plan. */
const firstRules = ({ also = [], ...own }: Plan, config: Config, inputs: RuleInputs) =>
  [own.command, ...also].map(command => ({ command, rules: firstRulesAbout({ ...own, command }, config, inputs) }))

/** A rule that may not be about the service: neither its channel nor its variant for incidents is used. */
const asUncertain = ({ channel: _, incident: __, ...rule }: ApprovalRule): ApprovalRule => rule

/**
 * The first rule; of a service of no team also those before it about any team, whose channel is not used: its people may not be the
 * service's. None where only such rules apply.
 */
const firstRulesAbout = (plan: Plan, config: Config, inputs: RuleInputs): readonly ApprovalRule[] => {
  const isCertain = ({ when }: ApprovalRule): boolean => !couldBeOf(when, ruledTarget(plan), config)
  const applying = config.consent.filter(rule => applies(rule, plan, config, inputs))
  const first = applying.slice(0, applying.findIndex(isCertain) + 1)
  return first.map(rule => (isCertain(rule) ? rule : { ...asUncertain(rule), number: numberOf(rule, config) }))
}

const numberOf = (rule: ApprovalRule, { consent }: Config): number => rule.number ?? consent.indexOf(rule) + 1

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

/**
 * The most approvals, from people who may vote by each rule, in the shortest time, in a channel that one of the rules names. Of rules
 * with equally many approvals the earlier is named first. Undefined if no rule is given.
 */
export const joinRules = <One extends RuleWithVoters>(rules: readonly One[]): One | undefined => {
  const [first, ...others] = rules.toSorted(
    (a, b) => b.rule.approvals - a.rule.approvals || a.ruleNumber - b.ruleNumber,
  )
  if (first === undefined || others.length === 0) return first
  const approvers = first.approvers.filter(one => others.every(other => other.approvers.includes(one)))
  const named = [first, ...others].flatMap(({ ruleNumber, otherRules = [] }) => [ruleNumber, ...otherRules])
  const otherRules = [...new Set(named)].filter(number => number !== first.ruleNumber)
  const rule = joined([first, ...others], first.rule, approvers)
  return { ...first, approvers, rule, ...(otherRules.length > 0 && { otherRules }) }
}

/** Where the rules name different approvers: those of the rule that names no others than may approve by each, or these people. */
const joined = (all: readonly RuleWithVoters[], first: ApprovalRule, approvers: readonly string[]): ApprovalRule => {
  const rules = all.map(({ rule }) => rule)
  const channel = rules.find(rule => rule.channel !== undefined)?.channel
  const isSame = rules.every(rule => canonicalJson(rule.approvers) === canonicalJson(first.approvers))
  const narrowest = all.find(one => one.approvers.length === approvers.length)
  return {
    ...first,
    ...(channel !== undefined && { channel }),
    approvers: isSame ? first.approvers : (narrowest?.rule.approvers ?? approvers),
    maySelfApprove: rules.every(rule => rule.maySelfApprove),
    expiryMinutes: Math.min(...rules.map(rule => rule.expiryMinutes)),
  }
}

/** `approval rule 2`, or `approval rules 2 and 3` where rules are joined. */
export const ruleWords = ({
  ruleNumber,
  otherRules = [],
}: Pick<RuleWithVoters, 'ruleNumber' | 'otherRules'>): string =>
  otherRules.length === 0
    ? `approval rule ${ruleNumber}`
    : `approval rules ${[ruleNumber, ...otherRules].toSorted((a, b) => a - b).join(' and ')}`

const applies = (rule: ApprovalRule, plan: Plan, config: Config, inputs: RuleInputs): boolean =>
  isAbout(rule, plan, config) &&
  (rule.when.atLeast === undefined ||
    sizeFor(plan, rule, inputs) >= rule.when.atLeast ||
    sizeTogether(rule, config, inputs) >= rule.when.atLeast)

const isAbout = ({ when }: ApprovalRule, plan: Plan, config: Config): boolean =>
  concerns(when, plan, config) && (when.risk === undefined || when.risk.includes(plan.risk.level))

/** The size of all changes of a set that the rule is about. */
const sizeTogether = (rule: ApprovalRule, config: Config, { together = [] }: RuleInputs): number =>
  together
    .filter(one => isAbout({ ...rule, when: togetherScope(rule.when, config) }, one, config))
    .reduce((sum, { size }) => sum + size, 0)
