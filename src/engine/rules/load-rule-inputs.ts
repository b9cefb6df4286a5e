// Loads the state that the rules need. Throws if a part cannot be loaded, because an empty list could grant access.

import { timeMark } from '../../kit/messages/markup.ts'
import { codeText, plainName } from '../../kit/messages/text.ts'
import type { Slack } from '../../model/ports/slack.ts'
import type { Store } from '../../model/ports/store.ts'
import { type Config, groupsOf } from './config.ts'
import { listOpen, type OpenOn } from './incidents/open-incidents.ts'
import { MOST_REASON } from './place-locks.ts'
import {
  groupKey,
  HALT_KEY,
  type Halt,
  missingGroupKey,
  PLACE_LOCKS,
  type PlaceLock,
  type RuleInputs,
} from './rule-inputs.ts'

export type RuleInputPorts = {
  readonly store: Store
  readonly slack: () => Promise<Slack>
  /** The reason why the hub's halt parameter blocks changes; undefined if it does not. */
  readonly halted: () => Promise<string | undefined>
  readonly now: () => string
}

type GroupPorts = Omit<RuleInputPorts, 'halted'>

/**
 * How long the members of a user group are cached; right before a change they are read again. Slack's
 * usergroups.users.list is Tier 2: 20 requests a minute.
 */
const GROUP_CACHE_SECONDS = 300

/** Loads the state. `isFresh`: reads group members from Slack instead of the cache. */
export const loadRuleInputs = async (config: Config, ports: RuleInputPorts, isFresh = false): Promise<RuleInputs> => {
  const [groups, placeLocks, halted, incidents] = await Promise.all([
    loadGroups(config, ports, isFresh),
    ports.store.list<PlaceLock>(PLACE_LOCKS),
    loadHalt(ports),
    loadIncidents(config, ports, isFresh),
  ])
  return {
    now: ports.now(),
    groups,
    placeLocks: placeLocks.map(({ value }) => value),
    ...(halted !== undefined && { halted }),
    ...(incidents.length > 0 && { incidents }),
  }
}

/**
 * The incidents in which the approval rules for incidents hold. Those that cannot be read hold nowhere: the ordinary rules are stricter.
 * `isFresh`: right before a change, the second person must be active in Slack.
 */
const loadIncidents = async (
  { consent }: Config,
  { store, slack }: RuleInputPorts,
  isFresh: boolean,
): Promise<readonly OpenOn[]> => {
  if (consent.every(({ incident }) => incident === undefined)) return []
  try {
    const open = (await listOpen(store)).filter(({ eased }) => eased !== undefined)
    if (!isFresh) return open
    const isActive = await Promise.all(
      open.map(async ({ eased }) => eased?.responder === undefined || (await slack()).isActive(eased.responder)),
    )
    return open.filter((_, at) => isActive[at] === true)
  } catch {
    return []
  }
}

/** For what no person asks for: the members of user groups alone. */
export const loadGroupsAlone = async (config: Config, ports: GroupPorts): Promise<RuleInputs> => ({
  now: ports.now(),
  groups: await loadGroups(config, ports, false),
  placeLocks: [],
})

/** For a setting that everyone may change: no look-up that fails can stop it. */
export const loadHaltAlone = async (ports: RuleInputPorts): Promise<RuleInputs> => {
  const halted = await loadHalt(ports).catch(() => undefined)
  return { now: ports.now(), groups: {}, placeLocks: [], ...(halted !== undefined && { halted }) }
}

const loadGroups = async (config: Config, ports: GroupPorts, isFresh: boolean): Promise<RuleInputs['groups']> => {
  const named = groupsOf(config)
  const members = await Promise.all(named.map(group => loadGroup(group, ports, isFresh)))
  return Object.fromEntries(
    named.flatMap((group, at) => {
      const users = members[at]
      return users === undefined ? [] : [[group, users]]
    }),
  )
}

const loadGroup = async (
  group: string,
  { store, slack, now }: GroupPorts,
  isFresh: boolean,
): Promise<readonly string[] | undefined> => {
  const key = groupKey(group)
  const cached = await store.get<readonly string[]>(key)
  if (!isFresh && cached !== undefined) return cached.value
  if (!isFresh && (await store.get(missingGroupKey(group))) !== undefined) return undefined
  const members = await (await slack()).members(group)
  const until = Math.floor(Date.parse(now()) / 1000) + GROUP_CACHE_SECONDS
  if (members === undefined) {
    await store.create(missingGroupKey(group), {}, until)
    return undefined
  }
  if (cached === undefined) await store.create(key, members, until)
  else await store.replace(key, members, cached.version, until)
  return members
}

const loadHalt = async ({ store, halted }: RuleInputPorts): Promise<string | undefined> => {
  const [item, parameter] = await Promise.all([store.get<Halt>(HALT_KEY), halted()])
  return item === undefined
    ? parameter
    : `${plainName(item.value.by.name)}, ${timeMark(item.value.at)}: ${codeText(item.value.reason, MOST_REASON)}`
}
