// Converts the parsed quarterdeck.yaml to the configuration that is published as JSON.

import { createHash } from 'node:crypto'
import { UTC } from '../../model/time.ts'
import {
  type Access,
  type ApprovalRule,
  type Config,
  DEFAULTS,
  DIGEST_TOPICS,
  type Digest,
  type OnCallSource,
  type Scope,
} from './config.ts'
import { type ConfigFile, minutesOf } from './config-schema.ts'
import { withOlderRules, withTeamsResolved } from './teams/publish-teams.ts'

/** Converts a file. `text`: the text of the file, whose hash becomes `version`. */
export const publishedConfig = (written: ConfigFile, text: string): Config => {
  const file = withTeamsResolved(written)
  return withOlderRules(allOf(file, text), file)
}

const allOf = (file: ConfigFile, text: string): Config => ({
  version: createHash('sha256').update(text).digest('hex').slice(0, 12),
  team: file.team,
  ...(file.enterprise !== undefined && { enterprise: file.enterprise }),
  accounts: accountsOf(file.accounts),
  people: file.people,
  access: file.access.flatMap(accessRuleOf),
  approverDenials: file.access.flatMap(rule => (rule.deny === 'approver' ? [{ who: rule.who, ...scopeOf(rule) }] : [])),
  // The published key keeps its old name: functions of earlier versions read this JSON, too.
  consent: file.approvals.map(approvalRuleOf),
  risk: (file.risk ?? []).map(({ when = {}, atLeast }) => ({ when: aboutChanges(when), atLeast })),
  ceilings: (file.ceilings ?? []).map(rule => ({ tasks: rule.tasks, ...scopeOf(rule) })),
  freezes: (file.freezes ?? []).map(rule => ({
    name: rule.name,
    from: rule.from,
    until: rule.until,
    except: rule.except ?? [],
    ...scopeOf(rule),
  })),
  presets: file.capacity?.presets ?? {},
  ...(file.breakGlass && { breakGlass: breakGlassOf(file.breakGlass) }),
  deploy: { from: (file.deploy?.from ?? []).map(rule => ({ repositories: rule.repositories, ...scopeOf(rule) })) },
  exec: execRulesOf(file.exec),
  leases: {
    longestMinutes:
      file.leases?.longest === undefined ? DEFAULTS.leases.longestMinutes : minutesOf(file.leases.longest),
    permanent: file.leases?.permanent ?? [],
  },
  redaction: { emails: file.redaction?.emails ?? false, patterns: file.redaction?.patterns ?? [] },
  sharing: { trusted: file.sharing?.trusted ?? [] },
  gates: {
    deployers: (file.gates?.deployers ?? []).map(({ role, person }) => ({
      role,
      ...(person !== undefined && { person }),
    })),
  },
  budgets: {
    waiting: file.budgets?.waiting ?? DEFAULTS.budgets.waiting,
    follows: file.budgets?.follows ?? DEFAULTS.budgets.follows,
    commandsPerMinute: file.budgets?.commandsPerMinute ?? DEFAULTS.budgets.commandsPerMinute,
  },
  onCall: file.onCall ?? [],
  subscriptions: (file.subscriptions ?? []).map(({ channel = file.channel, tag, events, minSeverity, ...scope }) => ({
    channel,
    ...scopeOf(scope),
    ...(tag !== undefined && { tag }),
    ...(events && { kinds: events }),
    ...(minSeverity && { minSeverity }),
  })),
  incidents: incidentsOf(file.incidents),
  ...(file.teams && { teams: teamsOf(file.teams) }),
  channel: file.channel,
  digests: (file.digests ?? []).map(digest => digestOf(digest, file)),
})

const teamsOf = (teams: NonNullable<ConfigFile['teams']>): NonNullable<Config['teams']> =>
  Object.fromEntries(
    Object.entries(teams).map(([name, { channel, onCall, ...team }]) => [
      name,
      { ...team, ...(channel !== undefined && { channel }), ...(onCall && { onCall }) },
    ]),
  )

type ScopeKeys = {
  readonly accounts?: readonly string[] | undefined
  readonly environment?: string | undefined
  readonly targets?: readonly string[] | undefined
  readonly teams?: readonly string[] | undefined
}

const scopeOf = ({ accounts, environment, targets, teams }: ScopeKeys): Scope => ({
  ...(teams && { teams }),
  ...(accounts && { accounts }),
  ...(environment && { environment }),
  ...(targets && { targets }),
})

