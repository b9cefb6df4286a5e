// Pure: may this actor ask for this, and whose consent does it need? Fails closed: what no rule allows is refused, and an
// explicit denial wins over everything.

import { printDuration } from '../../kit/language/grammar.ts'
import type { Place } from '../../kit/language/place.ts'
import { type Account, accountOf } from '../../model/account.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Plan } from '../change/plan.ts'
import type { Access, ApprovalRule, Config, Freeze, RoleName, Scope, Who } from './config.ts'
import type { PlaceLock, RuleInputs } from './rule-inputs.ts'

export const isAmong = (who: Who, user: string, config: Config, { groups }: Pick<RuleInputs, 'groups'>): boolean =>
  who.some(
    one => one === user || (one === 'everyone' && user in config.people) || (groups[one]?.includes(user) ?? false),
  )

export const fits = ({ accounts, environment, targets }: Scope, ref: ServiceRef, config: Config): boolean =>
  (accounts === undefined || accounts.includes(ref.account)) &&
  (environment === undefined || accountOf(config, ref).environment === environment) &&
  (targets === undefined || targets.some(pattern => matches(pattern, `${ref.cluster}/${ref.service}`)))

const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`).test(name)

/** What a rule that gives a role gives, and what one that denies it denies. Running commands is not part of operating. */
const GIVES: Readonly<Record<RoleName, readonly RoleName[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  exec: ['viewer', 'exec'],
}
const DENIES: Readonly<Record<RoleName, readonly RoleName[]>> = {
  viewer: ['viewer', 'operator', 'exec'],
  operator: ['operator', 'exec'],
  exec: ['exec'],
}
const VERBS: Readonly<Record<RoleName, string>> = { viewer: 'see', operator: 'change', exec: 'run commands in' }

export type Standing = { readonly kind: 'allowed'; readonly corporateId: string; readonly rule: Access } | Refusal

/** May this person act in this role on this target, and by which rule? */
export const accessOf = (
  actor: Actor,
  role: RoleName,
  ref: ServiceRef,
  config: Config,
  facts: RuleInputs,
): Standing => {
  const corporateId = identify(actor, config)
  if (typeof corporateId !== 'string') return corporateId
  const own = config.access.filter(rule => isAmong(rule.who, actor.user, config, facts) && fits(rule, ref, config))
  if (own.some(rule => rule.isDenied && DENIES[rule.role].includes(role)))
    return refuse(`A rule denies ${actor.name} this on *${ref.service}*.`, SEE_WHOAMI)
  const rule = own.find(rule => !rule.isDenied && GIVES[rule.role].includes(role))
  return rule === undefined
    ? refuse(`No rule lets ${actor.name} ${VERBS[role]} *${ref.service}* in ${ref.account}.`, SEE_WHOAMI)
    : { kind: 'allowed', corporateId, rule }
}

const SEE_WHOAMI = '`/ecs whoami` shows what the rules give you.'

/** The corporate id that configuration gives this person; nobody acts without one. */
export const identify = (actor: Actor, { team, people }: Config): string | Refusal => {
  if (actor.team !== team) return refuse('Only people of this workspace may use Quarterdeck.')
  const corporateId = Object.hasOwn(people, actor.user) ? people[actor.user] : undefined
  return (
    corporateId ??
    refuse(`${actor.name} is not in Quarterdeck’s configuration.`, 'Ask whoever keeps it to add you under `people`.')
  )
}

/** Whoever may operate a service may deploy it; running commands takes a rule of its own. */
export const accessFor = ({ role }: { readonly role?: Plan['role'] | undefined }): RoleName =>
  role === 'exec' ? 'exec' : 'operator'

export type Asked = { readonly actor: Actor; readonly reason?: string; readonly isBreakGlass: boolean }

/** `approvers` are the people who may vote now: Slack user ids, in order. */
export type Verdict =
  | { readonly kind: 'free'; readonly corporateId: string; readonly why: string }
  | {
      readonly kind: 'consent'
      readonly corporateId: string
      readonly rule: ApprovalRule
      readonly ruleNumber: number
      readonly approvers: readonly string[]
    }

export const judge = (plan: Plan, asked: Asked, config: Config, facts: RuleInputs): Verdict | Refusal => {
  const own = accessOf(asked.actor, accessFor(plan), plan.target, config, facts)
  if (own.kind === 'refusal') return own
  const stopped = stop(plan, asked, config, facts)
  if (stopped !== undefined) return stopped
  if (asked.isBreakGlass) return judgeBreakGlass(plan, asked, own.corporateId, config, facts)
  const ruleNumber = config.consent.findIndex(rule => applies(rule, plan, config))
  const rule = config.consent[ruleNumber]
  if (rule === undefined)
    return refuse(
      'No consent rule fits this change, so nobody could approve it.',
      'Ask whoever keeps the configuration.',
    )
  const reasonless = demandReason(rule, asked)
  if (reasonless !== undefined) return reasonless
  if (rule.approvals === 0)
    return { kind: 'free', corporateId: own.corporateId, why: `consent rule ${ruleNumber + 1} asks nobody` }
  const approvers = eligible(rule, plan, asked.actor, config, facts)
  if (approvers.length >= rule.approvals)
    return { kind: 'consent', corporateId: own.corporateId, rule, ruleNumber: ruleNumber + 1, approvers }
  return refuse(
    `This needs ${rule.approvals} ${rule.approvals === 1 ? 'approval' : 'approvals'}, and ${whoCould(approvers, config)} could give one now.`,
    `The rule names ${rule.approvers.join(', ')}; whoever asks does not count.`,
  )
}

const whoCould = (approvers: readonly string[], { people }: Config): string =>
  approvers.length === 0 ? 'nobody' : `only ${approvers.map(user => people[user] ?? user).join(' and ')}`

/** Halts, locks, freezes and ceilings: no consent takes them away. Break glass passes freezes and locks, never a halt. */
const stop = (plan: Plan, { actor, isBreakGlass }: Asked, config: Config, facts: RuleInputs): Refusal | undefined => {
  if (facts.halted !== undefined)
    return refuse(`All changes are halted: ${facts.halted}.`, '`/ecs resume` lets them go on, for those who may.')
  const ceiling = config.ceilings.find(rule => fits(rule, plan.target, config) && plan.tasks > rule.tasks)
  if (ceiling !== undefined)
    return refuse(
      `${plan.tasks} tasks are over the ceiling of ${ceiling.tasks} that is set here.`,
      'No consent changes that; the configuration does.',
    )
  const lasting = leaseRefusal(plan, actor, config, facts)
  if (lasting !== undefined || isBreakGlass) return lasting
  const hold = facts.holds.find(one => covers(one, plan.target))
  if (hold !== undefined) return refuse(holdWords(hold), 'They or anyone who may operate it can `/ecs unlock` it.')
  const freeze = config.freezes.find(one => isFrozen(one, plan.target, actor, config, facts))
  return freeze === undefined
    ? undefined
    : refuse(
        `Changes are frozen until ${freeze.until}: ${freeze.name}.`,
        'Emergencies: `--break-glass`, for those who may.',
      )
}

const leaseRefusal = (plan: Plan, actor: Actor, config: Config, facts: RuleInputs): Refusal | undefined => {
  const { longestMinutes, permanent } = config.leases
  const minutes = plan.lease?.minutes ?? plan.totalMinutes ?? 0
  if (minutes > longestMinutes)
    return refuse(
      `A lease lasts at most ${printDuration(longestMinutes)} here, extensions included; this would last ${printDuration(minutes)}.`,
      'No consent changes that; the configuration does.',
    )
  if (plan.isPermanent !== true || isAmong(permanent, actor.user, config, facts)) return undefined
  return refuse(`${actor.name} may not suspend autoscaling without an end.`, 'With `--for 2h` it ends by itself.')
}

export const holdWords = ({ name, by, reason, until }: PlaceLock): string =>
  `*${name}* is locked by ${by.name}${until === undefined ? '' : ` until ${until.slice(0, 16).replace('T', ' ')} UTC`}: ${reason}`

/** Who locked a place that this service is in, in words. */
export const holdOf = (ref: ServiceRef, { holds }: RuleInputs): string | undefined => {
  const hold = holds.find(one => covers(one, ref))
  return hold && `${holdWords(hold)}.`
}

const covers = ({ scope }: PlaceLock, ref: ServiceRef): boolean =>
  scope.accountId === ref.accountId &&
  (scope.region === undefined || scope.region === ref.region) &&
  (scope.cluster === undefined || scope.cluster === ref.cluster) &&
  (scope.service === undefined || scope.service === ref.service)

const isFrozen = (freeze: Freeze, ref: ServiceRef, actor: Actor, config: Config, facts: RuleInputs): boolean =>
  Date.parse(freeze.from) <= Date.parse(facts.now) &&
  Date.parse(facts.now) < Date.parse(freeze.until) &&
  fits(freeze, ref, config) &&
  !isAmong(freeze.except, actor.user, config, facts)

const judgeBreakGlass = (
  { role }: Plan,
  { actor, reason }: Asked,
  corporateId: string,
  config: Config,
  facts: RuleInputs,
): Verdict | Refusal => {
  if (config.breakGlass === undefined || !isAmong(config.breakGlass.who, actor.user, config, facts)) {
    return refuse(`${actor.name} may not break glass.`, 'Without `--break-glass` it goes to the approvers.')
  }
  if (role === 'exec' && !isAmong(config.breakGlass.exec ?? [], actor.user, config, facts))
    return refuse(
      `${actor.name} may break glass, but not to run commands.`,
      'The configuration says who may: `breakGlass.exec`.',
    )
  if (reason === undefined) return refuse('Breaking glass needs a reason.', 'Add `--reason "…"`.')
  return { kind: 'free', corporateId, why: 'break glass' }
}

const applies = ({ when }: ApprovalRule, plan: Plan, config: Config): boolean =>
  fits(when, plan.target, config) &&
  (when.commands === undefined || when.commands.includes(plan.command)) &&
  (when.risk === undefined || when.risk.includes(plan.risk.level)) &&
  (when.atLeast === undefined || plan.size >= when.atLeast)

const demandReason = ({ needsReason, ticket }: ApprovalRule, { reason }: Asked): Refusal | undefined => {
  if (needsReason && reason === undefined) return refuse('This change needs a reason.', 'Add `--reason "…"`.')
  if (ticket === undefined || new RegExp(ticket).test(reason ?? '')) return undefined
  return refuse('The reason has to name a ticket.', `It is expected to look like \`${ticket}\`.`)
}

