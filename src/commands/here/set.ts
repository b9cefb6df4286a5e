// /ecs here set: sets the channel's defaults for bare service names, such as the cluster to look in.

import { mergeRegions } from '../../features/services/places.ts'
import { defaultsText } from '../../features/services/render-channel-defaults.ts'
import { fullName, matchingServices, printTarget, type Target, targetOffers } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

/** The maximum number of favourite services: buttons in Slack and the App Home show all of them. */
const MOST_FAVOURITES = 10

export const setHere = setting({
  name: 'here set',
  summary: 'Set this channel’s default account or cluster, and its favourite services',
  args: { where: { kind: 'scope', optional: true } },
  options: { favourites: { kind: 'services', hint: 'services that bare names resolve to first, separated by commas' } },
  examples: ['here set prod/web', 'here set --favourites orders-api,prod.us-east-1/web/checkout'],
  reads: [],
  right: 'defaults',
  merge: mergeRegions,
  change: ({ where, favourites }, { actor, now, place: named, here, index, channel }) => {
    if (where === undefined && favourites === undefined)
      return refuse('Nothing to set.', 'Write an account, a cluster, or `--favourites`.')
    const place = where === undefined ? here?.place : named
    if (place?.scope.service !== undefined)
      return refuse(`*${place.name}* is a service, not an account or a cluster.`, 'Add services with `--favourites`.')
    const refs =
      favourites === undefined
        ? (here?.favourites ?? [])
        : resolveAll(
            favourites,
            index,
            names => `here set${placeWord(where?.text)} --favourites ${printWord(names.join(','))}`,
          )
    if (isRefusal(refs)) return refs
    if (refs.length > MOST_FAVOURITES) return refuse(`A channel can have at most ${MOST_FAVOURITES} favourites.`)
    const set = { ...(place && { place }), favourites: refs, by: actor, at: now }
    return { change: { kind: 'here', channel, here: set }, text: defaultsText(set) }
  },
})

const placeWord = (text: string | undefined): string => (text === undefined ? '' : ` ${printWord(text)}`)

/** `lineWith`: the line with these names of services. */
const resolveAll = (
  targets: readonly Target[],
  index: readonly ServiceRef[],
  lineWith: (names: readonly string[]) => string,
) => {
  const found: ServiceRef[] = []
  for (const target of targets) {
    const matches = matchingServices(target, index)
    const [first, second] = matches
    if (first === undefined) return refuse(`No service is named *${printTarget(target)}*.`)
    if (second !== undefined)
      return refuse(
        `${matches.length} services are named *${printTarget(target)}*.`,
        'Which one?',
        targetOffers(matches, ref => lineWith(targets.map(one => (one === target ? fullName(ref) : printTarget(one))))),
      )
    found.push(first)
  }
  return found
}
