// Which places a text names: an account, a cluster or a service of the index.

import type { Config } from '../../engine/rules/config.ts'
import type { Place, PlaceText } from '../../kit/language/place.ts'
import { fullName, matchesTarget, parseTarget } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'

/** A place, and the services in it that the asker may see. `unread`: which of them may be missing, and why. */
export type Extent = {
  readonly kind: 'extent'
  readonly place: Place
  readonly refs: readonly ServiceRef[]
  readonly unread?: string
}

/**
 * What a scope names: a cluster before a service. An account and a cluster of one name, and `prod/web` where that is a
 * cluster of the one and a service of the other, are all named: whoever typed it has to say which.
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

/** `web`, `prod/web` or `prod.us-east-1/web`. */
const clustersNamed = (text: string, index: readonly ServiceRef[]): readonly Place[] => {
  const places = new Map<string, Place>()
  for (const { account, accountId, region, cluster } of index) {
    const name = `${account}.${region}/${cluster}`
    if ([cluster, `${account}/${cluster}`, name].includes(text))
      places.set(name, { scope: { accountId, region, cluster }, name, account })
  }
  return [...places.values()]
}

/** An account by its id: a cluster may have its name. */
const inFull = ({ name, scope }: Place): string => (scope.cluster === undefined ? scope.accountId : name)

export const placeOf = (ref: ServiceRef): Place => {
  const { accountId, region, cluster, service, account } = ref
  return { scope: { accountId, region, cluster, service }, name: fullName(ref), account }
}

/** `meaning`: the invocation about the place of this name, for whom a button may ask. */
export const onePlace = (
  places: readonly Place[],
  text: string,
  meaning?: (name: string) => string,
): Place | Refusal => {
  const [first, second] = places
  if (first === undefined) return refuse(`*${text}* is neither an account, nor a cluster, nor a service here.`)
  if (second === undefined) return first
  return refuse(
    `*${text}* names ${places.length} places: ${places
      .slice(0, 5)
      .map(place => `\`${inFull(place)}\``)
      .join(', ')}.`,
    'Write one of them in full.',
    meaning &&
      places.slice(0, 5).map(place => ({ label: inFull(place).slice(-75), invocation: meaning(inFull(place)) })),
  )
}

export const isWithin = (ref: ServiceRef, { scope }: Place): boolean =>
  scope.accountId === ref.accountId &&
  (scope.region ?? ref.region) === ref.region &&
  (scope.cluster ?? ref.cluster) === ref.cluster &&
  (scope.service ?? ref.service) === ref.service
