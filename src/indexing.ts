// Fills the service index: names by ListServices, a hundred a page over ListClusters, tags by GetResources, never
// DescribeServices. Each account and region is read and written for itself: one that cannot be read keeps what was known
// of it, says why, and stops nobody else.
import { complain } from './complain.ts'
import type { Config } from './config.ts'
import type { Identity } from './engine/rules/asker.ts'
import { PeerError } from './errors.ts'
import type { Json } from './json.ts'
import type { Account } from './model/account.ts'
import type { Item, Key, Store } from './model/ports/store.ts'
import type { ServiceRef } from './model.ts'
import type { Ports, Readers } from './ports.ts'
import {
  INDEX_MINUTES,
  inShards,
  type Note,
  noteKey,
  readIndex,
  SERVICE_TAGS,
  SERVICES,
  type ServiceIndex,
  type Shard,
  type Spot,
  shardKey,
  type TagShard,
  tagKey,
} from './service-index.ts'

/** Nobody asked: the roles of the accounts know this name, and let it read alone. */
const SYSTEM: Identity = {
  actor: { team: '', user: 'quarterdeck', name: 'Quarterdeck' },
  corporateId: 'quarterdeck',
}

export type IndexingPorts = Pick<Ports, 'config' | 'readers' | 'store' | 'now'>

export const refreshIndex = async ({ config, readers, store, now }: IndexingPorts): Promise<void> => {
  const known = await config()
  const read = readers(known, SYSTEM, 'schedule')
  const held: Held = new Map(
    [...(await store.list(SERVICES)), ...(await store.list(SERVICE_TAGS))].map(item => [keyText(item.key), item]),
  )
  await Promise.all(
    placesOf(known).map(({ account, region }) => refreshPlace(account, region, { read, store, held, now })),
  )
}

export const placesOf = ({ accounts }: Config): readonly { readonly account: Account; readonly region: string }[] =>
  accounts.flatMap(account => account.regions.map(region => ({ account, region })))

type Held = ReadonlyMap<string, Item<Json>>
type Refreshing = {
  readonly read: Pick<Readers, 'servicesIn' | 'tagsIn'>
  readonly store: Store
  readonly held: Held
  readonly now: () => string
}

const keyText = ({ pk, sk }: Key): string => `${pk} ${sk}`

const refreshPlace = async (account: Account, region: string, refreshing: Refreshing): Promise<void> => {
  const spot = { accountId: account.id, region }
  try {
    const at = refreshing.now()
    const refs = await refreshing.read.servicesIn(account, region)
    await writeNames(spot, refs, at, refreshing)
    await writeTags(spot, await refreshing.read.tagsIn(account, region), at, refreshing)
  } catch (error) {
    complain('index', `${account.name} ${region}`, error)
    if (error instanceof PeerError) await tellProblem(spot, error.message, refreshing)
  }
}

const writeNames = (spot: Spot, refs: readonly ServiceRef[], at: string, refreshing: Refreshing): Promise<void> => {
  const runs = inShards(refs.map(({ cluster, service }) => ({ cluster, service })))
  const shards = runs.map((run): Shard => ({ at, of: runs.length, clusters: byCluster(run) }))
  return writeAll(shards, number => shardKey(spot, number), refreshing)
}

const byCluster = (names: readonly Pick<ServiceRef, 'cluster' | 'service'>[]): Shard['clusters'] => {
  const clusters: Record<string, string[]> = {}
  for (const { cluster, service } of names) {
    clusters[cluster] ??= []
    clusters[cluster].push(service)
  }
  return clusters
}

const writeTags = (spot: Spot, tags: TagShard['tags'], at: string, refreshing: Refreshing): Promise<void> => {
  const runs = inShards(Object.entries(tags))
  const shards = runs.map((run): TagShard => ({ at, of: runs.length, tags: Object.fromEntries(run) }))
  return writeAll(shards, number => tagKey(spot, number), refreshing)
}

/** The first last: it says how many there are. Then what is left over from when there were more. */
const writeAll = async (
  shards: readonly Json[],
  keyOf: (number: number) => Key,
  { store, held }: Refreshing,
): Promise<void> => {
  for (const [number, shard] of [...shards.entries()].toReversed()) await put(keyOf(number), shard, { store, held })
  for (let number = shards.length; ; number += 1) {
    const left = held.get(keyText(keyOf(number)))
    if (left === undefined) return
    await store.remove(left.key, left.version)
  }
}

/** Whoever else refreshes at the same moment has read the same: that one of the two is not written is no loss. */
const put = async (key: Key, value: Json, { store, held }: Pick<Refreshing, 'store' | 'held'>): Promise<void> => {
  const before = held.get(keyText(key))
  await (before === undefined ? store.create(key, value) : store.replace(key, value, before.version))
}

const tellProblem = async (spot: Spot, text: string, { store, held, now }: Refreshing): Promise<void> => {
  const key = shardKey(spot, 0)
  const item = await store.get<Shard>(key)
  const before: Shard = item?.value ?? { at: '', of: 1, clusters: {} }
  const after: Shard = { ...before, problem: { at: now(), text: text.slice(0, 300) } }
  const versions = item === undefined ? held : new Map([[keyText(key), item]])
  await put(key, after, { store, held: versions })
}

/** Long enough for the next refresh to know it by itself, and the one after that. */
const NOTE_SECONDS = 3 * INDEX_MINUTES * 60

/** Keeps what an event said until the next refresh has seen it for itself. */
export const note = async (
  said: Note,
  { store, now }: { readonly store: Pick<Store, 'create' | 'get' | 'replace'>; readonly now: () => string },
): Promise<void> => {
  const key = noteKey(said)
  const until = Math.floor(Date.parse(now()) / 1000) + NOTE_SECONDS
  if (await store.create(key, said, until)) return
  const before = await store.get<Note>(key)
  if (before !== undefined && before.value.at < said.at) await store.replace(key, said, before.version, until)
}

/** The index as it is kept; a place that it never read is listed now, and one that cannot be read is said to be so. */
export const loadIndex = async (
  config: Config,
  store: Pick<Store, 'list'>,
  servicesIn: Readers['servicesIn'],
): Promise<ServiceIndex> => {
  const index = readIndex(await store.list(SERVICES), config)
  const missing = placesOf(config).filter(({ account, region }) =>
    index.places.some(place => place.accountId === account.id && place.region === region && place.at === undefined),
  )
  if (missing.length === 0) return index
  const listed = await Promise.allSettled(missing.map(({ account, region }) => servicesIn(account, region)))
  const failed = listed.map(one => (one.status === 'rejected' ? one.reason : undefined))
  if (failed.length === index.places.length && failed.every(reason => reason !== undefined)) throw failed[0]
  return {
    refs: [...index.refs, ...listed.flatMap(one => (one.status === 'fulfilled' ? one.value : []))],
    places: index.places.map(place => {
      const at = missing.findIndex(({ account, region }) => account.id === place.accountId && region === place.region)
      const reason: unknown = failed[at]
      if (reason === undefined || !(reason instanceof Error)) return place
      const passing = reason instanceof PeerError && reason.passing
      return { ...place, problem: { at: '', text: reason.message, ...(passing && { passing }) } }
    }),
  }
}
