// Pure: which rules decide about one change of one service, and why, in lines of text. Used by `npm run config -- --explain`.

import type { Actor, ServiceRef } from '../../../model/ecs.ts'
import { LEVELS, type Level, type Plan } from '../../change/plan.ts'
import { accessOf, ruledTarget } from '../access.ts'
import { joinRules, rulesFor, ruleWords } from '../approval-rules.ts'
import type { Config, RoleName } from '../config.ts'
import { askingRules, freezeOn } from '../judge.ts'
import { withRaisedRisk } from '../raise-risk.ts'
import type { RuleInputs } from '../rule-inputs.ts'
import { couldBeOf, teamOf } from '../teams/teams.ts'

/** `also`: other commands whose changes it makes, too. `size`: tasks that it adds, stops or replaces. `tasks`: the count after it. */
export type Asked = {
  readonly actor: Actor
  readonly command: string
  readonly also: readonly string[]
  readonly role: Exclude<RoleName, 'viewer'>
  readonly ref: ServiceRef
  readonly size: number
}

/** The rules of a plan without its calls: what AWS says of the service is not known here. */
const planOf = ({ command, also, role, ref, size }: Asked, level: Level): Plan => ({
  kind: 'plan',
  command,
  also,
  invocation: '',
  target: ref,
  title: '',
  changes: [],
  risk: { level, reasons: [] },
  size,
  tasks: 0,
  consequences: [],
  offers: [],
  calls: [],
  binds: {},
  drifts: {},
  ...(role === 'exec' && { role }),
})

/** One line each: the team of the service, access, a freeze, and the approval rules for each risk. */
export const explain = (asked: Asked, config: Config, inputs: RuleInputs): readonly string[] => {
  const { actor, ref, role } = asked
  const access = accessOf(actor, role, ref, config, inputs)
  if (access.kind === 'refusal') return [teamLine(ref, config), `Refused: ${plain(access.text)}`]
  const number = access.rule.number ?? config.access.indexOf(access.rule) + 1
  const freeze = freezeOn(ref, actor, config, inputs)
  return [
    teamLine(ref, config),
    `Access: ${role}, by access rule ${number}.`,
    ...(freeze === undefined ? [] : [`Refused now: ${plain(freeze)}`]),
    ...LEVELS.map(
      level => `${level[0]?.toUpperCase()}${level.slice(1)} risk: ${approvalText(asked, level, config, inputs)}`,
    ),
  ]
}

const plain = (text: string): string => text.replaceAll('*', '')

const teamLine = (ref: ServiceRef, config: Config): string => {
  const name = teamOf(ref, config)
  const none =
    config.teams === undefined
      ? 'The configuration names no teams.'
      : 'No team owns the service: the rules of all teams apply.'
  return name === undefined ? none : `Team: ${name}, user group ${config.teams?.[name]?.group}.`
}

const approvalText = (asked: Asked, level: Level, config: Config, inputs: RuleInputs): string => {
  const plan = withRaisedRisk(planOf(asked, level), config, inputs)
  const raised = plan.risk.level === level ? '' : `raised to ${plan.risk.level} by the configuration; `
  const rules = rulesFor(plan, config, inputs)
  const [first] = rules
  if (first === undefined) return `${raised}refused, because no approval rule matches.`
  const joined = joinRules(askingRules(plan, rules, asked.actor, config, inputs))
  if (joined === undefined) return `${raised}no approval, by ${ruleWords(first)}.`
  const { approvals, maySelfApprove, needsReason, channel } = joined.rule
  const isOfAll = rules.some(({ rule }) => couldBeOf(rule.when, ruledTarget(plan), config))
  const named = isOfAll ? 'people whom each of the rules names' : joined.rule.approvers.join(' or ')
  return [
    `${raised}${approvals} ${approvals === 1 ? 'approval' : 'approvals'} of ${named}`,
    ...(maySelfApprove ? ['the requester may approve'] : ['not of the requester']),
    ...(needsReason || rules.some(({ rule }) => rule.needsReason) ? ['with a reason'] : []),
    ...(channel === undefined ? [] : [`in ${channel}`]),
    `by ${ruleWords(joined)}.`,
  ].join(', ')
}
