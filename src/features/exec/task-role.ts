// What the role of a task may do: whether ECS Exec can work with it, and what whoever runs a shell there gets.
import type { Hindrance, LogPlace } from './site.ts'

/** What the agent needs to be reached. Source: ECS developer guide, ECS Exec, task IAM role. */
export const CHANNELS: readonly string[] = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
]
/** What it needs where sessions are encrypted. */
export const DECRYPT = 'kms:Decrypt'

/** What denies it: no policy allows it, a statement forbids it, or what limits the role leaves it out. */
type Denier = 'silence' | 'statement' | 'boundary' | 'organization'

/** `resource`: as a policy has it. */
export type Need = {
  readonly action: string
  readonly resource: string
  /** What is lost without it; the session itself where it does not say. */
  readonly loses?: LogPlace | 'nothing'
}

export type DeniedRight = Need & { readonly by: Denier }

export type TaskRole = {
  readonly name: string
  readonly denied: readonly DeniedRight[]
  /** Actions whose answer depends on what only the request itself tells. */
  readonly unsure: readonly string[]
  /** It may write policies: its own rights are whatever it wants. */
  readonly mayChangeRights: boolean
  /** It may delete things of services that have nothing to do with each other, whatever they are. */
  readonly mayNearlyAll: boolean
  /** Names of those attached and those written into it; not there where they could not be read. */
  readonly policies?: { readonly names: readonly string[]; readonly isPartial: boolean }
  /** What could not be read, and why. */
  readonly unread: readonly string[]
}

const FIXES: Readonly<Record<Denier, string>> = {
  silence: 'add to its policy',
  statement: 'take away the statement that denies it; what has to be allowed',
  boundary: 'add to its permissions boundary',
  organization: 'a policy of the organization has to allow',
}

const statementOf = (denied: readonly DeniedRight[]): string => {
  const actions = denied.map(({ action }) => action)
  const statement = { Effect: 'Allow', Action: actions, Resource: denied[0]?.resource ?? '*' }
  // A prefix of a bucket can have any character: none ends what is shown as code.
  return JSON.stringify(statement).replaceAll('`', '\\u0060')
}

/** A denied right is in the way of every session, but for those that its log alone needs. */
export const deniedRights = (role: TaskRole): readonly Hindrance[] =>
  mendsOf(
    role,
    role.denied.filter(one => one.loses === undefined && !isKeysToSay(one)),
  )

/** One for each kind of mend. */
export const mendsOf = ({ name }: TaskRole, denied: readonly DeniedRight[]): readonly Hindrance[] =>
  denied
    .filter(one => denied.find(other => isAlike(one, other)) === one)
    .map(first => {
      const group = denied.filter(other => isAlike(first, other))
      return {
        what: `its task role *${name}* may not ${group.map(({ action }) => `\`${action}\``).join(', ')}`,
        fix: `${FIXES[first.by]} \`${statementOf(group)}\``,
      }
    })

/** A key's own policy may admit a role whose policies are silent, and a simulation does not see that. */
const isKeysToSay = ({ action, by }: DeniedRight): boolean => action === DECRYPT && by === 'silence'

const isAlike = (one: DeniedRight, other: DeniedRight) => one.by === other.by && one.resource === other.resource

const has = ({ policies }: TaskRole, ...wanted: readonly string[]): boolean =>
  policies?.names.some(name => wanted.includes(name)) ?? false

/** Of a role that may do much more than an application needs: what that is. */
export const powerOf = (role: TaskRole): string | undefined => {
  const changesRights = role.mayChangeRights || has(role, 'AdministratorAccess', 'IAMFullAccess')
  const doesNearlyAll = role.mayNearlyAll || has(role, 'AdministratorAccess', 'PowerUserAccess')
  if (changesRights && doesNearlyAll) return 'an administrator: it may do whatever there is in this account'
  if (changesRights) return 'as good as an administrator: it may give itself every right'
  return doesNearlyAll ? 'a power user: it may do nearly everything in this account' : undefined
}

const MOST_NAMES = 6

const policyNames = ({ names, isPartial }: NonNullable<TaskRole['policies']>): string => {
  if (names.length === 0) return 'no policy'
  const more = names.length - MOST_NAMES
  const others = isPartial ? ' and more' : more > 0 ? ` and ${more} more` : ''
  const shown = names.slice(0, MOST_NAMES).map(name => `\`${name}\``)
  return `the ${names.length === 1 ? 'policy' : 'policies'} ${shown.join(', ')}${others}`
}

/** What the card says of it, the loudest first. */
export const taskRoleLines = (role: TaskRole): readonly string[] => {
  const power = powerOf(role)
  return [
    ...(power === undefined ? [] : [`*The task role ${role.name} is ${power}.*`]),
    ...(role.policies === undefined ? [] : [`The task role *${role.name}* has ${policyNames(role.policies)}.`]),
    ...role.denied
      .filter(isKeysToSay)
      .map(
        one =>
          `The session is encrypted, and no policy of *${role.name}* allows \`${DECRYPT}\`: it fails unless the key’s own policy does, or this is added: \`${statementOf([one])}\`.`,
      ),
    ...role.unsure.map(
      action => `Whether *${role.name}* may \`${action}\` could not be told: it depends on the request itself.`,
    ),
    ...role.unread.map(what => `What the task role *${role.name}* may do could not be read: ${what}.`),
  ]
}
