// Which places a name could not be compared with. A service of the same name could be there, so a change asks first.

import type { Config } from '../../engine/rules/config.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { Place } from '../../kit/language/place.ts'
import type { Target } from '../../kit/language/target.ts'
import type { Actor } from '../../model/ecs.ts'
import type { IndexedPlace, ServiceIndex } from './service-index.ts'

type Seeing = { readonly config: Config; readonly facts: RuleInputs }

/** The index without the places that the person may not see: no service there can be meant, and no text names them. */
export const seenIndex = (index: ServiceIndex, actor: Actor, { config, facts }: Seeing): ServiceIndex => ({
  ...index,
  places: index.places.filter(({ account, accountId, region }) =>
    maySeePlace(actor, { scope: { accountId, region }, name: account, account }, config, facts),
  ),
})

/** A place that was read this recently counts by its last index. */
const COMPARABLE_MS = 24 * 3_600_000
/** The index is refreshed every ten minutes. An older one is mentioned. */
const FRESH_MS = 30 * 60_000

const ageOf = ({ at }: IndexedPlace, now: string): number => (at === undefined ? 0 : Date.parse(now) - Date.parse(at))

/** A place without `at` was listed just now, or has a problem. */
const isCompared = (place: IndexedPlace, now: string): boolean =>
  place.at === undefined ? place.problem === undefined : ageOf(place, now) < COMPARABLE_MS

export type Comparison = {
  /** Never read, or not for a day. */
  readonly unread: readonly IndexedPlace[]
  /** Read within a day, but not recently. */
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

/** Such as `staging in us-east-1 could not be read: AccessDeniedException`. */
export const unreadPlaces = (places: readonly IndexedPlace[]): string => {
  const [first] = places
  const names = places.slice(0, 3).map(({ account, region }) => `${account} in ${region}`)
  const more = places.length > 3 ? ` and ${places.length - 3} more places` : ''
  return `${names.join(', ')}${more} could not be read: ${first?.problem?.text ?? 'the index is older than a day'}`
}

/** One sentence about places whose last index is old. */
export const oldPlaces = (places: readonly IndexedPlace[], now: string): string => {
  const names = places.slice(0, 3).map(place => {
    const minutes = Math.round(ageOf(place, now) / 60_000)
    const age = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
    return `${place.account} in ${place.region} ${age} ago`
  })
  return `Names were last compared with ${names.join(', ')}${places.length > 3 ? ` and ${places.length - 3} more places` : ''}.`
}
