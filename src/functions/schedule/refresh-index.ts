// Refreshes the service index, one account and region at a time: names by ListServices, tags by GetResources.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../engine/rules/asker.ts'
import { placesOf } from '../../features/services/index-store.ts'
import {
  inShards,
  SERVICE_TAGS,
  SERVICES,
  type Shard,
  type Spot,
  shardKey,
  type TagShard,
  tagKey,
} from '../../features/services/service-index.ts'
import type { Account } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import type { Item, Key, Store } from '../../model/ports/store.ts'

export type IndexingPorts = Pick<Ports, 'config' | 'readers' | 'store' | 'now'>

export const refreshIndex = async ({ config, readers, store, now }: IndexingPorts): Promise<void> => {
  const known = await config()
  const read = readers(known, SYSTEM, 'schedule')
  const stored: StoredShards = new Map(
    [...(await store.list(SERVICES)), ...(await store.list(SERVICE_TAGS))].map(item => [keyText(item.key), item]),
  )
  await Promise.all(
    placesOf(known).map(({ account, region }) => refreshPlace(account, region, { read, store, stored, now })),
  )
}

type StoredShards = ReadonlyMap<string, Item<Json>>

type Refresh = {
  readonly read: Pick<Readers, 'servicesIn' | 'tagsIn'>
  readonly store: Store
  readonly stored: StoredShards
  readonly now: () => string
}

const keyText = ({ pk, sk }: Key): string => `${pk} ${sk}`

const refreshPlace = async (account: Account, region: string, refresh: Refresh): Promise<void> => {
  const spot = { accountId: account.id, region }
  try {
    const at = refresh.now()
    const refs = await refresh.read.servicesIn(account, region)
    await writeNames(spot, refs, at, refresh)
    await writeTags(spot, await refresh.read.tagsIn(account, region), at, refresh)
  } catch (error) {
    logError('index', `${account.name} ${region}`, error)
    if (error instanceof RemoteError) await recordProblem(spot, error.message, refresh)
  }
}

const writeNames = (spot: Spot, refs: readonly ServiceRef[], at: string, refresh: Refresh): Promise<void> => {
  const runs = inShards(refs.map(({ cluster, service }) => ({ cluster, service })))
  const shards = runs.map((run): Shard => ({ at, of: runs.length, clusters: byCluster(run) }))
  return writeShards(shards, number => shardKey(spot, number), refresh)
}

const byCluster = (names: readonly Pick<ServiceRef, 'cluster' | 'service'>[]): Shard['clusters'] => {
  const clusters: Record<string, string[]> = {}
  for (const { cluster, service } of names) {
    clusters[cluster] ??= []
    clusters[cluster].push(service)
  }
  return clusters
}

const writeTags = (spot: Spot, tags: TagShard['tags'], at: string, refresh: Refresh): Promise<void> => {
  const runs = inShards(Object.entries(tags))
  const shards = runs.map((run): TagShard => ({ at, of: runs.length, tags: Object.fromEntries(run) }))
  return writeShards(shards, number => tagKey(spot, number), refresh)
}

/**
 * Writes the shards of a place, and the first one last, because it contains the number of shards. Then removes surplus
 * shards.
 */
const writeShards = async (
  shards: readonly Json[],
  keyOf: (number: number) => Key,
  { store, stored }: Refresh,
): Promise<void> => {
  for (const [number, shard] of [...shards.entries()].toReversed())
    await writeShard(keyOf(number), shard, { store, stored })
  for (let number = shards.length; ; number += 1) {
    const surplus = stored.get(keyText(keyOf(number)))
    if (surplus === undefined) return
    await store.remove(surplus.key, surplus.version)
  }
}

/** Writes one shard. A conflict is ignored, because a concurrent refresh has written the same data. */
const writeShard = async (
  key: Key,
  value: Json,
  { store, stored }: Pick<Refresh, 'store' | 'stored'>,
): Promise<void> => {
  const before = stored.get(keyText(key))
  await (before === undefined ? store.create(key, value) : store.replace(key, value, before.version))
}

const recordProblem = async (spot: Spot, text: string, { store, stored, now }: Refresh): Promise<void> => {
  const key = shardKey(spot, 0)
  const item = await store.get<Shard>(key)
  const before: Shard = item?.value ?? { at: '', of: 1, clusters: {} }
  const after: Shard = { ...before, problem: { at: now(), text: text.slice(0, 300) } }
  const versions = item === undefined ? stored : new Map([[keyText(key), item]])
  await writeShard(key, after, { store, stored: versions })
}
