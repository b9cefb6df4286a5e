// Whether a person may see or change a whole account, a cluster, or anything at all.

import { matchesGlob } from '../../kit/language/glob.ts'
import type { Place } from '../../kit/language/place.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Account } from '../../model/account.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Plan } from '../change/plan.ts'
import { accessOf, DENIES, identify, isAmong, isNamed, isSameUser } from './access.ts'
import type { Config, RoleName } from './config.ts'
import type { Halt, RuleInputs } from './rule-inputs.ts'

/** A role that a rule grants. `number`: the number of the access rule, from 1. */
export type RoleRule = {
  readonly role: RoleName
  readonly isDenied: boolean
  readonly number: number
  readonly targets?: readonly string[]
}

/** The access rules that name this person for an account, in the order of the configuration. */
export const rolesIn = (actor: Actor, account: Account, config: Config, inputs: RuleInputs): readonly RoleRule[] =>
  config.access.flatMap((rule, at) => {
    const { role, isDenied, accounts, environment, targets, number = at + 1 } = rule
    return isNamed(rule, actor, config, inputs) &&
      (accounts === undefined || accounts.includes(account.name)) &&
      (environment === undefined || environment === account.environment)
      ? [{ role, isDenied, number, ...(targets && { targets }) }]
      : []
  })

const isDenialOf =
  (role: RoleName) =>
  (rule: RoleRule): boolean =>
    rule.isDenied && DENIES[rule.role].includes(role)

/** The service that a place is; undefined for an account or a cluster. */
const serviceAt = ({ account, scope }: Place): ServiceRef | undefined => {
  const { accountId, region, cluster, service } = scope
  return region === undefined || cluster === undefined || service === undefined
    ? undefined
    : { account, accountId, region, cluster, service, arn: '' }
}

/** May this person lock and unlock a place? For an account or a cluster, a rule for some of its services is not enough. */
export const mayOperateAt = (actor: Actor, place: Place, config: Config, inputs: RuleInputs): boolean => {
  const account = config.accounts.find(({ name }) => name === place.account)
  if (account === undefined || typeof identify(actor, config) !== 'string') return false
  const service = serviceAt(place)
  if (service !== undefined) return accessOf(actor, 'operator', service, config, inputs).kind === 'allowed'
  const rules = rolesIn(actor, account, config, inputs)
  return (
    !rules.some(isDenialOf('operator')) &&
    rules.some(({ role, targets }) => role === 'operator' && targets === undefined)
  )
}

/** The cluster that a plan changes. */
export const clusterOf = ({ target: { account, accountId, region, cluster } }: Pick<Plan, 'target'>): Place => ({
  scope: { accountId, region, cluster },
  name: `${account}.${region}/${cluster}`,
  account,
})

/**
 * Whether this person may see what belongs to no single service, such as a log group. Requires access to the whole
 * account.
 */
export const maySeeAccount = (actor: Actor, account: Account, config: Config, inputs: RuleInputs): boolean => {
  const rules = rolesIn(actor, account, config, inputs)
  return !rules.some(isDenialOf('viewer')) && rules.some(({ isDenied, targets }) => !isDenied && targets === undefined)
}

/** May this person see that an account or a cluster is there? A rule for some of its services is enough. */
export const maySeePlace = (actor: Actor, place: Place, config: Config, inputs: RuleInputs): boolean => {
  const account = config.accounts.find(({ name }) => name === place.account)
  if (account === undefined || typeof identify(actor, config) !== 'string') return false
  const service = serviceAt(place)
  if (service !== undefined) return accessOf(actor, 'viewer', service, config, inputs).kind === 'allowed'
  const { cluster } = place.scope
  const covers = ({ targets }: RoleRule): boolean =>
    cluster === undefined || targets === undefined || targets.some(pattern => matchesCluster(pattern, cluster))
  const rules = rolesIn(actor, account, config, inputs).filter(covers)
  const isAllDenied = rules.some(rule => isDenialOf('viewer')(rule) && coversAll(rule, cluster))
  return !isAllDenied && rules.some(({ isDenied }) => !isDenied)
}

/** The accounts that this person may see. Others are not named to them, and are answered as accounts that do not exist. */
export const seenAccounts = (actor: Actor, config: Config, inputs: RuleInputs): Config['accounts'] =>
  config.accounts.filter(({ id, name }) =>
    maySeePlace(actor, { scope: { accountId: id }, name, account: name }, config, inputs),
  )

