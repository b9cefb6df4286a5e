// Pure: decides whether a plan may run, and which approvals it needs. A change that matches no approval rule is
// refused.

import { printDuration } from '../../kit/language/kinds/duration.ts'
import { plainName } from '../../kit/messages/text.ts'
import { hasMatch } from '../../kit/redact/patterns.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Plan } from '../change/plan.ts'
import { type AccessVerdict, accessFor, accessOf, fitsOrCould, isAmong, ruledTarget, touches } from './access.ts'
import {
  type FoundRule,
  gateRule,
  joinRules,
  type RuleWithVoters,
  rulesFor,
  ruleWords,
  unruled,
} from './approval-rules.ts'
import type { ApprovalRule, Config, Freeze } from './config.ts'
import type { EasedRule } from './incidents/incident-rule.ts'
import { clusterOf, mayOperateAt } from './place-access.ts'
import { placeLockOn, placeLockText } from './place-locks.ts'
import type { RuleInputs } from './rule-inputs.ts'
import { couldBeOf } from './teams/teams.ts'
import { countPeople, eligibleVoters } from './voters.ts'

export type ChangeRequest = { readonly actor: Actor; readonly reason?: string; readonly isBreakGlass: boolean }

/**
 * The decision of the rules; durable steps store it. `free`: no approval is needed; `why` names the rule. `consent`:
 * approvals are needed by `ruleNumber`, counted from 1, joined with `otherRules`; `approvers` are the people who may vote
 * now, as Slack user ids in the order of the configuration.
 */
export type Verdict =
  | { readonly kind: 'free'; readonly corporateId: string; readonly why: string; readonly eased?: EasedRule }
  | {
      readonly kind: 'consent'
      readonly corporateId: string
      readonly rule: ApprovalRule
      readonly ruleNumber: number
      readonly otherRules?: readonly number[]
      readonly approvers: readonly string[]
      /** The variant of the rule for incidents applies. */
      readonly eased?: EasedRule
    }

export const judge = (plan: Plan, request: ChangeRequest, config: Config, inputs: RuleInputs): Verdict | Refusal => {
  const access = accessTo(plan, request.actor, config, inputs)
  if (access.kind === 'refusal') return access
  // What a gate lets in is held off by a rollback, so only a halt stops that.
  const isHeldOff = plan.gate?.action === 'ROLLBACK'
  const block = blockOf(plan, isHeldOff ? { ...request, isBreakGlass: true } : request, config, inputs)
  if (block !== undefined) return block
  if (isHeldOff) return { kind: 'free', corporateId: access.corporateId, why: 'any one operator may roll a gate back' }
  if (request.isBreakGlass)
    return refuseOwnGate(plan, access.corporateId) ?? judgeBreakGlass(plan, request, access.corporateId, config, inputs)
  const rules = rulesFor(plan, config, inputs)
  if (rules.length === 0) return refuseUnruled(unruled(plan, config, inputs))
  const [missingReason] = rules.flatMap(({ rule }) => refuseReason(rule, request, plan) ?? [])
  if (missingReason !== undefined) return missingReason
  const asking = askingRules(plan, rules, request.actor, config, inputs)
  const joined = joinRules(asking)
  if (joined === undefined) {
    const eased = rules.find(one => one.eased !== undefined)?.eased
    return {
      kind: 'free',
      corporateId: access.corporateId,
      why: `${ruleWords(rules[0] as FoundRule)} needs no approval${eased === undefined ? '' : ' while the incident is open'}`,
      ...(eased && { eased }),
    }
  }
  return countPeople(joined.approvers, config) >= joined.rule.approvals
    ? needsApproval({ corporateId: access.corporateId, ...joined })
    : tooFewApprovers(joined, asking, plan, config)
}

const refuseUnruled = ([command]: readonly string[]): Refusal =>
  refuse(
    command === undefined
      ? 'No approval rule matches this change, so it cannot be approved.'
      : `No approval rule matches \`${command}\`, which this change also makes, so it cannot be approved.`,
    'Ask your administrator to add one.',
  )

