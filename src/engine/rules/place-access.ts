// May a person see or change a whole account, a cluster, or anything at all?

import type { Place } from '../../kit/language/place.ts'
import type { Account } from '../../model/account.ts'
import type { Actor } from '../../model/ecs.ts'
import { accessOf, identify, isAmong } from './access.ts'
import type { Config, RoleName } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

/** `number`: of the access rule, from 1. */
export type RoleRule = {
  readonly role: RoleName
  readonly isDenied: boolean
  readonly number: number
  readonly targets?: readonly string[]
}

/** The access rules that name this person for an account, in the order of the configuration. */
export const rolesIn = (actor: Actor, account: Account, config: Config, inputs: RuleInputs): readonly RoleRule[] =>
  config.access.flatMap(({ who, role, isDenied, accounts, environment, targets }, at) =>
    isAmong(who, actor.user, config, inputs) &&
    (accounts === undefined || accounts.includes(account.name)) &&
    (environment === undefined || environment === account.environment)
      ? [{ role, isDenied, number: at + 1, ...(targets && { targets }) }]
      : [],
  )

/** May this person lock and unlock a place? For an account or a cluster, a rule for some of its services is not enough. */
export const mayOperateAt = (actor: Actor, { account, scope }: Place, config: Config, inputs: RuleInputs): boolean => {
  const configured = config.accounts.find(({ name }) => name === account)
  if (configured === undefined || typeof identify(actor, config) !== 'string') return false
  if (scope.region !== undefined && scope.cluster !== undefined && scope.service !== undefined) {
    const ref = {
      account,
      accountId: scope.accountId,
      region: scope.region,
      cluster: scope.cluster,
      service: scope.service,
      arn: '',
    }
    return accessOf(actor, 'operator', ref, config, inputs).kind === 'allowed'
  }
  const rules = rolesIn(actor, configured, config, inputs)
  return (
    !rules.some(({ isDenied }) => isDenied) &&
    rules.some(({ role, targets }) => role === 'operator' && targets === undefined)
  )
}

/** May this person see what belongs to no single service, such as a log group? Requires access to the whole account. */
export const maySeeAccount = (actor: Actor, account: Account, config: Config, inputs: RuleInputs): boolean => {
  const rules = rolesIn(actor, account, config, inputs)
  return !rules.some(({ isDenied }) => isDenied) && rules.some(({ targets }) => targets === undefined)
}

/** May this person halt all changes? Everyone who may change any service. */
export const mayOperateSomewhere = (actor: Actor, config: Config, inputs: RuleInputs): boolean =>
  typeof identify(actor, config) === 'string' &&
  config.accounts.some(account =>
    rolesIn(actor, account, config, inputs).some(({ role, isDenied }) => role === 'operator' && !isDenied),
  )

/** `target`: a service's ARN, or another id, which everyone in the configuration may see. */
export const maySeeTarget = (target: string, actor: Actor, config: Config, inputs: RuleInputs): boolean => {
  const [, region = '', accountId = '', cluster = '', service = ''] =
    /^arn:[\w-]+:ecs:([\w-]+):(\d+):service\/([\w-]+)\/([\w-]+)$/.exec(target) ?? []
  if (service === '') return typeof identify(actor, config) === 'string'
  const account = config.accounts.find(({ id }) => id === accountId)
  if (account === undefined) return false
  const ref = { account: account.name, accountId, region, cluster, service, arn: target }
  return accessOf(actor, 'viewer', ref, config, inputs).kind === 'allowed'
}
