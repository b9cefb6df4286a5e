// What a channel means by a bare name: a default account or cluster, and favourite services. In a direct message with
// Quarterdeck they are one person's own.

import type { Place } from '../../kit/language/place.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Key } from '../../model/ports/store.ts'
import { isWithin } from './places.ts'

export type ChannelDefaults = {
  /** An account, or a cluster in one of its regions. */
  readonly place?: Place
  readonly favourites: readonly ServiceRef[]
  readonly by: Actor
  readonly at: string
}

export const hereKey = (channel: string): Key => ({ pk: `here#${channel}`, sk: 'here' })

/** A conversation with one person alone: what is set there concerns nobody else. */
export const isOwnChannel = (channel: string): boolean => channel.startsWith('D')

const isFavourite = ({ favourites }: ChannelDefaults, ref: ServiceRef): boolean =>
  favourites.some(({ arn }) => arn === ref.arn)

/** Those that the channel means, the likelier kinds first: its favourites, then what is in its default place. */
export const preferredIn = (refs: readonly ServiceRef[], here: ChannelDefaults | undefined): readonly ServiceRef[] => {
  if (here === undefined) return refs
  const favourites = refs.filter(ref => isFavourite(here, ref))
  const { place } = here
  const local = place === undefined ? [] : refs.filter(ref => isWithin(ref, place))
  const both = favourites.filter(ref => local.includes(ref))
  return [both, favourites, local].find(some => some.length > 0) ?? refs
}

/** What a picker offers first: the channel's favourites, and what is in its default place. */
export const isHere = (ref: ServiceRef, here: ChannelDefaults): boolean =>
  isFavourite(here, ref) || (here.place !== undefined && isWithin(ref, here.place))

/** Somewhere else than where the channel's changes are meant to go. */
export const isElsewhere = (ref: ServiceRef, here: ChannelDefaults | undefined): boolean =>
  here?.place !== undefined && !isWithin(ref, here.place) && !isFavourite(here, ref)