type Voting = { readonly approvers: Who; readonly maySelfApprove: boolean }

/** May this person vote on this, now: named by the rule, known, of this workspace, and not the one who asks. */
export const mayVote = (
  voter: Actor,
  { approvers, maySelfApprove }: Voting,
  { target, role }: Pick<Plan, 'target' | 'role'>,
  requester: Actor,
  config: Config,
  facts: RuleInputs,
): boolean => {
  if (typeof identify(voter, config) !== 'string') return false
  if (voter.user === requester.user && voter.team === requester.team && !maySelfApprove) return false
  if (isAmong(approvers, voter.user, config, facts)) return true
  return (
    approvers.includes('operators') && accessOf(voter, accessFor({ role }), target, config, facts).kind === 'allowed'
  )
}

/** Everyone who may: Slack user ids, in the order of the configuration. */
const eligible = (rule: Voting, plan: Plan, requester: Actor, config: Config, facts: RuleInputs): readonly string[] =>
  Object.keys(config.people).filter(user =>
    mayVote({ team: config.team, user, name: user }, rule, plan, requester, config, facts),
  )

export type RoleRule = {
  readonly role: RoleName
  readonly isDenied: boolean
  readonly number: number
  readonly targets?: readonly string[]
}

/** The access rules that name this person for an account, in the order of the configuration. */
export const rolesIn = (actor: Actor, account: Account, config: Config, facts: RuleInputs): readonly RoleRule[] =>
  config.access.flatMap(({ who, role, isDenied, accounts, environment, targets }, at) =>
    isAmong(who, actor.user, config, facts) &&
    (accounts === undefined || accounts.includes(account.name)) &&
    (environment === undefined || environment === account.environment)
      ? [{ role, isDenied, number: at + 1, ...(targets && { targets }) }]
      : [],
  )

