// /ecs here: shows the channel's defaults for bare service names.

import { maySeePlace, maySeeTarget } from '../../engine/rules/place-access.ts'
import { type ChannelDefaults, hereKey } from '../../features/services/channel-defaults.ts'
import { renderChannelDefaults } from '../../features/services/render-channel-defaults.ts'
import { query } from '../command.ts'

export const here = query({
  name: 'here',
  summary: 'Show this channel’s default place and favourite services',
  args: {},
  options: {},
  examples: ['here'],
  reads: [],
  load: async (_values, _read, { store, channel, who, config, facts }) => {
    const set = (await store.get<ChannelDefaults>(hereKey(channel)))?.value
    if (set === undefined) return { set: null }
    const { place, ...rest } = set
    const favourites = set.favourites.filter(({ arn }) => maySeeTarget(arn, who.actor, config, facts))
    if (place !== undefined && maySeePlace(who.actor, place, config, facts))
      return { set: { ...rest, place, favourites } }
    return favourites.length === 0 ? { set: null } : { set: { ...rest, favourites } }
  },
  render: ({ set }: { readonly set: ChannelDefaults | null }) => renderChannelDefaults(set ?? undefined),
})
