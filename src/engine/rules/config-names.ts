// The people, user groups and channels that quarterdeck.yaml names, each with its line.

import { LineCounter, parseDocument } from 'yaml'
import { isGroup } from './config.ts'
import { lineOf } from './config-lines.ts'
import { type ConfigFile, schema } from './config-schema.ts'
import { OWN_TEAM } from './teams/teams.ts'

type Path = readonly PropertyKey[]

/** `path`: the key that names it, such as `approvals.1.approvers`. */
export type SlackName = {
  readonly kind: 'team' | 'person' | 'group' | 'channel'
  readonly id: string
  readonly path: string
  readonly line: number
}

/** Every list of people and groups. */
export const whoLists = (file: ConfigFile): readonly (readonly [Path, readonly string[] | undefined])[] => [
  ...file.access.map(({ who }, at) => [['access', at, 'who'], who] as const),
  ...file.approvals.map(({ approvers }, at) => [['approvals', at, 'approvers'], approvers] as const),
  ...(file.freezes ?? []).map(({ except }, at) => [['freezes', at, 'except'], except] as const),
  [['breakGlass', 'who'], file.breakGlass?.who],
  [['breakGlass', 'exec'], file.breakGlass?.exec],
  [['leases', 'permanent'], file.leases?.permanent],
  [['onCall'], file.onCall],
  ...(file.incidents?.owners ?? []).map(({ who }, at) => [['incidents', 'owners', at, 'who'], who] as const),
  ...(file.incidents?.onCall ?? []).map(
    ({ group, schedule }, at) => [['incidents', 'onCall', at], group === undefined ? schedule?.who : [group]] as const,
  ),
  ...Object.entries(file.teams ?? {}).map(([name, { onCall }]) => [['teams', name, 'onCall'], onCall] as const),
  ...(file.digests ?? []).map(({ owners }, at) => [['digests', at, 'owners'], owners] as const),
]

const channelsOf = (file: ConfigFile): readonly (readonly [Path, string | undefined])[] => [
  ...Object.entries(file.teams ?? {}).map(([name, { channel }]) => [['teams', name, 'channel'], channel] as const),
  ...file.approvals.map(
    ({ channel }, at) => [['approvals', at, 'channel'], channel === OWN_TEAM ? undefined : channel] as const,
  ),
  [['breakGlass', 'channel'], file.breakGlass?.channel],
  ...(file.sharing?.trusted ?? []).map((channel, at) => [['sharing', 'trusted', at], channel] as const),
  ...(file.digests ?? []).map(({ channel }, at) => [['digests', at, 'channel'], channel] as const),
  ...(file.subscriptions ?? []).map(({ channel }, at) => [['subscriptions', at, 'channel'], channel] as const),
  [['channel'], file.channel],
]

/** `text`: a file without problems. In the order of its lines. */
export const slackNames = (text: string): readonly SlackName[] => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const file = schema.parse(document.toJS())
  const name = (kind: SlackName['kind'], id: string, shown: Path, path = shown): SlackName => {
    return { kind, id, path: shown.join('.'), line: lineOf(path, document, lines) }
  }
  const named = whoLists(file).flatMap(([path, who = []]) =>
    who.flatMap((id, at) => {
      const kind = kindOf(id)
      return kind === undefined ? [] : [name(kind, id, path, [...path, at])]
    }),
  )
  return [
    name('team', file.team, ['team']),
    ...(file.enterprise === undefined ? [] : [name('team', file.enterprise, ['enterprise'])]),
    ...Object.keys(file.people).map(id => name('person', id, ['people'], ['people', id])),
    ...Object.entries(file.teams ?? {}).map(([team, { group }]) => name('group', group, ['teams', team, 'group'])),
    ...named,
    ...channelsOf(file).flatMap(([path, id]) => (id === undefined ? [] : [name('channel', id, path)])),
  ].sort((a, b) => a.line - b.line)
}

/** `everyone` and `operators` are not names in Slack. */
const kindOf = (id: string): 'person' | 'group' | undefined => {
  if (isGroup(id)) return 'group'
  return /^[UW]/.test(id) ? 'person' : undefined
}
