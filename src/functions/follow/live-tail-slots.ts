// Reserves Live Tail sessions in the store, so that a follow learns that none is free without asking AWS. If the
// invocation that reserved a session dies, the reservation expires.
import type { Key, Store } from '../../model/ports/store.ts'

/** The maximum number of concurrent Live Tail sessions in an account and region (CloudWatch Logs quota). */
const MAX_SESSIONS = 15
const MAX_TRIES = 10

type Slots = Readonly<Record<string, string>>

export type Place = { readonly accountId: string; readonly region: string }

const keyOf = ({ accountId, region }: Place): Key => ({ pk: 'livetails', sk: `${accountId}/${region}` })

/** Reserves a session; false if all are in use. `until`, `now`: ISO 8601. */
export const takeSlot = (store: Store, place: Place, id: string, until: string, now: string): Promise<boolean> =>
  updateSlots(store, place, slots => {
    const running = Object.entries(slots).filter(([one, end]) => one !== id && end > now)
    return running.length >= MAX_SESSIONS ? undefined : Object.fromEntries([...running, [id, until]])
  })

export const releaseSlot = (store: Store, place: Place, id: string): Promise<boolean> =>
  updateSlots(store, place, leases => Object.fromEntries(Object.entries(leases).filter(([one]) => one !== id)))

const updateSlots = async (store: Store, place: Place, to: (leases: Slots) => Slots | undefined): Promise<boolean> => {
  const key = keyOf(place)
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const item = await store.get<Slots>(key)
    const after = to(item?.value ?? {})
    if (after === undefined) return false
    if (item === undefined ? await store.create(key, after) : await store.replace(key, after, item.version)) return true
  }
  return false
}
