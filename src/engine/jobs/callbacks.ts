// Stores the callback id that wakes a suspended operation. A new id replaces the previous one.
import type { Key, Store } from '../../model/ports/store.ts'

export const storeCallback = async (store: Store, key: Key, callbackId: string): Promise<null> => {
  if (await store.create(key, { callbackId })) return null
  const item = await store.get(key)
  if (item !== undefined) await store.replace(key, { callbackId }, item.version)
  return null
}
