// From a scope as typed to the place that it means, for whoever only reads: what is no account and no cluster is a service,
// found as every service is.

import { accessOf } from '../../engine/rules/access.ts'
import type { PlaceText } from '../../kit/language/place.ts'
import { parseTarget } from '../../kit/language/target.ts'
import { isProblem, isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { type Finding, findTarget } from './find-service.ts'
import { type Extent, isWithin, onePlace, placeOf, resolveScope } from './places.ts'
import { unreadWords } from './service-index.ts'

export const findPlace = async (typed: PlaceText, finding: Finding): Promise<Extent | Refusal> => {
  const { actor, config, facts, read, invocation, print } = finding
  const { refs, places: indexed } = await read.index()
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
  const unread = unreadWords({ places: spots })
  if (within.length > 0) return { kind: 'extent', place, refs: within, ...(unread !== undefined && { unread }) }
  return refuse(
    `There is no service in *${place.name}* that you may see.`,
    unread ?? '`/ecs whoami` shows what the rules give you.',
  )
}

const findService = async ({ text }: PlaceText, finding: Finding): Promise<Extent | Refusal> => {
  const target = parseTarget(text)
  if (isProblem(target)) return refuse(target.text, target.hint)
  const found = await findTarget(target, finding)
  if (isRefusal(found)) return found
  if (found.container !== undefined)
    return refuse(`\`${finding.invocation.command}\` is about a whole service.`, `Leave out \`:${found.container}\`.`)
  return { kind: 'extent', place: placeOf(found.service), refs: [found.service] }
}
