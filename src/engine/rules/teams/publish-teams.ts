// Pure: the teams of the file as it is published. Names of teams become user groups, channels and patterns; functions of earlier
// versions, which do not know teams, find rules that allow no more.

import type { Access, ApprovalRule, Config } from '../config.ts'
import type { ConfigFile } from '../config-schema.ts'
import { OWN_TEAM } from './teams.ts'

const PREFIX = 'team:'

/** `team:checkout` as the user group of the team, in each list of people; the channel and owners of digests and subscriptions. */
export const withTeamsResolved = (file: ConfigFile): ConfigFile => {
  const { teams } = file
  if (teams === undefined) return file
  const people = (who: string[]): string[] =>
    who.map(one => (one.startsWith(PREFIX) ? (teams[one.slice(PREFIX.length)]?.group ?? one) : one))
  const also = <Key extends string>(key: Key, who: string[] | undefined) =>
    (who === undefined ? {} : { [key]: people(who) }) as { [K in Key]?: string[] }
  const { breakGlass, leases } = file
  return {
    ...file,
    ...also('onCall', file.onCall),
    teams: Object.fromEntries(
      Object.entries(teams).map(([name, team]) => [name, { ...team, ...also('onCall', team.onCall) }]),
    ),
    access: file.access.map(rule => ({ ...rule, who: people(rule.who) })),
    approvals: file.approvals.map(rule => ({ ...rule, ...also('approvers', rule.approvers) })),
    ...(file.freezes && { freezes: file.freezes.map(rule => ({ ...rule, ...also('except', rule.except) })) }),
    ...(breakGlass && {
      breakGlass: { ...breakGlass, who: people(breakGlass.who), ...also('exec', breakGlass.exec) },
    }),
    ...(leases && { leases: { ...leases, ...also('permanent', leases.permanent) } }),
    ...(file.digests && {
      digests: file.digests.map(({ team, ...digest }) => {
        const own = team === undefined ? undefined : teams[team]
        const owners = digest.owners ?? (own && [own.group])
        return { ...digest, team, channel: digest.channel ?? own?.channel, ...also('owners', owners) }
      }),
    }),
    ...(file.subscriptions && {
      subscriptions: file.subscriptions.map(({ team, ...subscription }) => {
        const own = team === undefined ? undefined : teams[team]
        const targets = subscription.targets ?? own?.services
        return { ...subscription, channel: subscription.channel ?? own?.channel, ...(targets && { targets }) }
      }),
    }),
  }
}

const isAboutTeams = (file: ConfigFile): boolean =>
  file.access.some(({ who, teams }) => teams !== undefined || who.includes(OWN_TEAM)) ||
  file.approvals.some(
    ({ when, approvers = [], channel }) =>
      when?.teams !== undefined || approvers.includes(OWN_TEAM) || channel === OWN_TEAM,
  )

/**
 * Functions of earlier versions ignore `teams`. A rule that restricts then restricts every service. A grant to a team is left out for
 * them, and all approval rules are, so that they refuse each change: which rule of several is the strictest depends on the change.
 */
export const withOlderRules = (config: Config, file: ConfigFile): Config => {
  if (!isAboutTeams(file)) return config
  const { access, consent } = config
  const isForAll = ({ isDenied, teams, who }: Access): boolean =>
    isDenied || (teams === undefined && !who.includes(OWN_TEAM))
  const none: readonly ApprovalRule[] = []
  return { ...config, access: access.filter(isForAll), consent: none, teamRules: { access, consent } }
}
