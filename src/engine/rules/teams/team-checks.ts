// Checks the teams of quarterdeck.yaml: names that no team has, patterns of two teams that match one service, and keys that
// contradict each other.

import type { ConfigFile, Issue } from '../config-schema.ts'
import { OWN_TEAM } from './teams.ts'

type Path = readonly PropertyKey[]
type Scoped = { readonly teams?: readonly string[] | undefined; readonly targets?: readonly string[] | undefined }

/** `whoLists`: every list of people in the file, with its place. */
export const badTeams = (
  file: ConfigFile,
  whoLists: readonly (readonly [Path, readonly string[] | undefined])[],
): readonly Issue[] => [
  ...whoLists.flatMap(([path, who = []]) =>
    who.flatMap(one => (one.startsWith('team:') ? unknownTeam(file, one.slice('team:'.length), path) : [])),
  ),
  ...scopesOf(file).flatMap(([path, scope]) => scopeIssues(file, path, scope)),
  ...file.access.flatMap(({ who, deny }, at) =>
    deny !== undefined && who.includes(OWN_TEAM)
      ? [{ path: ['access', at, 'who'], message: 'denies `team`: name the teams, as `team:checkout`' }]
      : [],
  ),
  ...ownWithTargets(file),
  ...(['digests', 'subscriptions'] as const).flatMap(key =>
    (file[key] ?? []).flatMap(({ team, channel }, at) => postIssues(file, [key, at], team, channel)),
  ),
  ...sharedServices(file),
]

const unknownTeam = ({ teams = {} }: ConfigFile, name: string, path: Path): readonly Issue[] =>
  Object.hasOwn(teams, name)
    ? []
    : [{ path: [...path], message: `names the team ${name}, which is not under \`teams\`` }]

const scopesOf = (file: ConfigFile): readonly (readonly [Path, Scoped])[] => [
  ...file.access.map((rule, at) => [['access', at], rule] as const),
  ...file.approvals.map(({ when = {} }, at) => [['approvals', at, 'when'], when] as const),
  ...(file.risk ?? []).map(({ when = {} }, at) => [['risk', at, 'when'], when] as const),
  ...(file.ceilings ?? []).map((rule, at) => [['ceilings', at], rule] as const),
  ...(file.freezes ?? []).map((rule, at) => [['freezes', at], rule] as const),
]

const BOTH = 'has `teams` and `targets`: the teams already say which services'

const scopeIssues = (file: ConfigFile, path: Path, { teams = [], targets }: Scoped): readonly Issue[] => [
  ...teams.flatMap(name => unknownTeam(file, name, [...path, 'teams'])),
  ...(teams.length > 0 && targets !== undefined ? [{ path: [...path], message: BOTH }] : []),
]

const ownWithTargets = (file: ConfigFile): readonly Issue[] =>
  [
    ...file.access.map(({ who, targets }, at) => ({ path: ['access', at], isOwn: who.includes(OWN_TEAM), targets })),
    ...file.approvals.map(({ when, approvers = [], channel }, at) => ({
      path: ['approvals', at],
      isOwn: approvers.includes(OWN_TEAM) || channel === OWN_TEAM,
      targets: when?.targets,
    })),
  ].flatMap(({ path, isOwn, targets }) => {
    if (!isOwn) return []
    if (file.teams === undefined) return [{ path, message: 'names `team`, but there are no `teams`' }]
    return targets === undefined ? [] : [{ path, message: 'names `team` and has `targets`: write `teams` instead' }]
  })

const postIssues = (
  file: ConfigFile,
  path: Path,
  team: string | undefined,
  channel: string | undefined,
): readonly Issue[] => {
  if (team !== undefined && !Object.hasOwn(file.teams ?? {}, team)) return unknownTeam(file, team, [...path, 'team'])
  return channel === undefined && (team === undefined || file.teams?.[team]?.channel === undefined)
    ? [{ path: [...path], message: 'names no `channel`, and no `team` that has one' }]
    : []
}

/** A service has one team: its rules, and who answers for it, are then certain. */
const sharedServices = ({ teams = {} }: ConfigFile): readonly Issue[] => {
  const all = Object.entries(teams).flatMap(([name, { services }]) => services.map(pattern => ({ name, pattern })))
  return all.flatMap(({ name, pattern }, at) => {
    const other = all.slice(0, at).find(one => one.name !== name && canBothMatch(one.pattern, pattern))
    if (other === undefined) return []
    const message = `has ${pattern}, which may match a service of ${other.name} (${other.pattern}): a service has one team`
    return [{ path: ['teams', name, 'services'], message }]
  })
}

/** Whether one name can match both globs. `*` matches no slash. Takes steps in proportion to the product of both lengths. */
export const canBothMatch = (one: string, other: string): boolean => {
  // `reach[j]`: whether what is left of `one` and `other.slice(j)` can match one name; filled from the end.
  let below: boolean[] = []
  for (let i = one.length; i >= 0; i -= 1) {
    const row: boolean[] = []
    for (let j = other.length; j >= 0; j -= 1) row[j] = canMatchFrom(one[i], other[j], below, row, j)
    below = row
  }
  return below[0] === true
}

const canMatchFrom = (
  a: string | undefined,
  b: string | undefined,
  below: readonly boolean[],
  row: readonly boolean[],
  j: number,
): boolean => {
  if (a === undefined && b === undefined) return true
  const isBelow = below[j] === true
  const isRight = row[j + 1] === true
  if (a === '*' && (isBelow || (b !== undefined && b !== '/' && isRight))) return true
  if (b === '*' && (isRight || (a !== undefined && a !== '/' && isBelow))) return true
  return a !== undefined && a === b && a !== '*' && below[j + 1] === true
}
