// A channel's defaults for resolving bare service names: an account or cluster, and favourite services.

import type { Place } from '../../kit/language/place.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'
import { isWithin } from './places.ts'

export type ChannelDefaults = {
  /** The default place: an account, or a cluster in one of its regions. */
  readonly place?: Place
  readonly favourites: readonly ServiceRef[]
  readonly by: Actor
  readonly at: string
}

export const hereKey = (channel: string): Key => ({ pk: `here#${channel}`, sk: 'here' })

/** A direct message of two people, or of a person and a bot. */
export const isDirectMessage = (channel: string): boolean => channel.startsWith('D')

export const isFavourite = ({ favourites }: ChannelDefaults, ref: ServiceRef): boolean =>
  favourites.some(({ arn }) => arn === ref.arn)

/**
 * The preferred services: favourites in the default place, else favourites, else services in the default place, else
 * all of `refs`.
 */
export const preferredIn = (
  refs: readonly ServiceRef[],
  defaults: ChannelDefaults | undefined,
): readonly ServiceRef[] => {
  if (defaults === undefined) return refs
  const favourites = refs.filter(ref => isFavourite(defaults, ref))
  const { place } = defaults
  const local = place === undefined ? [] : refs.filter(ref => isWithin(ref, place))
  const both = favourites.filter(ref => local.includes(ref))
  return [both, favourites, local].find(group => group.length > 0) ?? refs
}

/** Whether pickers list the service first: it is a favourite, or in the channel's default place. */
export const isHere = (ref: ServiceRef, defaults: ChannelDefaults): boolean =>
  isFavourite(defaults, ref) || (defaults.place !== undefined && isWithin(ref, defaults.place))

/** Whether the service is neither a favourite nor in the channel's default place, if one is set. */
export const isElsewhere = (ref: ServiceRef, defaults: ChannelDefaults | undefined): boolean =>
  defaults?.place !== undefined && !isWithin(ref, defaults.place) && !isFavourite(defaults, ref)
