// Loads what the rules are applied to: group members, locks, and whether anything is halted. What cannot be loaded is an
// error, never an empty list: without an answer the answer is no.

import type { Slack } from '../../model/ports/slack.ts'
import type { Store } from '../../model/ports/store.ts'
import { type Config, groupsOf } from './config.ts'
import { groupKey, HALT_KEY, type Halt, HOLDS, type PlaceLock, type RuleInputs } from './rule-inputs.ts'

export type FactPorts = {
  readonly store: Store
  readonly slack: () => Promise<Slack>
  /** Why the hub's halt parameter says no, if it does. */
  readonly halted: () => Promise<string | undefined>
  readonly now: () => string
}

/** Slack allows 20 look-ups a minute: members are remembered this long, except where a change is about to run. */
const GROUP_MEMORY_SECONDS = 300

export const loadFacts = async (config: Config, ports: FactPorts, isFresh = false): Promise<RuleInputs> => {
  const [groups, holds, halted] = await Promise.all([
    loadGroups(config, ports, isFresh),
    ports.store.list<PlaceLock>(HOLDS),
    loadHalt(ports),
  ])
  return { now: ports.now(), groups, holds: holds.map(({ value }) => value), ...(halted !== undefined && { halted }) }
}

const loadGroups = async (config: Config, ports: FactPorts, isFresh: boolean): Promise<RuleInputs['groups']> => {
  const named = groupsOf(config)
  const members = await Promise.all(named.map(group => loadGroup(group, ports, isFresh)))
  return Object.fromEntries(named.map((group, at) => [group, members[at] ?? []]))
}

const loadGroup = async (
  group: string,
  { store, slack, now }: FactPorts,
  isFresh: boolean,
): Promise<readonly string[]> => {
  const key = groupKey(group)
  const known = await store.get<readonly string[]>(key)
  if (known !== undefined && !isFresh) return known.value
  const members = await (await slack()).members(group)
  const until = Math.floor(Date.parse(now()) / 1000) + GROUP_MEMORY_SECONDS
  if (known === undefined) await store.create(key, members, until)
  else await store.replace(key, members, known.version, until)
  return members
}

const loadHalt = async ({ store, halted }: FactPorts): Promise<string | undefined> => {
  const [item, parameter] = await Promise.all([store.get<Halt>(HALT_KEY), halted()])
  return item === undefined
    ? parameter
    : `${item.value.by.name} did, at ${item.value.at.slice(0, 16).replace('T', ' ')} UTC: ${item.value.reason}`
}
