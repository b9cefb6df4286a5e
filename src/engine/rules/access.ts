// Whether a person may see a service, change it or run commands in it. A denial overrides every rule; without a rule
// there is no access.

import { matchesGlob } from '../../kit/language/glob.ts'
import { accountOf, isReadOnly } from '../../model/account.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { eachTarget, type Plan, type Targeted } from '../change/plan.ts'
import { type Access, type Config, isGroup, type RoleName, type Scope, type Who } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'
import { couldBeOf } from './teams/teams.ts'

/** Is this person named by a rule that allows? A user group that Slack does not know matches nobody. */
export const isAmong = (who: Who, user: string, config: Config, { groups }: Pick<RuleInputs, 'groups'>): boolean =>
  who.some(
    one =>
      one === user ||
      (one === 'everyone' && Object.hasOwn(config.people, user)) ||
      (groups[one]?.includes(user) ?? false),
  )

/**
 * Is this person named by a rule that denies, as any of their Slack users? A user group that Slack does not know could mean
 * everybody.
 */
export const isDenied = (who: Who, user: string, config: Config, { groups }: Pick<RuleInputs, 'groups'>): boolean => {
  if (isAmong(who, user, config, { groups })) return true
  const isPerson = (other: string): boolean => isSameUser(other, user, config)
  return who.some(one => (isGroup(one) ? (groups[one]?.some(isPerson) ?? true) : isPerson(one)))
}

/** One person is one corporate id, also with several Slack users. */
export const isSameUser = (one: string, other: string, { people }: Pick<Config, 'people'>): boolean =>
  one === other || (Object.hasOwn(people, one) && people[one] === people[other])

export const fits = ({ accounts, environment, targets }: Scope, ref: ServiceRef, config: Config): boolean =>
  (accounts === undefined || accounts.includes(ref.account)) &&
  (environment === undefined || accountOf(config, ref).environment === environment) &&
  (targets === undefined || targets.some(pattern => matchesGlob(pattern, `${ref.cluster}/${ref.service}`)))

/** The name of a service that stands for all services of its cluster. ECS allows no star in names. */
export const ANY_SERVICE = '*'

/** What the rules about a plan are asked for: its service, or all services of its cluster. */
export const ruledTarget = ({ target, isOfCluster }: Pick<Plan, 'target' | 'isOfCluster'>): ServiceRef =>
  isOfCluster === true ? { ...target, service: ANY_SERVICE } : target

/**
 * As `fits`, for rules that restrict: for all services of a cluster also where the scope has only some of them, and for a service of
 * no team also where the scope is a team.
 */
export const touches = (scope: Scope, ref: ServiceRef, config: Config): boolean =>
  fitsOrCould(ref.service === ANY_SERVICE ? widened(scope) : scope, ref, config)

/** As `fits`, for rules that restrict: a service of no team takes those of each team. */
export const fitsOrCould = (scope: Scope, ref: ServiceRef, config: Config): boolean => {
  const { targets: _, ...anyService } = scope
  return fits(scope, ref, config) || (couldBeOf(scope, ref, config) && fits(anyService, ref, config))
}

const widened = ({ targets, ...scope }: Scope): Scope => ({
  ...scope,
  ...(targets && { targets: targets.map(pattern => pattern.replace(/\/.*$/, `/${ANY_SERVICE}`)) }),
})

/** Whether a rule about these commands and services is about this plan. */
export const concerns = (
  { commands, ...scope }: Scope & { readonly commands?: readonly string[] },
  { command, also = [], ...plan }: Pick<Plan, 'command' | 'also' | 'target' | 'isOfCluster'>,
  config: Config,
): boolean =>
  fitsOrCould(scope, ruledTarget(plan), config) &&
  (commands === undefined || [command, ...also].some(one => commands.includes(one)))

/**
 * GRANTS and DENIES: the roles that a rule with a given role grants or denies. An operator may not run commands without
 * the role `exec`.
 */
