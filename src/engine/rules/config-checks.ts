// Checks quarterdeck.yaml across its sections: references to accounts and commands, duplicate ids, contradicting keys.

import { type Clock, patternProblem } from '../../kit/redact/probe-patterns.ts'
import { whoLists } from './config-names.ts'
import type { ConfigFile, Issue } from './config-schema.ts'
import { badTeams } from './teams/team-checks.ts'

/** The problems that the schema cannot detect. `mutations`: the names of the commands that change something. */
export const inconsistencies = (file: ConfigFile, mutations: readonly string[]): readonly Issue[] => [
  ...foreignRoles(file),
  ...duplicates(Object.entries(file.accounts).map(([account, { id }]) => [['accounts', account, 'id'], id])),
  ...unlistedPeople(file),
  ...spelledTwice(file),
  ...badTeams(file, whoLists(file)),
  ...[...file.access.entries()].flatMap(([at, rule]) => [
    ...((rule.role === undefined) === (rule.deny === undefined)
      ? [{ path: ['access', at], message: 'needs either `role` or `deny`' }]
      : []),
    ...unknownPlaces(file, rule, ['access', at]),
  ]),
  ...[...file.approvals.entries()].flatMap(([at, rule]) => [
    ...(rule.approvals > 0 && rule.approvers === undefined
      ? [{ path: ['approvals', at], message: 'asks for approvals, but names no `approvers`' }]
      : []),
    ...(rule.when?.within !== undefined && rule.when.atLeast === undefined
      ? [{ path: ['approvals', at, 'when', 'within'], message: 'needs `atLeast`: it is the window of that size' }]
      : []),
    ...(rule.incident !== undefined && rule.incident.approvals >= rule.approvals
      ? [{ path: ['approvals', at, 'incident', 'approvals'], message: 'is not less than the `approvals` of the rule' }]
      : []),
    ...unknownPlaces(file, rule.when ?? {}, ['approvals', at, 'when']),
    ...unknownCommands(mutations, rule.when?.commands ?? [], ['approvals', at, 'when', 'commands']),
  ]),
  ...[...(file.risk ?? []).entries()].flatMap(([at, { when = {} }]) => [
    ...unknownPlaces(file, when, ['risk', at, 'when']),
    ...unknownCommands(mutations, when.commands ?? [], ['risk', at, 'when', 'commands']),
  ]),
  ...badParameters(file.exec?.commands ?? {}),
  ...[...(file.exec?.unlogged ?? []).entries()].flatMap(([at, rule]) =>
    unknownPlaces(file, rule, ['exec', 'unlogged', at]),
  ),
  ...[...(file.subscriptions ?? []).entries()].flatMap(([at, rule]) =>
    unknownPlaces(file, rule, ['subscriptions', at]),
  ),
  ...[...(file.incidents?.owners ?? []).entries()].flatMap(([at, rule]) =>
    unknownPlaces(file, rule, ['incidents', 'owners', at]),
  ),
  ...[...(file.incidents?.onCall ?? []).entries()].flatMap(([at, { group, schedule, pagerduty, ...rule }]) => [
    ...([group, schedule, pagerduty].filter(one => one !== undefined).length === 1
      ? []
      : [{ path: ['incidents', 'onCall', at], message: 'needs one of `group`, `schedule` and `pagerduty`' }]),
    ...unknownPlaces(file, rule, ['incidents', 'onCall', at]),
  ]),
  ...[...(file.ceilings ?? []).entries()].flatMap(([at, rule]) => unknownPlaces(file, rule, ['ceilings', at])),
  ...[...(file.freezes ?? []).entries()].flatMap(([at, rule]) => [
    ...(Date.parse(rule.from) < Date.parse(rule.until)
      ? []
      : [{ path: ['freezes', at, 'until'], message: 'is not after `from`' }]),
    ...unknownPlaces(file, rule, ['freezes', at]),
  ]),
]

/** Who is named, but not listed under `people`: such a person has no corporate id and every rule ignores them. */
const unlistedPeople = (file: ConfigFile): readonly Issue[] =>
  whoLists(file).flatMap(([path, who = []]) =>
    who
      .filter(one => /^[UW]/.test(one) && !Object.hasOwn(file.people, one))
      .map(one => ({ path: [...path], message: `names ${one}, who is not listed under \`people\`` })),
  )

/** One person is one corporate id: two spellings of it would be two people, who could approve each other’s changes. */
const spelledTwice = ({ people }: ConfigFile): readonly Issue[] => {
  const ids = Object.entries(people)
  return ids.flatMap(([user, id], at) => {
    const other = ids.slice(0, at).find(([, one]) => one !== id && one.toLowerCase() === id.toLowerCase())
    if (other === undefined) return []
    return [
      { path: ['people', user], message: `is ${id}, but ${other[0]} is ${other[1]}: spell one person’s id alike` },
    ]
  })
}

const foreignRoles = ({ accounts }: ConfigFile): readonly Issue[] =>
  Object.entries(accounts).flatMap(([account, { id, roles }]) =>
    Object.entries(roles).flatMap(([role, arn]) =>
      arn === undefined || arn.includes(`::${id}:`)
        ? []
        : [{ path: ['accounts', account, 'roles', role], message: `is a role of another account than ${id}` }],
    ),
  )