/** The rules that ask for approvals, each with who may vote by it. A gate needs an approval also where every rule frees it. */
export const askingRules = (
  plan: Plan,
  rules: readonly FoundRule[],
  requester: Actor,
  config: Config,
  inputs: RuleInputs,
): readonly RuleWithVoters[] => {
  const { gate } = plan
  const asking = rules.filter(({ rule }) => rule.approvals > 0)
  const counted = gate !== undefined && asking.length === 0 ? rules : asking
  return counted.map(({ rule: found, ...numbered }) => {
    const rule = gate === undefined ? found : gateRule(found, gate, inputs)
    return { rule, ...numbered, approvers: eligibleVoters(rule, plan, requester, config, inputs) }
  })
}

export type NeedsApproval = Exclude<Verdict, { kind: 'free' }>

export const needsApproval = (by: Omit<NeedsApproval, 'kind'>): NeedsApproval => ({ kind: 'consent', ...by })

const accessTo = (plan: Plan, actor: Actor, config: Config, inputs: RuleInputs): AccessVerdict => {
  const access = accessOf(actor, accessFor(plan), plan.target, config, inputs)
  return access.kind === 'refusal' || plan.isOfCluster !== true || mayOperateAt(actor, clusterOf(plan), config, inputs)
    ? access
    : refuse(
        `This changes the whole cluster *${plan.target.cluster}*, and no rule allows ${plainName(actor.name)} that.`,
        'A rule for some of its services is not enough. `/ecs whoami` lists your roles.',
      )
}

const tooFewApprovers = (
  { rule: { approvals }, approvers }: RuleWithVoters,
  asking: readonly RuleWithVoters[],
  plan: Plan,
  config: Config,
) => {
  const { gate } = plan
  const { people } = config
  const names = approvers.length === 0 ? 'nobody' : `only ${approvers.map(user => people[user] ?? user).join(' and ')}`
  const [first, ...others] = asking
    .toSorted((a, b) => a.ruleNumber - b.ruleNumber)
    .map(({ rule, ruleNumber }) => ({ named: rule.approvers.join(', '), ruleNumber }))
  return refuse(
    `This needs ${approvals} ${approvals === 1 ? 'approval' : 'approvals'}, and ${names} can approve now.`,
    asking.some(({ rule }) => couldBeOf(rule.when, ruledTarget(plan), config))
      ? `No team owns *${plan.target.service}*, so the rules of all teams apply. Add it under \`teams\` in the configuration.`
      : others.length === 0
        ? `The rule names ${first?.named}; ${gate === undefined ? 'the requester' : 'who deployed'} does not count.`
        : `Approvers must be named by each rule about it: ${[first, ...others].map(one => `approval rule ${one?.ruleNumber} names ${one?.named}`).join(', ')}.`,
  )
}

/**
 * The halt, ceiling, lock or freeze that blocks a plan. Approvals override none of them. Break glass overrides locks
 * and freezes, but never a halt.
 */
export const blockOf = (
  plan: Plan,
  { actor, isBreakGlass }: ChangeRequest,
  config: Config,
  inputs: RuleInputs,
): Refusal | undefined => {
  if (inputs.halted !== undefined)
    return refuse(`All changes are halted: ${inputs.halted}.`, 'An operator can end it with `/ecs resume`.')
  // A rollback leaves what ran before, so no ceiling stops it.
  const ceilings = plan.gate?.action === 'ROLLBACK' ? [] : config.ceilings
  const ceiling = ceilings.find(rule => fitsOrCould(rule, ruledTarget(plan), config) && plan.tasks > rule.tasks)
  if (ceiling !== undefined)
    return refuse(
      `${plan.tasks} tasks are over the ceiling of ${ceiling.tasks} that is set here.`,
      'No approval changes that; the configuration does.',
    )
  const lease = leaseRefusal(plan, actor, config, inputs)
  if (lease !== undefined || isBreakGlass) return lease
  const lock = placeLockOn(ruledTarget(plan), inputs)
  if (lock !== undefined) return refuse(placeLockText(lock), 'Any operator of it can `/ecs unlock` it.')
  const [freeze] = [inputs.now, ...(plan.runs ?? [])].flatMap(
    now => freezeOn(ruledTarget(plan), actor, config, { ...inputs, now }) ?? [],
  )
  return freeze === undefined ? undefined : refuse(freeze, 'In an emergency use `--break-glass`.')
}

