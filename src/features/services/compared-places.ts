// Finds the places with which a name could not be compared. Such a place could have a service of the same name, so a
// change is not made before the asker confirms the full name.

import type { Config } from '../../engine/rules/config.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { Place } from '../../kit/language/place.ts'
import type { Target } from '../../kit/language/target.ts'
import type { Actor } from '../../model/ecs.ts'
import type { IndexedPlace, ServiceIndex } from './service-index.ts'

type Seeing = { readonly config: Config; readonly facts: RuleInputs }

/**
 * The index without the places that the person may not see. The person cannot mean a service in such a place, and no
 * message may name such a place.
 */
export const seenIndex = (index: ServiceIndex, actor: Actor, { config, facts }: Seeing): ServiceIndex => ({
  ...index,
  places: index.places.filter(({ account, accountId, region }) =>
    maySeePlace(actor, { scope: { accountId, region }, name: account, account }, config, facts),
  ),
})

/** How old the last index of a place may be to compare a name with it. */
const COMPARABLE_MS = 24 * 3_600_000
/** The age above which a message mentions the age of an index. The index is refreshed every ten minutes. */
const FRESH_MS = 30 * 60_000

const ageOf = ({ at }: IndexedPlace, now: string): number => (at === undefined ? 0 : Date.parse(now) - Date.parse(at))

/** Whether a name can be compared with a place. A place without `at` was listed just now, or has a problem. */
const isCompared = (place: IndexedPlace, now: string): boolean =>
  place.at === undefined ? place.problem === undefined : ageOf(place, now) < COMPARABLE_MS

export type Comparison = {
  /** The places that were never read or were last read more than a day ago. */
  readonly unread: readonly IndexedPlace[]
  /** The places that were read within a day, but not recently. */
  readonly old: readonly IndexedPlace[]
}

/** `within`: the channel's default place, where names resolve first. */
export const compare = (
  { account, region }: Pick<Target, 'account' | 'region'>,
  { places }: ServiceIndex,
  now: string,
  within?: Place,
): Comparison => {
  const inScope = places.filter(
    place =>
      (account === undefined || account === place.account || account === place.accountId) &&
      (region === undefined || region === place.region) &&
      (within === undefined ||
        (within.scope.accountId === place.accountId && (within.scope.region ?? place.region) === place.region)),
  )
  return {
    unread: inScope.filter(place => !isCompared(place, now)),
    old: inScope.filter(place => isCompared(place, now) && ageOf(place, now) > FRESH_MS),
  }
}

/**
 * The places and why they could not be read, such as `staging in us-east-1 could not be read: AccessDeniedException`.
 */
export const unreadPlaces = (places: readonly IndexedPlace[]): string => {
  const [first] = places
  const names = places.slice(0, 3).map(({ account, region }) => `${account} in ${region}`)
  const more = places.length > 3 ? ` and ${places.length - 3} more places` : ''
  return `${names.join(', ')}${more} could not be read: ${first?.problem?.text ?? 'the index is older than a day'}`
}

/** One sentence that names the places whose last index is old. */
export const oldPlaces = (places: readonly IndexedPlace[], now: string): string => {
  const names = places.slice(0, 3).map(place => {
    const minutes = Math.round(ageOf(place, now) / 60_000)
    const age = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
    return `${place.account} in ${place.region} ${age} ago`
  })
  return `Names were last compared with ${names.join(', ')}${places.length > 3 ? ` and ${places.length - 3} more places` : ''}.`
}