/** Matches a parameter `{name}` in an argument. */
const PARAMETER = /\{([a-z][a-z0-9-]*)\}/g

type ExecCommands = NonNullable<NonNullable<ConfigFile['exec']>['commands']>

const badParameters = (commands: ExecCommands): readonly Issue[] =>
  Object.entries(commands).flatMap(([command, { argv, parameters = {} }]) => {
    const path = ['exec', 'commands', command]
    const used = new Set(argv.flatMap(text => [...text.matchAll(PARAMETER)].map(([, name = '']) => name)))
    return [
      ...[...used]
        .filter(name => !(name in parameters))
        .map(name => ({ path: [...path, 'argv'], message: `uses {${name}}, which is not in \`parameters\`` })),
      ...Object.keys(parameters)
        .filter(name => !used.has(name))
        .map(name => ({ path: [...path, 'parameters', name], message: 'is not used in `argv`' })),
    ]
  })

const duplicates = (ids: readonly (readonly [readonly string[], string])[]): readonly Issue[] =>
  ids.flatMap(([path, id], at) => {
    const first = ids.findIndex(([, earlier]) => earlier === id)
    return first === at ? [] : [{ path: [...path], message: `is already the id of ${ids[first]?.[0][1]}` }]
  })

const unknownCommands = (
  known: readonly string[],
  names: readonly string[],
  path: readonly PropertyKey[],
): readonly Issue[] =>
  names
    .filter(name => !known.includes(name))
    .map(name => ({
      path: [...path],
      message: `names ${name}, which is not a command that changes something: ${known.join(', ')}`,
    }))

type PlaceNames = {
  readonly accounts?: readonly string[] | undefined
  readonly environment?: string | undefined
}

const unknownPlaces = (
  { accounts }: ConfigFile,
  { accounts: named = [], environment }: PlaceNames,
  path: readonly PropertyKey[],
): readonly Issue[] => [
  ...named
    .filter(account => !(account in accounts))
    .map(account => ({ path: [...path, 'accounts'], message: `names ${account}, which is not under \`accounts\`` })),
  ...(environment === undefined || Object.values(accounts).some(account => account.environment === environment)
    ? []
    : [{ path: [...path, 'environment'], message: `names ${environment}, which no account has as its environment` }]),
]

/** The names, crons, places and owners of digests. `isCron`: whether an expression ever runs. */
export const badDigests = (
  { digests = [], accounts, onCall }: ConfigFile,
  isCron: (expression: string) => boolean,
): readonly Issue[] =>
  digests.flatMap(({ name, cron, places = [], owners, team }, at) => [
    ...(digests.findIndex(other => other.name === name) === at
      ? []
      : [{ path: ['digests', at, 'name'], message: `is the name of another digest, too: ${name}` }]),
    ...(isCron(cron) ? [] : [{ path: ['digests', at, 'cron'], message: 'is not a cron that ever runs' }]),
    ...((owners ?? team ?? onCall) === undefined
      ? [{ path: ['digests', at], message: 'names no `owners`, and there is no `onCall`' }]
      : []),
    ...places.flatMap(place =>
      placeIssues(place, accounts).map(message => ({ path: ['digests', at, 'places'], message })),
    ),
  ])

const placeIssues = (place: string, accounts: ConfigFile['accounts']): readonly string[] => {
  const [, account = '', region] = /^([a-z0-9-]+)(?:\.([a-z0-9-]+))?/.exec(place) ?? []
  if (!Object.hasOwn(accounts, account)) return [`names ${account}, which is not under \`accounts\``]
  return region === undefined || accounts[account]?.regions.includes(region)
    ? []
    : [`names ${region}, which is not a region of ${account}`]
}

/** The most patterns of a kind: each is applied to every line. */
const MOST_PATTERNS = 8

type Found = { readonly pattern: string; readonly path: readonly PropertyKey[] }

const patternsOf = (file: ConfigFile): Readonly<Record<string, readonly Found[]>> => ({
  'redaction.patterns': (file.redaction?.patterns ?? []).map((pattern, at) => ({
    pattern,
    path: ['redaction', 'patterns', at],
  })),
  'exec.deny': (file.exec?.deny ?? []).map((pattern, at) => ({ pattern, path: ['exec', 'deny', at] })),
  'approvals.ticket': file.approvals.flatMap(({ ticket }, at) =>
    ticket === undefined ? [] : [{ pattern: ticket, path: ['approvals', at, 'ticket'] }],
  ),
})

/** The regular expressions that are too many, that RE2 refuses, or that take too long. */
export const badPatterns = (file: ConfigFile, clock?: Clock): readonly Issue[] =>
  Object.entries(patternsOf(file)).flatMap(([kind, found]) => [
    ...found
      .slice(MOST_PATTERNS)
      .map(({ path }) => ({ path, message: `is one of more than ${MOST_PATTERNS} in ${kind}` })),
    ...found.slice(0, MOST_PATTERNS).flatMap(({ pattern, path }) => {
      const message = patternProblem(pattern, clock)
      return message === undefined ? [] : [{ path, message }]
    }),
  ])
