// Fills the service index: names by ListServices, a hundred a page over ListClusters, tags by GetResources, never
// DescribeServices. Each account and region is read and written for itself: one that cannot be read keeps what was known
// of it, says why, and stops nobody else.
import type { Config } from '../../engine/rules/config.ts'
import type { Account } from '../../model/account.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import type { ServiceReads } from './reads.ts'
import { INDEX_MINUTES, type Note, noteKey, readIndex, SERVICES, type ServiceIndex } from './service-index.ts'

export const placesOf = ({ accounts }: Config): readonly { readonly account: Account; readonly region: string }[] =>
  accounts.flatMap(account => account.regions.map(region => ({ account, region })))

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
