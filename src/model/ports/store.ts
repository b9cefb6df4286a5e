// The port to the one table: single items, conditional writes and queries.

import type { Json } from '../json.ts'

export type QuickStore = {
  readonly list: (pk: string) => Promise<readonly Item<unknown>[]>
  /** Undefined when it is not there, or past its `until`. */
  readonly get: (key: Key) => Promise<Item<unknown> | undefined>
}

export type Key = { readonly pk: string; readonly sk: string }

/** `version` starts at 1 and grows with each write; writers name the version that they read. */
export type Item<T> = { readonly key: Key; readonly version: number; readonly value: T }

export type Store = {
  /** Consistent; an item past its `until` is not there, whenever DynamoDB gets round to deleting it. */
  readonly get: <T extends Json>(key: Key) => Promise<Item<T> | undefined>
  /** False when there is one already. `until`: epoch seconds. */
  readonly create: (key: Key, value: Json, until?: number) => Promise<boolean>
  /** False when the item is no longer at `version`. */
  readonly replace: (key: Key, value: Json, version: number, until?: number) => Promise<boolean>
  readonly remove: (key: Key, version: number) => Promise<boolean>
  /** In the order of their sort keys. */
  readonly list: <T extends Json>(
    pk: string,
    options?: { readonly prefix?: string; readonly limit?: number; readonly newestFirst?: boolean },
  ) => Promise<readonly Item<T>[]>
  /** Counts one more unless `most` is reached; false then. The counter goes away after `until`, epoch seconds. */
  readonly count: (key: Key, most: number, until: number) => Promise<boolean>
}
