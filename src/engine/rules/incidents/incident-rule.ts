// Pure: the variant of an approval rule for the time of a confirmed incident. It changes the number of approvals only. Whatever is not
// listed here keeps the ordinary rule.

import type { Plan } from '../../change/plan.ts'
import { accessOf } from '../access.ts'
import type { ApprovalRule, Config } from '../config.ts'
import type { RuleInputs } from '../rule-inputs.ts'
import type { OpenOn } from './open-incidents.ts'

/** `from`: the approvals of the ordinary rule. `until`: when the variant ends, ISO 8601. */
export type EasedRule = { readonly from: number; readonly until: string }

/** The rule as it applies to the plan now. */
export const inIncident = (
  rule: ApprovalRule,
  plan: Plan,
  config: Config,
  inputs: RuleInputs,
): { readonly rule: ApprovalRule; readonly eased?: EasedRule } => {
  const { incident, approvals } = rule
  if (incident === undefined || incident.approvals >= approvals || !isEasy(plan, inputs)) return { rule }
  const open = inputs.incidents?.find(one => one.arn === plan.target.arn)
  const until = open && heldUntil(open, plan, config, inputs)
  return until === undefined
    ? { rule }
    : { rule: { ...rule, approvals: incident.approvals }, eased: { from: approvals, until } }
}

/** The longest time, in minutes. The configuration may only shorten it. */
export const MOST_MINUTES = 240

/** Undefined where the variant does not hold. Counted from the opening, not from the confirmation. */
const heldUntil = (open: OpenOn, { target }: Plan, config: Config, inputs: RuleInputs): string | undefined => {
  const { eased, at } = open
  if (eased === undefined) return undefined
  const minutes = Math.min(MOST_MINUTES, config.incidents.longestMinutes)
  const now = Date.parse(inputs.now)
  const end = Math.min(Date.parse(eased.until), Date.parse(at) + minutes * 60_000)
  // A time that cannot be read is no number, so it is over.
  if (!(now >= Date.parse(at) && now < end)) return undefined
  const until = new Date(end).toISOString()
  const { responder } = eased
  if (responder === undefined) return until
  return isResponder(responder, target, config, inputs) ? until : undefined
}

/** A responder has the right to change the service. Being on call alone is none. */
export const isResponder = (user: string, target: Plan['target'], config: Config, inputs: RuleInputs): boolean =>
  accessOf({ team: config.team, user, name: user }, 'operator', target, config, inputs).kind === 'allowed'

/** Commands that change counts only. What forces a deployment may run an image that has not run here: a tag may have moved. */
const COUNTS: readonly string[] = ['scale', 'stop', 'autoscale bounds', 'autoscale suspend', 'autoscale resume']

const isEasy = (plan: Plan, { together }: RuleInputs): boolean => {
  const { command, also = [], calls, members, gate, isOfCluster, role, runsCommands, isPermanent, grant } = plan
  if ([members, gate, isOfCluster, runsCommands, isPermanent, grant, together].some(one => one !== undefined))
    return false
  if (calls.length === 0) return false
  // Ends the deployment in progress: ECS goes back to what ran before.
  if (command === 'rollback')
    return (
      also.length === 0 && calls.every(({ service, action }) => service === 'ecs' && action === 'StopServiceDeployment')
    )
  if (role !== undefined || ![command, ...also].every(one => COUNTS.includes(one))) return false
  return plan.tasks > 0 && Object.values(plan.amounts ?? {}).every(({ to }) => to > 0)
}
