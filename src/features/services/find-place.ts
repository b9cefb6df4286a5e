// Resolves a typed scope to a place to read from: an account, a cluster, or else a service.

import { accessOf } from '../../engine/rules/access.ts'
import type { PlaceText } from '../../kit/language/place.ts'
import { parseTarget } from '../../kit/language/target.ts'
import { isProblem, isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Finding } from './choose-service.ts'
import { seenIndex } from './compared-places.ts'
import { findTarget } from './find-service.ts'
import { type Extent, isWithin, onePlace, placeOf, resolveScope } from './places.ts'
import { unreadText } from './service-index.ts'

/** Finds the place and the services in it that the asker may view. Refuses if there are none. */
export const findPlace = async (typed: PlaceText, finding: Finding): Promise<Extent | Refusal> => {
  const { actor, config, facts, read, invocation, print } = finding
  const { refs, places: indexed } = seenIndex(await read.index(), actor, finding)
  const seen = refs.filter(ref => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const places = resolveScope(typed, config, seen)
  if (places.every(({ scope }) => scope.service !== undefined)) return findService(typed, finding)
  const place = onePlace(places, typed.text, text =>
    print({ ...invocation, values: { ...invocation.values, place: { text } } }),
  )
  if (isRefusal(place)) return place
  const within = seen.filter(ref => isWithin(ref, place))
  const { accountId, region } = place.scope
  const spots = indexed.filter(spot => spot.accountId === accountId && (region ?? spot.region) === spot.region)
  const unread = unreadText({ places: spots })
  if (within.length > 0) return { kind: 'extent', place, refs: within, ...(unread !== undefined && { unread }) }
  return refuse(`*${place.name}* has no service that you may view.`, unread ?? '`/ecs whoami` shows your roles.')
}

const findService = async ({ text }: PlaceText, finding: Finding): Promise<Extent | Refusal> => {
  const target = parseTarget(text)
  if (isProblem(target)) return refuse(target.text, target.hint)
  const found = await findTarget(target, finding)
  if (isRefusal(found)) return found
  if (found.container !== undefined)
    return refuse(`\`${finding.invocation.command}\` applies to a whole service.`, `Leave out \`:${found.container}\`.`)
  return { kind: 'extent', place: placeOf(found.service), refs: [found.service] }
}
