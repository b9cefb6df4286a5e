// /ecs subscriptions: lists the subscriptions of the channel.

import { maySeePlace } from '../../engine/rules/place-access.ts'
import { renderSubscriptions } from '../../features/incidents/problems/render-subscriptions.ts'
import { configuredFor, SUBSCRIPTIONS, type Subscription } from '../../features/incidents/problems/subscription.ts'
import { query } from '../command.ts'

export const subscriptions = query({
  name: 'subscriptions',
  summary: 'Show which problems are posted in this channel',
  args: {},
  options: {},
  examples: ['subscriptions'],
  reads: [],
  load: async (_values, _read, { store, channel, who, config, facts }) => {
    const items = await store.list<Subscription>(SUBSCRIPTIONS, { prefix: `${channel} ` })
    const own = items
      .map(({ value }) => value)
      .filter(({ subject }) => subject.kind === 'tag' || maySeePlace(who.actor, subject.place, config, facts))
    return { own, configured: configuredFor(who.actor, config, facts).filter(one => one.channel === channel) }
  },
  render: renderSubscriptions,
})
