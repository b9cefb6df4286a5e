// The port to the DynamoDB table: single items, conditional writes and queries.

import type { Json } from '../json.ts'

export type QuickStore = {
  readonly list: (pk: string) => Promise<readonly Item<unknown>[]>
  /** Undefined if the item is absent or past its `until`. */
  readonly get: (key: Key) => Promise<Item<unknown> | undefined>
}

export type Key = { readonly pk: string; readonly sk: string }

/** `version` starts at 1 and increases with each write; writers pass the version they read. */
export type Item<T> = { readonly key: Key; readonly version: number; readonly value: T }

export type Store = {
  /** Strongly consistent. An item past its `until` counts as absent, even before DynamoDB deletes it. */
  readonly get: <T extends Json>(key: Key) => Promise<Item<T> | undefined>
  /** False if the item exists. `until`: epoch seconds. */
  readonly create: (key: Key, value: Json, until?: number) => Promise<boolean>
  /** False if the item is no longer at `version`. */
  readonly replace: (key: Key, value: Json, version: number, until?: number) => Promise<boolean>
  readonly remove: (key: Key, version: number) => Promise<boolean>
  /** In sort key order. */
  readonly list: <T extends Json>(
    pk: string,
    options?: { readonly prefix?: string; readonly limit?: number; readonly newestFirst?: boolean },
  ) => Promise<readonly Item<T>[]>
  /** Increments a counter; false once it has reached `max`. The counter expires at `until`, epoch seconds. */
  readonly count: (key: Key, max: number, until: number) => Promise<boolean>
}
