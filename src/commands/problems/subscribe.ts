// /ecs subscribe: posts the problems of services in the channel.

import { type Subject, subscriptionText } from '../../features/incidents/problems/subscription.ts'
import { mergeRegions } from '../../features/services/places.ts'
import { isTagged } from '../../kit/language/kinds/problems.ts'
import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

export const subscribe = setting({
  name: 'subscribe',
  summary: 'Post problems of a service, a cluster, an account or a tag in this channel',
  args: { where: { kind: 'subject' }, events: { kind: 'problems', optional: true } },
  options: { 'min-severity': { kind: 'severity', hint: 'only problems of this severity and above' } },
  examples: [
    'subscribe orders-api',
    'subscribe prod/web crash,memory --min-severity high',
    'subscribe tag:team=orders',
  ],
  reads: [],
  right: 'subscribe',
  merge: mergeRegions,
  change: ({ where, events, 'min-severity': minSeverity }, { actor, now, place, channel }) => {
    const subject: Subject | undefined = isTagged(where)
      ? { kind: 'tag', ...where.tag }
      : place && { kind: 'place', place }
    if (subject === undefined) return refuse('No account, cluster or service has that name.')
    const subscription = {
      ...{ channel, subject, by: actor, at: now },
      ...(events !== undefined && { kinds: events }),
      ...(minSeverity !== undefined && { minSeverity }),
    }
    return {
      change: { kind: 'subscribe', subscription },
      text: `This channel is subscribed to ${subscriptionText(subscription)}. \`/ecs subscriptions\` lists all.`,
    }
  },
})
