// The table of docs/permissions.md: each role with its actions, their resources, why it has them, and the commands that need it.
import { forwardRole } from '../infra/event-rules.ts'
import { hubRoles } from '../infra/hub-roles.ts'
import type { Role, Statement } from '../infra/policy.ts'
import { whyAllowed } from '../infra/reasons.ts'
import { spokeRoles } from '../infra/spoke-roles.ts'
import { commands } from '../src/commands/index.ts'

/** Stand for the hub's account and for the account of the roles. */
const HUB = '111122223333'
const ACCOUNT = '444455556666'
/** More commands than this are counted, not named. */
const MOST_NAMES = 5

export const permissionRoles: readonly Role[] = [
  ...hubRoles({ account: HUB, region: 'us-east-1', table: 'quarterdeck' }),
  ...spokeRoles({ account: ACCOUNT, hub: HUB }),
  forwardRole({ account: ACCOUNT, hub: HUB, hubRegion: 'us-east-1' }),
]

type Command = (typeof commands)[number]

const needs = (command: Command, role: string, action: string): boolean => {
  if (role === 'quarterdeck-viewer') return 'reads' in command && command.reads.includes(action)
  if (!('writes' in command)) return false
  return `quarterdeck-${command.role ?? 'operator'}` === role && command.writes.includes(action)
}

/** The commands that need an action of a role, as text. */
const neededBy = (role: string, action: string): string => {
  const names = commands.filter(command => needs(command, role, action)).map(({ name }) => `\`${name}\``)
  if (names.length > MOST_NAMES) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  if (names.length > 0) return names.join(', ')
  return ALWAYS[role] ?? 'every command'
}

/** What needs the actions that no command declares. */
const ALWAYS: Readonly<Record<string, string>> = {
  'quarterdeck-slack': 'every request of Slack',
  'quarterdeck-query': 'every read',
  'quarterdeck-decision': 'votes; `lock`, `halt` and other settings',
  'quarterdeck-operation': 'every change',
  'quarterdeck-schedule': 'reminders, ends of temporary changes, gates, digests, problems',
  'quarterdeck-events': 'gates, problems, `why`, `status`',
  'quarterdeck-export': 'the hourly export of the audit',
  'quarterdeck-scheduler': 'all schedules',
  'quarterdeck-exec': '`exec`, `exec enable`, `exec sessions`, `exec terminate`',
  'quarterdeck-revert': 'the end of a temporary change (`--for`)',
  'quarterdeck-forward': 'the digest, problems and gates',
}

/** Resources without partition, region and account, which would make them unreadable. */
const short = (resource: string): string => resource.replace(/^arn:aws:([\w-]+):[^:]*:[^:]*:/, '$1 ')

const keysOf = ({ Condition = {} }: Statement): string =>
  [...new Set(Object.values(Condition).flatMap(keys => Object.keys(keys)))].map(key => `\`${key}\``).join(' ')

const rowsOf = (role: Role): readonly string[] =>
  role.policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(statement =>
      [statement.Action].flat().map(action => {
        const resources = [statement.Resource].flat().map(one => `\`${short(one)}\``)
        return `| \`${action}\` | ${resources.join(' ')} | ${keysOf(statement)} | ${whyAllowed(role.name, action) ?? ''} | ${neededBy(role.name, action)} |`
      }),
    )

const HEADER = '| Action | On | Conditions | Why | Needed by |\n|---|---|---|---|---|'

/** A section for each role. */
export const permissionTables = (): string =>
  permissionRoles.map(role => `## ${role.name}\n\n${HEADER}\n${rowsOf(role).join('\n')}`).join('\n\n')