/** Locks and unlocks a place only who may operate all of it: a rule for some of its services is not enough. */
export const mayOperateAt = (actor: Actor, { account, scope }: Place, config: Config, facts: RuleInputs): boolean => {
  const place = config.accounts.find(({ name }) => name === account)
  if (place === undefined || typeof identify(actor, config) !== 'string') return false
  if (scope.region !== undefined && scope.cluster !== undefined && scope.service !== undefined) {
    const ref = {
      account,
      accountId: scope.accountId,
      region: scope.region,
      cluster: scope.cluster,
      service: scope.service,
      arn: '',
    }
    return accessOf(actor, 'operator', ref, config, facts).kind === 'allowed'
  }
  const rules = rolesIn(actor, place, config, facts)
  return (
    !rules.some(({ isDenied }) => isDenied) &&
    rules.some(({ role, targets }) => role === 'operator' && targets === undefined)
  )
}

/** What is not about one service, such as a log group, shows only to those who may see all of its account. */
export const maySeeAccount = (actor: Actor, account: Account, config: Config, facts: RuleInputs): boolean => {
  const rules = rolesIn(actor, account, config, facts)
  return !rules.some(({ isDenied }) => isDenied) && rules.some(({ targets }) => targets === undefined)
}

/** Halting is for everyone who may change anything at all. */
export const mayOperateSomewhere = (actor: Actor, config: Config, facts: RuleInputs): boolean =>
  typeof identify(actor, config) === 'string' &&
  config.accounts.some(account =>
    rolesIn(actor, account, config, facts).some(({ role, isDenied }) => role === 'operator' && !isDenied),
  )

/** Of a service's ARN: may this person see it? What is not about one service is for everyone whom the rules know. */
export const maySeeTarget = (target: string, actor: Actor, config: Config, facts: RuleInputs): boolean => {
  const [, region = '', accountId = '', cluster = '', service = ''] =
    /^arn:[\w-]+:ecs:([\w-]+):(\d+):service\/([\w-]+)\/([\w-]+)$/.exec(target) ?? []
  if (service === '') return typeof identify(actor, config) === 'string'
  const account = config.accounts.find(({ id }) => id === accountId)
  if (account === undefined) return false
  return (
    accessOf(
      actor,
      'viewer',
      { account: account.name, accountId, region, cluster, service, arn: target },
      config,
      facts,
    ).kind === 'allowed'
  )
}
