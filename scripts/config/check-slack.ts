// Compares the names in quarterdeck.yaml with what Slack knows.
import type { SlackName } from '../../src/engine/rules/config-names.ts'
import type { SlackDirectory } from '../../src/model/ports/slack-directory.ts'
import { type ChannelName, checkAudiences } from './check-audiences.ts'
import type { Finding, Progress } from './finding.ts'

/** `file`: its name in findings. */
export const checkSlack = async (
  names: readonly SlackName[],
  file: string,
  slack: SlackDirectory,
  progress: Progress,
): Promise<readonly Finding[]> => {
  const named = (kind: SlackName['kind']) => names.filter(name => name.kind === kind)
  const where = ({ line, path, id }: SlackName) => `${file}:${line} ${path}: ${id}`
  const report = (name: SlackName, fault: string | undefined): readonly Finding[] =>
    fault === undefined ? [] : [{ kind: 'problem', text: `${where(name)} ${fault}` }]

  const own = await slack.teams()
  const teams = named('team').flatMap(name => report(name, own.includes(name.id) ? undefined : otherTeam(own)))

  progress(`Reading ${count(named('group'))} user groups and ${count(named('person'))} people`)
  const groupFault = await faultOfGroup(slack, named('group').length > 0)
  const groups = named('group').flatMap(name => report(name, groupFault(name.id)))
  const personFaults = await byId(named('person'), id => faultOfPerson(slack, id, ids(named('team'))))
  const people = named('person').flatMap(name => report(name, personFaults.get(name.id)))

  progress(`Reading ${count(named('channel'))} channels`)
  const read = await byId(named('channel'), id => readChannel(slack, id))
  const channels = named('channel').flatMap(name => report(name, read.get(name.id)?.fault))
  const usable = named('channel').flatMap((name): readonly ChannelName[] => {
    const channel = read.get(name.id)?.channel
    return channel === undefined ? [] : [{ ...name, where: where(name), name: channel.name }]
  })
  const audiences = await checkAudiences(usable, slack, progress)
  return [...teams, ...groups, ...people, ...channels, ...audiences]
}

const ids = (names: readonly SlackName[]): readonly string[] => names.map(({ id }) => id)

const count = (names: readonly SlackName[]): number => new Set(names.map(({ id }) => id)).size

/** Asks once for each id. */
const byId = async <T>(names: readonly SlackName[], ask: (id: string) => Promise<T>): Promise<Map<string, T>> => {
  const answers = new Map<string, T>()
  for (const { id } of names) if (!answers.has(id)) answers.set(id, await ask(id))
  return answers
}

const otherTeam = (own: readonly string[]): string => `is not the workspace of the bot token, which is ${own[0]}`

const faultOfGroup = async (slack: SlackDirectory, isNeeded: boolean) => {
  const groups = isNeeded ? await slack.groups() : new Map<string, { readonly isDisabled: boolean }>()
  return (id: string): string | undefined => {
    const group = groups.get(id)
    if (group === undefined) return 'is not a user group of this workspace'
    return group.isDisabled ? 'is a disabled user group' : undefined
  }
}

const faultOfPerson = async (
  slack: SlackDirectory,
  id: string,
  teams: readonly string[],
): Promise<string | undefined> => {
  const person = await slack.person(id)
  if (person === undefined) return 'is not a user that Slack shows'
  if (person.isDeactivated) return 'is deactivated'
  if (person.isBot) return 'is a bot, not a person'
  return teams.some(team => person.teams.includes(team))
    ? undefined
    : `does not belong to the workspace ${teams.join(' or the enterprise ')}`
}

const readChannel = async (slack: SlackDirectory, id: string) => {
  const channel = await slack.channel(id)
  if (channel === undefined) return { fault: 'is not a channel that the bot can see' }
  if (channel.isArchived) return { fault: 'is an archived channel' }
  if (!channel.isMember) return { fault: `is a channel that the bot is not a member of: invite it to #${channel.name}` }
  return { channel }
}
