// Pure: which team owns a service, and the rules about teams as rules about the patterns of their services.

import { matchesGlob } from '../../../kit/language/glob.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Access, ApprovalRule, Config, Scope, Team, Who } from '../config.ts'

/** In `who` and `approvers`: the people of the team that owns the service. */
export const OWN_TEAM = 'team'

type Teams = Pick<Config, 'teams'>
type Named = Pick<ServiceRef, 'cluster' | 'service'>

const isOf = ({ services }: Team, { cluster, service }: Named): boolean =>
  services.some(pattern => matchesGlob(pattern, `${cluster}/${service}`))

/** The name of the team that owns the service. Undefined for none, and for more than one: the strictest rule then applies. */
export const teamOf = (ref: Named, { teams = {} }: Teams): string | undefined => {
  const [first, ...others] = Object.keys(teams).filter(name => teams[name] !== undefined && isOf(teams[name], ref))
  return others.length === 0 ? first : undefined
}

/** Whom to mention about a service: the people on call of its team, else those of the configuration. */
export const onCallFor = (ref: Named, config: Pick<Config, 'teams' | 'onCall'>): Who => {
  const name = teamOf(ref, config)
  return (name !== undefined && config.teams?.[name]?.onCall) || config.onCall
}

/** Whether a rule about a team could be about this service, because no team owns it. */
export const couldBeOf = ({ team }: Scope, ref: Named, config: Teams): boolean =>
  team !== undefined && teamOf(ref, config) === undefined

/** The scope of the rule as the file has it: what counts together counts for all of its teams. */
export const togetherScope = <Rule extends Scope>(rule: Rule, { teams = {} }: Teams): Rule =>
  rule.team === undefined || rule.teams === undefined
    ? rule
    : { ...rule, targets: rule.teams.flatMap(name => teams[name]?.services ?? []) }

/** The configuration without what is about other teams than the owner of the service: what is left names fewer user groups. */
export const aboutTeamOf = (ref: Partial<Named>, config: Config): Config => {
  const { cluster, service } = ref
  const owner = cluster === undefined || service === undefined ? undefined : teamOf({ cluster, service }, config)
  if (owner === undefined) return config
  const isAbout = ({ team = owner }: Scope): boolean => team === owner
  return {
    ...config,
    access: config.access.filter(isAbout),
    consent: config.consent.filter(({ when }) => isAbout(when)),
    approverDenials: config.approverDenials.filter(isAbout),
    freezes: config.freezes.filter(isAbout),
    digests: [],
  }
}

/**
 * Each rule about teams as one rule a team, with the patterns of the team's services. All rules get their number, so that it
 * remains that of the file.
 */
export const withTeamRules = (config: Config): Config => {
  const { teams, teamRules } = config
  if (teams === undefined) return config
  const spread = <Rule extends Scope>(rule: Rule): readonly Rule[] => spreadScope(rule, teams)
  const { access = config.access, consent = config.consent } = teamRules ?? {}
  return {
    ...config,
    access: access.map(numbered).flatMap(rule => accessOfTeams(rule, teams)),
    consent: consent.map(numbered).flatMap(rule => approvalsOfTeams(rule, teams)),
    approverDenials: config.approverDenials.flatMap(spread),
    risk: config.risk.map(numbered).flatMap(rule => spread(rule.when).map(when => ({ ...rule, when }))),
    ceilings: config.ceilings.flatMap(spread),
    freezes: config.freezes.flatMap(spread),
  }
}

const numbered = <Rule extends object>(rule: Rule, at: number): Rule & { readonly number: number } => ({
  ...rule,
  number: at + 1,
})

type AllTeams = NonNullable<Config['teams']>

const scopeFor = (name: string, { services }: Team) => ({ team: name, targets: services })

const spreadScope = <Rule extends Scope>(rule: Rule, teams: AllTeams): readonly Rule[] => {
  const { teams: names } = rule
  return names === undefined
    ? [rule]
    : names.flatMap(name => (teams[name] === undefined ? [] : [{ ...rule, ...scopeFor(name, teams[name]) }]))
}

/** Every team, where the rule names the own team of a service and no teams. */
const withOwnTeams = <Rule extends Scope>(rule: Rule, who: Who, teams: AllTeams): readonly Rule[] =>
  spreadScope(who.includes(OWN_TEAM) && rule.teams === undefined ? { ...rule, teams: Object.keys(teams) } : rule, teams)

const people = (who: Who, team: Team | undefined): Who =>
  who.flatMap(one => (one === OWN_TEAM ? (team === undefined ? [] : [team.group]) : [one]))

/** A rule with `team` among others stays for the others, where no team owns the service. */
const accessOfTeams = (rule: Access, teams: AllTeams): readonly Access[] => {
  const others = rule.who.filter(one => one !== OWN_TEAM)
  const isMixed = others.length > 0 && others.length < rule.who.length && rule.teams === undefined
  return [
    ...(isMixed ? [{ ...rule, who: others }] : []),
    ...withOwnTeams(isMixed ? { ...rule, who: [OWN_TEAM] } : rule, rule.who, teams).map(one => ({
      ...one,
      who: people(one.who, teams[one.team ?? '']),
    })),
  ]
}

const approvalsOfTeams = (rule: ApprovalRule, teams: AllTeams): readonly ApprovalRule[] => {
  const isOfOwn = rule.approvers.includes(OWN_TEAM) || rule.channel === OWN_TEAM
  const resolved = ({ team }: Scope): ApprovalRule => {
    const { channel, ...others } = rule
    const own = team === undefined ? undefined : teams[team]
    const found = channel === OWN_TEAM ? own?.channel : channel
    return { ...others, approvers: people(rule.approvers, own), ...(found !== undefined && { channel: found }) }
  }
  if (rule.when.teams === undefined && !isOfOwn) return [rule]
  const names = rule.when.teams ?? Object.keys(teams)
  const ofTeams = spreadScope({ ...rule.when, teams: names }, teams).map(when => ({ ...resolved(when), when }))
  // Where no team owns the service, nobody is of its team: the rule applies to it with the others whom it names.
  return rule.when.teams === undefined ? [...ofTeams, resolved({})] : ofTeams
}
