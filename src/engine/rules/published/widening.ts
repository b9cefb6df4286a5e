// Pure: what a new configuration allows that the last one does not, in words. Where it cannot tell, a difference counts as such.

import { canonicalJson, type JsonObject } from '../../../model/json.ts'
import { type ApprovalRule, type Config, DEFAULTS, type Scope, type Who } from '../config.ts'

/** Keys that are compared below. A difference of any other key widens, except that of these, which allow nothing. */
const COMPARED: readonly string[] = [
  ...['access', 'approverDenials', 'ceilings', 'consent', 'freezes', 'people', 'risk', 'sharing', 'teamRules', 'teams'],
  ...['breakGlass', 'onCall', 'budgets', 'leases', 'redaction'],
]
const HARMLESS: readonly string[] = ['version', 'channel', 'subscriptions', 'digests']

/** One line each, without a full stop: `gives operator to S0OPS in prod`. Both are as published. None: it only restricts. */
export const widening = (before: Config, after: Config): readonly string[] => {
  const was = { ...DEFAULTS, ...before }
  const is = { ...DEFAULTS, ...after }
  return [
    ...added(grantsOf(was), grantsOf(is)).map(grant => `gives ${grant}`),
    ...added(limitsOf(is), limitsOf(was)).map(limit => `no longer has ${limit}`),
    ...widerRules(rulesOf(was), rulesOf(is)),
    ...largerNumbers(was, is),
    ...otherKeys(was, is),
  ]
}

const added = (before: readonly string[], after: readonly string[]): readonly string[] => [
  ...new Set(after.filter(one => !before.includes(one))),
]

const rulesOf = ({ teamRules, consent }: Config): readonly ApprovalRule[] => teamRules?.consent ?? consent

const place = ({ accounts, environment, targets, teams }: Scope): string => {
  const parts = [
    ...(teams === undefined ? [] : [`teams ${teams.join(', ')}`]),
    ...(targets === undefined ? [] : [targets.join(', ')]),
    ...(environment === undefined ? [] : [environment]),
    ...(accounts === undefined ? [] : [accounts.join(', ')]),
  ]
  return parts.length === 0 ? 'everywhere' : `in ${parts.join(' of ')}`
}

const each = (who: Who | undefined, words: (one: string) => string): readonly string[] => (who ?? []).map(words)

/** What people may do. */
const grantsOf = (config: Config): readonly string[] => [
  ...Object.entries(config.people).map(([user, id]) => `${user} the identity ${id}`),
  ...(config.teamRules?.access ?? config.access).flatMap(({ who, role, isDenied, ...scope }) =>
    isDenied ? [] : each(who, one => `${role} to ${one} ${place(scope)}`),
  ),
  ...config.freezes.flatMap(({ name, except }) => each(except, one => `${one} an exception of the freeze ${name}`)),
  ...each(config.breakGlass?.who, one => `break glass to ${one}`),
  ...each(config.breakGlass?.exec, one => `break glass for commands to ${one}`),
  ...each(config.leases.permanent, one => `suspension of autoscaling without an end to ${one}`),
  ...each(config.onCall, one => `the rights of on-call to ${one}`),
  ...config.sharing.trusted.map(channel => `${channel} the trust for \`--share\``),
  ...Object.entries(config.teams ?? {}).flatMap(([name, { group, services }]) =>
    services.map(pattern => `${pattern} to the team ${name} (${group})`),
  ),
]

/** What restricts people. */
const limitsOf = (config: Config): readonly string[] => [
  ...config.access.flatMap(({ who, role, isDenied, ...scope }) =>
    isDenied ? each(who, one => `the denial of ${role} to ${one} ${place(scope)}`) : [],
  ),
  ...config.approverDenials.flatMap(({ who, ...scope }) =>
    each(who, one => `the denial of approval to ${one} ${place(scope)}`),
  ),
  ...config.ceilings.map(({ tasks, ...scope }) => `the ceiling of ${tasks} tasks ${place(scope)}`),
  ...config.freezes.map(
    ({ name, from, until, ...scope }) => `the freeze ${name} from ${from} until ${until} ${place(scope)}`,
  ),
  ...config.risk.map(
    ({ atLeast, when: { commands, ...scope } }) =>
      `the ${atLeast} risk of ${commands?.join(', ') ?? 'all changes'} ${place(scope)}`,
  ),
  ...config.redaction.patterns.map(pattern => `the hidden pattern ${pattern}`),
  ...(config.redaction.emails ? ['hidden e-mail addresses'] : []),
]

/** The first rule that matches applies: a rule that is new, gone or moved can widen what follows it. */
const widerRules = (before: readonly ApprovalRule[], after: readonly ApprovalRule[]): readonly string[] => {
  const keyOf = ({ when }: ApprovalRule): string => canonicalJson(when)
  const [was, is] = [before.map(keyOf), after.map(keyOf)]
  if (canonicalJson(was) !== canonicalJson(is)) {
    const isNew = after.flatMap((rule, at) => (was.includes(keyOf(rule)) ? [] : [`has a new approval rule ${at + 1}`]))
    const isGone = before.flatMap((rule, at) =>
      is.includes(keyOf(rule)) ? [] : [`no longer has approval rule ${at + 1} of the last version`],
    )
    return [...isNew, ...isGone, ...(isNew.length + isGone.length > 0 ? [] : ['has another order of approval rules'])]
  }
  return after.flatMap((rule, at) => {
    const former = before[at]
    return former === undefined ? [] : widerRule(former, rule).map(words => `${words} by approval rule ${at + 1}`)
  })
}

const widerRule = (was: ApprovalRule, is: ApprovalRule): readonly string[] => [
  ...(is.approvals < was.approvals ? [`asks for ${is.approvals} instead of ${was.approvals} approvals`] : []),
  ...added(was.approvers, is.approvers).map(one => `lets ${one} approve`),
  ...(is.maySelfApprove && !was.maySelfApprove ? ['lets requesters approve their own changes'] : []),
  ...(was.needsReason && !is.needsReason ? ['needs no reason'] : []),
  ...(was.ticket !== undefined && was.ticket !== is.ticket ? ['has another or no form of tickets'] : []),
  ...(is.expiryMinutes > was.expiryMinutes ? ['keeps requests longer'] : []),
  ...(is.channel !== was.channel ? ['asks in another channel'] : []),
]

const largerNumbers = (was: Config, is: Config): readonly string[] => [
  ...(is.leases.longestMinutes > was.leases.longestMinutes ? ['allows longer temporary changes'] : []),
  ...(['waiting', 'follows', 'commandsPerMinute'] as const)
    .filter(key => is.budgets[key] > was.budgets[key])
    .map(key => `raises the budget \`${key}\``),
]

const otherKeys = (was: Config, is: Config): readonly string[] => {
  const [before, after] = [was, is].map(one => JSON.parse(JSON.stringify(one)) as JsonObject)
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter(key => ![...COMPARED, ...HARMLESS].includes(key))
    .filter(key => canonicalJson(before?.[key] ?? null) !== canonicalJson(after?.[key] ?? null))
    .map(key => `changes \`${key}\``)
}