const aboutChanges = ({ commands, ...scope }: ScopeKeys & { readonly commands?: readonly string[] | undefined }) => ({
  ...scopeOf(scope),
  ...(commands && { commands }),
})

const accountsOf = (accounts: ConfigFile['accounts']): Config['accounts'] =>
  Object.entries(accounts).map(
    ([
      name,
      {
        roles: { exec, gate, ...roles },
        shadow,
        ...rest
      },
    ]) => ({
      name,
      ...rest,
      roles: { ...roles, ...(exec !== undefined && { exec }), ...(gate !== undefined && { gate }) },
      ...(shadow === true && { shadow }),
    }),
  )

const accessRuleOf = (rule: ConfigFile['access'][number]): readonly Access[] => {
  const { who, role, deny } = rule
  if (deny === 'approver') return []
  return [{ ...scopeOf(rule), who, role: role ?? deny ?? 'viewer', isDenied: deny !== undefined }]
}

const approvalRuleOf = ({
  when = {},
  approvals,
  approvers = [],
  channel,
  expiry = '8h',
  remind = '15m',
  reason,
  ticket,
  self = false,
  incident,
}: ConfigFile['approvals'][number]): ApprovalRule => ({
  when: {
    ...aboutChanges(when),
    ...(when.risk && { risk: when.risk }),
    ...(when.atLeast !== undefined && { atLeast: when.atLeast, withinMinutes: minutesOf(when.within ?? '1h') }),
  },
  approvals,
  approvers,
  expiryMinutes: minutesOf(expiry),
  remindMinutes: minutesOf(remind),
  needsReason: reason === 'required' || ticket !== undefined,
  maySelfApprove: self,
  ...(ticket !== undefined && { ticket }),
  ...(channel !== undefined && { channel }),
  ...(incident !== undefined && { incident }),
})

const digestOf = (
  { name, cron, zone, channel, team, what, owners, places, tag }: NonNullable<ConfigFile['digests']>[number],
  { onCall = [], teams, ...file }: Pick<ConfigFile, 'onCall' | 'teams' | 'channel'>,
): Digest => ({
  name,
  cron,
  channel: channel ?? file.channel,
  zone: zone ?? UTC,
  topics: DIGEST_TOPICS.filter(topic => what?.includes(topic) ?? true),
  owners: owners ?? onCall,
  ...(places && { places }),
  ...(team !== undefined && { targets: teams?.[team]?.services ?? [] }),
  ...(tag !== undefined && { tag: tagOf(tag) }),
})

const tagOf = (text: string): NonNullable<Digest['tag']> => {
  const at = text.indexOf('=')
  return { key: text.slice(0, at), value: text.slice(at + 1) }
}

const incidentsOf = ({
  channels = DEFAULTS.incidents.template,
  private: isPrivate = false,
  longest,
  owners = [],
  onCall = [],
}: ConfigFile['incidents'] = {}): Config['incidents'] => ({
  template: channels,
  isPrivate,
  longestMinutes: longest === undefined ? DEFAULTS.incidents.longestMinutes : minutesOf(longest),
  owners: owners.map(rule => ({ who: rule.who, ...scopeOf(rule) })),
  onCall: onCall.flatMap(onCallOf),
})

type OnCallRule = NonNullable<NonNullable<ConfigFile['incidents']>['onCall']>[number]

/** The compiler has checked that a rule has one source. */
const onCallOf = ({ group, schedule, pagerduty, ...scope }: OnCallRule): readonly OnCallSource[] => {
  const of = scopeOf(scope)
  if (group !== undefined) return [{ ...of, kind: 'group', group }]
  if (schedule !== undefined) {
    const { from, shift, who } = schedule
    return [{ ...of, kind: 'schedule', from, shiftMinutes: minutesOf(shift), who }]
  }
  if (pagerduty === undefined) return []
  const { schedules = [], policies = [] } = pagerduty
  return [{ ...of, kind: 'pagerduty', schedules, policies }]
}

const breakGlassOf = ({ who, channel, exec }: NonNullable<ConfigFile['breakGlass']>) => ({
  who,
  channel,
  ...(exec !== undefined && { exec }),
})

const execRulesOf = ({ commands = {}, deny = [], unlogged = [] }: ConfigFile['exec'] = {}): Config['exec'] => ({
  commands: Object.fromEntries(
    Object.entries(commands).map(([name, { argv, parameters = {} }]) => [name, { argv, parameters }]),
  ),
  deny,
  unlogged: unlogged.map(scopeOf),
})
