// The port to the DynamoDB table: single items, conditional writes and queries.

import type { Json } from '../json.ts'

export type QuickStore = {
  readonly list: (pk: string) => Promise<readonly Item<unknown>[]>
  /** Reads an item; undefined if it is absent or past its `until`. */
  readonly get: (key: Key) => Promise<Item<unknown> | undefined>
}

export type Key = { readonly pk: string; readonly sk: string }

/**
 * An item of the table. `version` starts at 1 and increases with each write; writers pass the version that they read.
 */
export type Item<T> = { readonly key: Key; readonly version: number; readonly value: T }

export type Store = {
  /**
   * Reads an item with strong consistency. An item past its `until` counts as absent, even before DynamoDB deletes it.
   */
  readonly get: <T extends Json>(key: Key) => Promise<Item<T> | undefined>
  /** Creates an item; false if it exists already. `until`: its expiry, in epoch seconds. */
  readonly create: (key: Key, value: Json, until?: number) => Promise<boolean>
  /** Replaces an item; false if its version is no longer `version`. `until`: its expiry, in epoch seconds. */
  readonly replace: (key: Key, value: Json, version: number, until?: number) => Promise<boolean>
  readonly remove: (key: Key, version: number) => Promise<boolean>
  /** Lists items in sort key order. `prefix`: of the sort key. `from`: the first sort key, instead of a prefix. */
  readonly list: <T extends Json>(
    pk: string,
    options?: {
      readonly prefix?: string
      readonly from?: string
      readonly limit?: number
      readonly newestFirst?: boolean
    },
  ) => Promise<readonly Item<T>[]>
  /** Increments a counter; false if it has reached `max`. `until`: the expiry of the counter, in epoch seconds. */
  readonly count: (key: Key, max: number, until: number) => Promise<boolean>
}
