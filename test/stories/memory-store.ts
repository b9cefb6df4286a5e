// The table in memory: the same contract as the one in DynamoDB, test/gateways/store-contract.ts.
import type { Json } from '../../src/model/json.ts'
import type { Item, Key, Store } from '../../src/model/ports/store.ts'

/** `text`: JSON, so that nobody holds on to what was stored. */
type Kept = { readonly key: Key; version: number; text: string; until?: number; count?: number }

type Listing = NonNullable<Parameters<Store['list']>[1]>

export type MemoryStore = Store & {
  /** Every item, with its key. */
  readonly raw: () => readonly string[]
}

/** `now`: epoch milliseconds. */
export const createMemoryStore = (now: () => number): MemoryStore => {
  const partitions = new Map<string, Map<string, Kept>>()
  const find = ({ pk, sk }: Key): Kept | undefined => partitions.get(pk)?.get(sk)
  const put = (key: Key, value: Json, version: number, until: number | undefined): true => {
    const partition = partitions.get(key.pk) ?? new Map<string, Kept>()
    partitions.set(key.pk, partition)
    partition.set(key.sk, { key, version, text: JSON.stringify(value), ...(until !== undefined && { until }) })
    return true
  }
  const isThere = ({ until }: Kept): boolean => until === undefined || until > now() / 1000
  const mayCreate = (kept: Kept | undefined): boolean =>
    kept === undefined || (kept.until !== undefined && kept.until <= Math.floor(now() / 1000))
  return {
    raw: () => [...partitions.values()].flatMap(items => [...items.values()].map(kept => JSON.stringify(kept))),
    get: async key => {
      const kept = find(key)
      return kept === undefined || !isThere(kept) ? undefined : itemOf(kept)
    },
    create: async (key, value, until) => mayCreate(find(key)) && put(key, value, 1, until),
    replace: async (key, value, version, until) =>
      find(key)?.version === version && put(key, value, version + 1, until),
    remove: async (key, version) => find(key)?.version === version && partitions.get(key.pk)?.delete(key.sk) === true,
    list: async <T extends Json>(pk: string, { prefix = '', from = '', limit, newestFirst = false }: Listing = {}) => {
      const sorted = [...(partitions.get(pk)?.values() ?? [])]
        .filter(({ key }) => key.sk.startsWith(prefix) && key.sk >= from)
        .toSorted((a, b) => (a.key.sk < b.key.sk ? -1 : 1) * (newestFirst ? -1 : 1))
      return sorted
        .slice(0, limit)
        .filter(isThere)
        .map(kept => itemOf<T>(kept))
    },
    count: async (key, most, until) => {
      const count = find(key)?.count ?? 0
      if (count >= most) return false
      put(key, null, 0, until)
      Object.assign(find(key) ?? {}, { count: count + 1 })
      return true
    },
  }
}

const itemOf = <T>({ key, version, text }: Kept): Item<T> => ({ key, version, value: JSON.parse(text) as T })
