// Resolves a scope to places: an account, or clusters and services of the index.

import type { Config } from '../../engine/rules/config.ts'
import type { Place, PlaceText } from '../../kit/language/place.ts'
import { fullName, matchesTarget, parseTarget } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'

/** A place, and the services in it that the asker may view. `unread`: which services may be missing, and why. */
export type Extent = {
  readonly kind: 'extent'
  readonly place: Place
  readonly refs: readonly ServiceRef[]
  readonly unread?: string
}

/**
 * Resolves a scope to all places that it names; a cluster comes before a service of the same name. If there are
 * several, the asker chooses: an account and a cluster may share a name, and `prod/web` may be a cluster and a service.
 */
export const resolveScope = ({ text }: PlaceText, config: Config, index: readonly ServiceRef[]): readonly Place[] => {
  const account = config.accounts.find(({ name, id }) => name === text || id === text)
  const clusters = clustersNamed(text, index)
  if (account !== undefined)
    return [{ scope: { accountId: account.id }, name: account.name, account: account.name }, ...clusters]
  if (clusters.length > 0 && !text.includes('/')) return clusters
  const target = parseTarget(text)
  return [...clusters, ...('kind' in target ? [] : index.filter(ref => matchesTarget(target, ref)).map(placeOf))]
}

/** The clusters that a text names: `web`, `prod/web` or `prod.us-east-1/web`. */
const clustersNamed = (text: string, index: readonly ServiceRef[]): readonly Place[] => {
  const places = new Map<string, Place>()
  for (const { account, accountId, region, cluster } of index) {
    const name = `${account}.${region}/${cluster}`
    if ([cluster, `${account}/${cluster}`, name].includes(text))
      places.set(name, { scope: { accountId, region, cluster }, name, account })
  }
  return [...places.values()]
}

/** An unambiguous name of a place. An account is named by its id, since a cluster may have the account's name. */
const unambiguousName = ({ name, scope }: Place): string => (scope.cluster === undefined ? scope.accountId : name)

export const placeOf = (ref: ServiceRef): Place => {
  const { accountId, region, cluster, service, account } = ref
  return { scope: { accountId, region, cluster, service }, name: fullName(ref), account }
}

/** The only place, or a refusal with buttons. `invocationFor`: the same request for the place with the given name. */
export const onePlace = (
  places: readonly Place[],
  text: string,
  invocationFor?: (name: string) => string,
): Place | Refusal => {
  const [first, second] = places
  if (first === undefined) return noPlace(text)
  if (second === undefined) return first
  return refuse(
    `*${text}* matches ${places.length} places: ${places
      .slice(0, 5)
      .map(place => `\`${unambiguousName(place)}\``)
      .join(', ')}.`,
    'Write one of them.',
    invocationFor &&
      places
        .slice(0, 5)
        .map(unambiguousName)
        .map(name => ({ label: name.slice(-75), invocation: invocationFor(name) })),
  )
}

/** The answer for a place that does not exist, and for one that the asker may not see. */
export const noPlace = (text: string): Refusal => refuse(`No account, cluster or service is named *${text}*.`)

/** Merges clusters that have the same name in several regions of an account into one place, `prod/web`. */
export const mergeRegions = (places: readonly Place[]): readonly Place[] => {
  const [first] = places
  const cluster = first?.scope.cluster
  const isOne = ({ scope }: Place) =>
    scope.service === undefined && scope.cluster === cluster && scope.accountId === first?.scope.accountId
  if (first === undefined || cluster === undefined || places.length < 2 || !places.every(isOne)) return places
  const { account, scope } = first
  return [{ scope: { accountId: scope.accountId, cluster }, name: `${account}/${cluster}`, account }]
}

export const isWithin = (ref: ServiceRef, { scope }: Place): boolean =>
  scope.accountId === ref.accountId &&
  (scope.region ?? ref.region) === ref.region &&
  (scope.cluster ?? ref.cluster) === ref.cluster &&
  (scope.service ?? ref.service) === ref.service
