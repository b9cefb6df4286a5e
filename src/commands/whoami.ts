// /ecs whoami: shows the asker's roles, and the rules behind them.

import { isAmong, isDenied } from '../engine/rules/access.ts'
import { maySeeTarget, rolesIn } from '../engine/rules/place-access.ts'
import { renderWhoami } from '../engine/rules/render-whoami.ts'
import { isReadOnly } from '../model/account.ts'
import { query } from './command.ts'

export const whoami = query({
  name: 'whoami',
  summary: 'Show your roles, and the rules that grant them',
  args: {},
  options: {},
  examples: ['whoami'],
  reads: [],
  load: async (_, __, { who, config, facts }) => ({
    who,
    version: config.version,
    groups: Object.keys(facts.groups).filter(group => facts.groups[group]?.includes(who.actor.user)),
    teams: Object.entries(config.teams ?? {}).flatMap(([name, { group }]) =>
      facts.groups[group]?.includes(who.actor.user) ? [name] : [],
    ),
    accounts: config.accounts.map(account => ({
      account: account.name,
      ...(isReadOnly(account)
        ? { mode: 'read-only' as const }
        : account.shadow === true && { mode: 'shadow mode' as const }),
      rules: rolesIn(who.actor, account, config, facts),
    })),
    mayBreakGlass: config.breakGlass !== undefined && isAmong(config.breakGlass.who, who.actor.user, config, facts),
    halted: facts.halted,
    placeLocks: facts.placeLocks.filter(lock => maySeeTarget(lock.name, who.actor, config, facts)),
    noApproval: config.approverDenials.filter(rule => isDenied(rule.who, who.actor.user, config, facts)),
  }),
  render: state => renderWhoami(state),
})