const leaseRefusal = (plan: Plan, actor: Actor, config: Config, inputs: RuleInputs): Refusal | undefined => {
  const { longestMinutes, permanent } = config.leases
  const minutes = plan.lease?.minutes ?? plan.totalMinutes ?? 0
  if (minutes > longestMinutes)
    return refuse(
      `A temporary change lasts at most ${printDuration(longestMinutes)} here, extensions included; this would last ${printDuration(minutes)}.`,
      'No approval changes that; the configuration does.',
    )
  if (plan.isPermanent !== true || isAmong(permanent, actor.user, config, inputs)) return undefined
  return refuse(
    `${actor.name} may not suspend autoscaling without an end.`,
    plan.command === 'scale' || plan.command === 'autoscale suspend'
      ? 'Add an end, such as `--for 2h`.'
      : '`/ecs autoscale suspend` with `--for 2h` has an end.',
  )
}

/** The sentence about the freeze of a service for a person; undefined if there is none. */
export const freezeOn = (ref: ServiceRef, actor: Actor, config: Config, inputs: RuleInputs): string | undefined => {
  const freeze = config.freezes.find(one => isFrozen(one, ref, actor, config, inputs))
  return freeze && `Changes are frozen until ${freeze.until}: ${freeze.name}.`
}

const isFrozen = (freeze: Freeze, ref: ServiceRef, actor: Actor, config: Config, inputs: RuleInputs): boolean =>
  Date.parse(freeze.from) <= Date.parse(inputs.now) &&
  Date.parse(inputs.now) < Date.parse(freeze.until) &&
  touches(freeze, ref, config) &&
  !isAmong(freeze.except, actor.user, config, inputs)

/** Breaking glass at a gate needs a known deployer who is another person: an unknown one may be this person. */
const refuseOwnGate = ({ gate }: Plan, corporateId: string): Refusal | undefined => {
  if (gate === undefined) return undefined
  if (gate.people.includes(corporateId))
    return refuse('You deployed this, so someone else must continue it.', 'Anyone who may operate it can roll back.')
  return gate.isKnown
    ? undefined
    : refuse(
        'Nobody breaks glass here while it is unknown who deployed.',
        'CloudTrail knows it some minutes later. Without `--break-glass` the gate needs approvals; anyone who may operate it can roll back.',
      )
}

const judgeBreakGlass = (
  plan: Plan,
  { actor, reason }: ChangeRequest,
  corporateId: string,
  config: Config,
  inputs: RuleInputs,
): Verdict | Refusal => {
  if (config.breakGlass === undefined || !isAmong(config.breakGlass.who, actor.user, config, inputs))
    return refuse(`${actor.name} may not break glass.`, 'Without `--break-glass` the request goes to the approvers.')
  if (accessFor(plan) === 'exec' && !isAmong(config.breakGlass.exec ?? [], actor.user, config, inputs))
    return refuse(
      `${actor.name} may break glass, but not to run commands.`,
      'The configuration says who may: `breakGlass.exec`.',
    )
  if (reason === undefined) return refuse('Breaking glass needs a reason.', 'Add `--reason "…"`.')
  return { kind: 'free', corporateId, why: 'break glass' }
}

const refuseReason = (
  { needsReason, ticket }: ApprovalRule,
  { reason }: ChangeRequest,
  { invocation }: Plan,
): Refusal | undefined => {
  const offers = [{ label: 'Add Reason', invocation, asks: true as const }]
  if (needsReason && reason === undefined) return refuse('This change needs a reason.', 'Add `--reason "…"`.', offers)
  if (ticket === undefined || hasMatch(reason ?? '', ticket)) return undefined
  return refuse('The reason has to name a ticket.', `Expected form: \`${ticket}\`.`, offers)
}
