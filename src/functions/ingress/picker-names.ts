// The names that pickers offer: the service index, cached for 30 s and filtered by the rules. If they cannot be read,
// pickers offer nothing.
import { accessOf } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import { groupsOf } from '../../engine/rules/config.ts'
import { mayRunCommands } from '../../engine/rules/place-access.ts'
import { groupKey, type RuleInputs } from '../../engine/rules/rule-inputs.ts'
import { type ChannelDefaults, hereKey, isHere } from '../../features/services/channel-defaults.ts'
import { readIndex, SERVICES } from '../../features/services/service-index.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { QuickStore } from '../../model/ports/store.ts'
import type { Option } from './render-builder.ts'
import { chosen, type Searchable, searchable, suggest, suggestCommands, suggestPlaces } from './suggest.ts'

export type Names = {
  /** Finds the names for a typed text. `channel`: the channel whose default services come first. */
  readonly offer: (
    text: string,
    actor: Actor,
    channel: string,
    what: 'services' | 'places' | 'commands',
  ) => Promise<readonly Option[]>
  /** The full name that belongs to the value of a picker option. */
  readonly chosen: (value: string) => Promise<string>
}

export type NamesPorts = {
  readonly store: QuickStore
  readonly config: () => Promise<Config>
  /** Reads a group from Slack, when the store has no current copy. */
  readonly members: (group: string) => Promise<readonly string[] | undefined>
  readonly now: () => number
}

const CACHE_MS = 30_000

type Known = { readonly config: Config; readonly entries: Searchable; readonly groups: RuleInputs['groups'] }

export const createNames = (ports: NamesPorts): Names => {
  const { store, now } = ports
  let remembered: { readonly at: number; readonly known: Promise<Known> } | undefined
  const cachedNames = (): Promise<Known> => {
    const age = now() - (remembered?.at ?? Number.NaN)
    if (remembered !== undefined && age >= 0 && age < CACHE_MS) return remembered.known
    const known = loadNames(ports)
    remembered = { at: now(), known }
    known.catch(() => {
      remembered = undefined
    })
    return known
  }
  return {
    offer: async (text, actor, channel, what) => {
      const [{ config, entries, groups }, here] = await Promise.all([cachedNames(), channelDefaults(channel, store)])
      const facts: RuleInputs = { now: new Date(now()).toISOString(), groups, placeLocks: [] }
      const maySee = (ref: ServiceRef) => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed'
      if (what === 'commands') return mayRunCommands(actor, config, facts) ? suggestCommands(text, config.exec) : []
      const offering = what === 'places' ? suggestPlaces : suggest
      return offering(entries, text, maySee, here && (ref => isHere(ref, here)))
    },
    chosen: async value => (value.startsWith('#') ? chosen(value, (await cachedNames()).entries) : value),
  }
}

const loadNames = async ({ store, config, members }: NamesPorts): Promise<Known> => {
  const [rules, items] = await Promise.all([config(), store.list(SERVICES)])
  const named = groupsOf(rules)
  const groups = await Promise.all(
    named.map(async group => {
      const value = (await store.get(groupKey(group)))?.value
      const users = Array.isArray(value) ? value.map(String) : await members(group)
      return users === undefined ? [] : [[group, users] as const]
    }),
  )
  return { config: rules, entries: searchable(readIndex(items, rules).refs), groups: Object.fromEntries(groups.flat()) }
}

/** Reads a channel's defaults. If that fails, only the order of the names differs. */
const channelDefaults = async (channel: string, store: QuickStore): Promise<ChannelDefaults | undefined> => {
  if (channel === '') return undefined
  const item = await store.get(hereKey(channel)).catch(() => undefined)
  return item?.value as ChannelDefaults | undefined
}
