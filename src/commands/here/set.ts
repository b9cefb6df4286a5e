// /ecs here set: what a bare name means in this channel.

import { onePlace } from '../../features/services/places.ts'
import { defaultsText } from '../../features/services/render-channel-defaults.ts'
import type { Place } from '../../kit/language/place.ts'
import { fullName, matchingServices, printTarget, type Target } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

/** Slack shows them as buttons and on the App Home. */
const MOST_FAVOURITES = 10

export const setHere = setting({
  name: 'here set',
  summary: 'Say which account or cluster, and which services, this channel is about',
  args: { where: { kind: 'scope', optional: true } },
  options: { favourites: { kind: 'services', hint: 'services that bare names mean first, with commas between them' } },
  examples: ['here set prod/web', 'here set --favourites orders-api,prod.us-east-1/web/checkout'],
  reads: [],
  change: ({ where, favourites }, { actor, now, places, here, index, channel }) => {
    if (where === undefined && favourites === undefined)
      return refuse('That sets nothing.', 'Write an account, a cluster, or `--favourites`.')
    const place = where === undefined ? here?.place : onePlace(inEveryRegion(places), where.text)
    if (isRefusal(place)) return place
    if (place?.scope.service !== undefined)
      return refuse(
        `*${place.name}* is one service.`,
        'A channel is about an account or a cluster; services are `--favourites`.',
      )
    const refs = favourites === undefined ? (here?.favourites ?? []) : allOf(favourites, index)
    if (isRefusal(refs)) return refs
    if (refs.length > MOST_FAVOURITES) return refuse(`A channel has at most ${MOST_FAVOURITES} favourites.`)
    const set = { ...(place && { place }), favourites: refs, by: actor, at: now }
    return { change: { kind: 'here', channel, here: set }, text: defaultsText(set) }
  },
})

/** A cluster of one name in several regions of an account is one thing to be about: `prod/web`. */
const inEveryRegion = (places: readonly Place[]): readonly Place[] => {
  const [first] = places
  const cluster = first?.scope.cluster
  const isOne = ({ scope }: Place) =>
    scope.service === undefined && scope.cluster === cluster && scope.accountId === first?.scope.accountId
  if (first === undefined || cluster === undefined || places.length < 2 || !places.every(isOne)) return places
  const { account, scope } = first
  return [{ scope: { accountId: scope.accountId, cluster }, name: `${account}/${cluster}`, account }]
}

const allOf = (targets: readonly Target[], index: readonly ServiceRef[]) => {
  const found: ServiceRef[] = []
  for (const target of targets) {
    const meant = matchingServices(target, index)
    const [first, second] = meant
    if (first === undefined) return refuse(`*${printTarget(target)}* is not a service here.`)
    if (second !== undefined)
      return refuse(
        `*${printTarget(target)}* could be ${meant
          .slice(0, 3)
          .map(ref => `\`${fullName(ref)}\``)
          .join(' or ')}.`,
      )
    found.push(first)
  }
  return found
}
