// Renders the answer of /ecs whoami: the roles, locks and halts that apply to one person.

import { context, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Identity } from './asker.ts'
import type { Scope } from './config.ts'
import type { RoleRule } from './place-access.ts'
import { placeLockText } from './place-locks.ts'
import type { PlaceLock } from './rule-inputs.ts'

export type Whoami = {
  readonly who: Identity
  readonly version: string
  readonly groups: readonly string[]
  /** The teams whose user group the person is in. */
  readonly teams: readonly string[]
  /** `mode`: whether nothing is ever changed there, or only planned. */
  readonly accounts: readonly {
    readonly account: string
    readonly mode?: 'read-only' | 'shadow mode'
    readonly rules: readonly RoleRule[]
  }[]
  readonly mayBreakGlass: boolean
  readonly halted: string | undefined
  /** Locks on places that the person may see. */
  readonly placeLocks: readonly PlaceLock[]
  /** Rules by which the person may not approve changes. */
  readonly noApproval: readonly Scope[]
}

export const renderWhoami = ({
  who,
  version,
  groups,
  teams,
  accounts,
  mayBreakGlass,
  halted,
  placeLocks,
  noApproval,
}: Whoami): Rendered => {
  const head = `You are *${who.corporateId}* to AWS${groups.length === 0 ? '' : `, by your groups ${groups.map(group => `\`${group}\``).join(', ')}`}.`
  const rows = accounts.map(
    ({ account, mode, rules }) =>
      `*${account}*${mode === undefined ? '' : ` (${mode})`}: ${rules.length === 0 ? 'no role' : rules.map(ruleText).join('; ')}`,
  )
  const more = [
    ...(teams.length === 0 ? [] : [`You are in ${teams.length === 1 ? 'the team' : 'the teams'} ${teams.join(', ')}.`]),
    mayBreakGlass ? 'You may break glass, with a reason.' : 'You may not break glass.',
    ...(halted === undefined ? [] : [`All changes are halted: ${halted}.`]),
    ...noApproval.map(scope => `You may not approve changes in ${scopeText(scope)}.`),
    ...placeLocks.map(placeLockText),
  ]
  return {
    text: plain([head, ...rows, ...more].join('\n')),
    blocks: [richText(section(`${head}\n`), list([...rows, ...more])), context(`configuration ${version}`)],
  }
}

const scopeText = ({ accounts, environment, targets }: Scope): string => {
  const parts = [...(accounts ?? []), ...(environment === undefined ? [] : [environment]), ...(targets ?? [])]
  return parts.length === 0 ? 'any account' : parts.map(part => `\`${part}\``).join(', ')
}

const ruleText = ({ role, isDenied, number, targets }: RoleRule): string =>
  `${isDenied ? 'denied ' : ''}${role}${targets === undefined ? '' : ` on ${targets.map(target => `\`${target}\``).join(', ')}`} (access rule ${number})`
