// /ecs unsubscribe: ends a subscription of the channel.

import { subjectText } from '../../features/incidents/problems/subscription.ts'
import { isTagged, subject } from '../../kit/language/kinds/problems.ts'
import { plainName } from '../../kit/messages/text.ts'
import { refuse } from '../../model/errors.ts'
import { setting } from '../command.ts'

export const unsubscribe = setting({
  name: 'unsubscribe',
  summary: 'End a subscription of this channel',
  args: { where: { kind: 'subject' } },
  options: {},
  examples: ['unsubscribe orders-api', 'unsubscribe tag:team=orders'],
  reads: [],
  right: 'channel',
  change: ({ where }, { subscriptions, channel }) => {
    const text = subject.print(where)
    const exact = subscriptions.filter(one => subjectText(one.subject) === text)
    const found =
      exact.length > 0 || isTagged(where)
        ? exact
        : subscriptions.filter(one => subjectText(one.subject).endsWith(`/${text}`))
    const [first, second] = found
    if (first === undefined)
      return refuse(`This channel has no subscription to *${plainName(text)}*.`, '`/ecs subscriptions` lists them.')
    if (second !== undefined)
      return refuse(
        `*${plainName(text)}* could be ${found
          .slice(0, 3)
          .map(one => `\`${subjectText(one.subject)}\``)
          .join(' or ')}.`,
      )
    const name = subjectText(first.subject)
    return {
      change: { kind: 'unsubscribe', channel, subject: first.subject },
      text: `This channel is no longer subscribed to *${plainName(name)}*.`,
    }
  },
})
