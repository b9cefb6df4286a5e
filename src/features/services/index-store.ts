// Reads the service index from the store, lists places that the index does not have yet, and saves notes about events.
import type { Config } from '../../engine/rules/config.ts'
import type { Account } from '../../model/account.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import type { ServiceReads } from './reads.ts'
import { INDEX_MINUTES, type Note, noteKey, readIndex, SERVICES, type ServiceIndex } from './service-index.ts'

export const placesOf = ({ accounts }: Config): readonly { readonly account: Account; readonly region: string }[] =>
  accounts.flatMap(account => account.regions.map(region => ({ account, region })))

/** The lifetime of a note: three refreshes of the index. By then the index itself contains the change. */
const NOTE_SECONDS = 3 * INDEX_MINUTES * 60

/** Saves the note of an event. A newer note about the same service is kept. */
export const saveNote = async (
  note: Note,
  { store, now }: { readonly store: Pick<Store, 'create' | 'get' | 'replace'>; readonly now: () => string },
): Promise<void> => {
  const key = noteKey(note)
  const until = Math.floor(Date.parse(now()) / 1000) + NOTE_SECONDS
  if (await store.create(key, note, until)) return
  const before = await store.get<Note>(key)
  if (before !== undefined && before.value.at < note.at) await store.replace(key, note, before.version, until)
}

/**
 * Reads the stored index. Places that were never read are listed now; a place that fails gets a `problem`. Throws if
 * all places fail.
 */
export const loadIndex = async (
  config: Config,
  store: Pick<Store, 'list'>,
  servicesIn: ServiceReads['servicesIn'],
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
      const passing = reason instanceof RemoteError && reason.passing
      return { ...place, problem: { at: '', text: reason.message, ...(passing && { passing }) } }
    }),
  }
}