/** The refusal of an account that does not exist, or that the person may not see. */
export const noSuchAccount = (account: string, seen: Config['accounts']): Refusal =>
  refuse(
    `No account is named *${plainName(account)}*.`,
    seen.length === 0 ? '`/ecs whoami` shows your roles.' : `Accounts: ${seen.map(({ name }) => name).join(', ')}.`,
  )

/** Does the rule apply to every service of the cluster, or of the account? */
const coversAll = ({ targets }: RoleRule, cluster: string | undefined): boolean =>
  targets === undefined ||
  targets.some(pattern => {
    const [clusters = '', services = ''] = pattern.split('/')
    return isAny(services) && (cluster === undefined ? isAny(clusters) : matchesCluster(pattern, cluster))
  })

const isAny = (pattern: string): boolean => /^\*+$/.test(pattern)

const matchesCluster = (pattern: string, cluster: string): boolean => matchesGlob(pattern.split('/')[0] ?? '', cluster)

/** May this person run commands in any service? The commands of the configuration and their values name internals. */
export const mayRunCommands = (actor: Actor, config: Config, inputs: RuleInputs): boolean =>
  typeof identify(actor, config) === 'string' &&
  config.accounts.some(account => {
    const rules = rolesIn(actor, account, config, inputs)
    return (
      rules.some(({ role, isDenied }) => role === 'exec' && !isDenied) &&
      !rules.some(rule => isDenialOf('exec')(rule) && rule.targets === undefined)
    )
  })

/**
 * May this person end a halt? The person who halted, a person on call, and operators of every account without exception may. A denial of
 * operator or viewer anywhere overrides that. `halt`: undefined when a parameter halts, which nobody ends from Slack.
 */
export const mayResume = (actor: Actor, halt: Halt | undefined, config: Config, inputs: RuleInputs): boolean => {
  if (typeof identify(actor, config) !== 'string') return false
  const rules = config.accounts.map(account => rolesIn(actor, account, config, inputs))
  if (rules.flat().some(isDenialOf('operator'))) return false
  return (
    (halt !== undefined && [halt.by, ...(halt.also ?? [])].every(one => isSameUser(one.user, actor.user, config))) ||
    isAmong(config.onCall, actor.user, config, inputs) ||
    rules.every(ofAccount =>
      ofAccount.some(({ role, isDenied, targets }) => role === 'operator' && !isDenied && targets === undefined),
    )
  )
}

const SERVICE_ARN = /^arn:[\w-]+:ecs:([\w-]+):(\d+):service\/([\w-]+)\/([\w-]+)$/
/** `prod`, `prod.us-east-1/web` or `prod.us-east-1/web/orders-api`, as settings record their target. */
const PLACE_NAME = /^([a-z][a-z0-9-]*)(?:\.([\w-]+))?(?:\/([\w-]+))?(?:\/([\w-]+))?$/

/** The id of a channel whose defaults were set. */
const CHANNEL = /^[CDGUW][A-Z0-9]+$/

/** `target`: of an audit record: a service's ARN, the name of a place, a channel, or `everything`. */
export const maySeeTarget = (target: string, actor: Actor, config: Config, inputs: RuleInputs): boolean => {
  if (target === 'everything') return typeof identify(actor, config) === 'string'
  // The defaults of a channel name services of any account.
  if (CHANNEL.test(target)) {
    const isPerson = typeof identify(actor, config) === 'string'
    return isPerson && config.accounts.every(account => maySeeAccount(actor, account, config, inputs))
  }
  const [isArn, region = '', accountId = '', cluster = '', service = ''] = SERVICE_ARN.exec(target) ?? []
  if (isArn !== undefined) {
    const account = config.accounts.find(({ id }) => id === accountId)
    if (account === undefined) return false
    const ref = { account: account.name, accountId, region, cluster, service, arn: target }
    return accessOf(actor, 'viewer', ref, config, inputs).kind === 'allowed'
  }
  const place = placeNamed(target, config)
  return place !== undefined && maySeePlace(actor, place, config, inputs)
}

const placeNamed = (name: string, { accounts }: Config): Place | undefined => {
  const [, account = '', region, cluster, service] = PLACE_NAME.exec(name) ?? []
  const found = accounts.find(one => one.name === account)
  if (found === undefined) return undefined
  const parts = { ...(region && { region }), ...(cluster && { cluster }), ...(service && { service }) }
  return { scope: { accountId: found.id, ...parts }, name, account }
}
