// Pure: evaluates a task role's permissions: those that ECS Exec needs, and what a shell could do with the others.
import type { ExecProblem, LogPlace } from './site.ts'

/** The permissions that the agent needs for a session. Source: ECS developer guide, ECS Exec, task IAM role. */
export const CHANNELS: readonly string[] = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
]
/** The permission that is also needed if sessions are encrypted. */
export const DECRYPT = 'kms:Decrypt'

/**
 * The cause of a denial: no policy allows the action, a statement denies it, or a permissions boundary or organization
 * policy does not allow it.
 */
type Denier = 'silence' | 'statement' | 'boundary' | 'organization'

/** A permission. `resource`: the resource as written in a policy. */
export type Need = {
  readonly action: string
  readonly resource: string
  /** The log destination that fails without the permission; absent if the whole session fails. */
  readonly loses?: LogPlace | 'nothing'
}

export type DeniedRight = Need & { readonly by: Denier }

export type TaskRole = {
  readonly name: string
  readonly denied: readonly DeniedRight[]
  /** Actions whose result depends on details of the request, which a simulation does not have. */
  readonly unsure: readonly string[]
  /** Whether the role may change IAM policies, and so its own permissions. */
  readonly mayChangeRights: boolean
  /** Whether the role may delete resources of several unrelated services. */
  readonly mayNearlyAll: boolean
  /** The names of attached and inline policies; absent if they are not readable. */
  readonly policies?: { readonly names: readonly string[] }
  /** The reads that failed, with the reason. */
  readonly unread: readonly string[]
}

const FIXES: Readonly<Record<Denier, string>> = {
  silence: 'add to its policy',
  statement: 'remove the statement that denies it, and allow',
  boundary: 'add to its permissions boundary',
  organization: 'allow in the organization’s policy',
}

const statementOf = (denied: readonly DeniedRight[]): string => {
  const actions = denied.map(({ action }) => action)
  const statement = { Effect: 'Allow', Action: actions, Resource: denied[0]?.resource ?? '*' }
  // The prefix of a bucket may contain any character. Backticks are escaped, because one would end the code span.
  return JSON.stringify(statement).replaceAll('`', '\\u0060')
}

/** Problems for the denied permissions that every session needs, without those for the session log. */
export const deniedRights = (role: TaskRole): readonly ExecProblem[] =>
  fixesOf(
    role,
    role.denied.filter(one => one.loses === undefined && !dependsOnKeyPolicy(one)),
  )

/** The fixes of denied permissions: one problem for each cause and resource. */
export const fixesOf = ({ name }: TaskRole, denied: readonly DeniedRight[]): readonly ExecProblem[] =>
  denied
    .filter(one => denied.find(other => hasSameFix(one, other)) === one)
    .map(first => {
      const group = denied.filter(other => hasSameFix(first, other))
      return {
        what: `its task role *${name}* may not ${group.map(({ action }) => `\`${action}\``).join(', ')}`,
        fix: `${FIXES[first.by]} \`${statementOf(group)}\``,
      }
    })

/** Whether only the policy of the KMS key may allow the action. A simulation does not check key policies. */
const dependsOnKeyPolicy = ({ action, by }: DeniedRight): boolean => action === DECRYPT && by === 'silence'

const hasSameFix = (a: DeniedRight, b: DeniedRight) => a.by === b.by && a.resource === b.resource

const has = ({ policies }: TaskRole, ...wanted: readonly string[]): boolean =>
  policies?.names.some(name => wanted.includes(name)) ?? false

/** A warning about a role that has far more permissions than an application needs; undefined for other roles. */
export const powerOf = (role: TaskRole): string | undefined => {
  const changesRights = role.mayChangeRights || has(role, 'AdministratorAccess', 'IAMFullAccess')
  const doesNearlyAll = role.mayNearlyAll || has(role, 'AdministratorAccess', 'PowerUserAccess')
  if (changesRights && doesNearlyAll) return 'an administrator with all permissions in this account'
  if (changesRights) return 'effectively an administrator: it can grant itself any permission'
  return doesNearlyAll ? 'a power user with nearly all permissions in this account' : undefined
}

const MOST_NAMES = 6

const policyNames = ({ names }: NonNullable<TaskRole['policies']>): string => {
  if (names.length === 0) return 'no policy'
  const more = names.length - MOST_NAMES
  const others = more > 0 ? ` and ${more} more` : ''
  const shown = names.slice(0, MOST_NAMES).map(name => `\`${name}\``)
  return `the ${names.length === 1 ? 'policy' : 'policies'} ${shown.join(', ')}${others}`
}

/** The lines about a task role on the card, the most important first. */
export const taskRoleLines = (role: TaskRole): readonly string[] => {
  const power = powerOf(role)
  return [
    ...(power === undefined ? [] : [`*The task role ${role.name} is ${power}.*`]),
    ...(role.policies === undefined ? [] : [`The task role *${role.name}* has ${policyNames(role.policies)}.`]),
    ...role.denied
      .filter(dependsOnKeyPolicy)
      .map(
        one =>
          `The session is encrypted. Unless the key’s own policy allows \`${DECRYPT}\` to *${role.name}*, add \`${statementOf([one])}\`.`,
      ),
    ...role.unsure.map(action => `Unknown whether *${role.name}* may \`${action}\`: it depends on the request itself.`),
    ...role.unread.map(what => `Permissions of the task role *${role.name}* could not be read: ${what}.`),
  ]
}