const GRANTS: Readonly<Record<RoleName, readonly RoleName[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  exec: ['viewer', 'exec'],
}
export const DENIES: Readonly<Record<RoleName, readonly RoleName[]>> = {
  viewer: ['viewer', 'operator', 'exec'],
  operator: ['operator', 'exec'],
  exec: ['exec'],
}
const VERBS: Readonly<Record<RoleName, string>> = { viewer: 'see', operator: 'change', exec: 'run commands in' }

/** Whether access is allowed. `rule`: the access rule that grants it. */
export type AccessVerdict = { readonly kind: 'allowed'; readonly corporateId: string; readonly rule: Access } | Refusal

/** Whether this person may act in this role on this service. */
export const accessOf = (
  actor: Actor,
  role: RoleName,
  ref: ServiceRef,
  config: Config,
  inputs: RuleInputs,
): AccessVerdict => {
  const corporateId = identify(actor, config)
  if (typeof corporateId !== 'string') return corporateId
  const named = config.access.filter(rule => isNamed(rule, actor, config, inputs))
  if (named.some(rule => rule.isDenied && DENIES[rule.role].includes(role) && touches(rule, ref, config)))
    return refuse(`A rule denies ${actor.name} this on *${ref.service}*.`, SEE_WHOAMI)
  const rule = named.find(rule => !rule.isDenied && GRANTS[rule.role].includes(role) && fits(rule, ref, config))
  if (rule === undefined)
    return refuse(`No rule lets ${actor.name} ${VERBS[role]} *${ref.service}* in ${ref.account}.`, SEE_WHOAMI)
  const account = config.accounts.find(({ id }) => id === ref.accountId)
  if (role !== 'viewer' && account !== undefined && isReadOnly(account))
    return refuse(`*${ref.account}* is read-only: its configuration has no role that changes anything.`)
  return { kind: 'allowed', corporateId, rule }
}

/** Whether a rule lets everybody see a service, and none denies it to anybody: its name is then no secret among colleagues. */
export const mayAllView = (ref: ServiceRef, config: Config): boolean => {
  const rules = config.access.filter(rule => (rule.isDenied ? touches : fits)(rule, ref, config))
  return (
    rules.some(({ who, isDenied }) => !isDenied && who.includes('everyone')) &&
    !rules.some(({ role, isDenied }) => isDenied && DENIES[role].includes('viewer'))
  )
}

/** Whether this person may see each service of a plan; of a change of the whole cluster, all services of it. */
export const mayView = (
  plan: Targeted & Pick<Plan, 'isOfCluster'>,
  actor: Actor,
  config: Config,
  inputs: RuleInputs,
): boolean =>
  eachTarget(plan).every(one => accessOf(actor, 'viewer', ruledTarget(one), config, inputs).kind === 'allowed')

/** Does this access rule name the person? */
export const isNamed = (rule: Access, { user }: Actor, config: Config, inputs: RuleInputs): boolean =>
  rule.isDenied ? isDenied(rule.who, user, config, inputs) : isAmong(rule.who, user, config, inputs)

const SEE_WHOAMI = '`/ecs whoami` lists your roles.'

/** Whether the person is of the configured workspace, or of the configured enterprise. */
export const isColleague = ({ team, enterprise }: Actor, config: Pick<Config, 'team' | 'enterprise'>): boolean =>
  team === config.team ||
  (config.enterprise !== undefined && (team === config.enterprise || enterprise === config.enterprise))

/** The person's corporate id from the configuration. Refuses people of other workspaces and people without an id. */
export const identify = (actor: Actor, config: Config): string | Refusal => {
  const { people } = config
  if (!isColleague(actor, config))
    return refuse(
      `Only people of this ${config.enterprise === undefined ? 'workspace' : 'enterprise'} may use Quarterdeck.`,
    )
  const corporateId = Object.hasOwn(people, actor.user) ? people[actor.user] : undefined
  return (
    corporateId ??
    refuse(`${actor.name} is not in Quarterdeck’s configuration.`, 'Ask your administrator to add you under `people`.')
  )
}

/**
 * The role that requester and approvers of a plan need: `exec` to run commands, else `operator`, also for deployments.
 */
export const accessFor = ({ role, runsCommands }: Pick<Plan, 'role' | 'runsCommands'>): RoleName =>
  role === 'exec' || runsCommands === true ? 'exec' : 'operator'
