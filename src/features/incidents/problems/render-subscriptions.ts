// Renders the subscriptions of a channel.

import { context, cut, list, literal, plain, richText, section, withoutMarkup } from '../../../kit/messages/markup.ts'
import { offerButtons } from '../../../kit/messages/render-refusal.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import { type ConfiguredSubscription, type Subscription, subjectText, subscriptionText } from './subscription.ts'

type Listed = {
  readonly own: readonly Subscription[]
  readonly configured: readonly ConfiguredSubscription[]
}

const MOST = 20
const MOST_BUTTONS = 3

export const renderSubscriptions = ({ own, configured }: Listed): Rendered => {
  if (own.length + configured.length === 0) {
    const text = 'This channel has no subscriptions. `/ecs subscribe <service>` posts its problems here.'
    return { text: plain(withoutMarkup(text)), blocks: [richText(section(text))] }
  }
  const head = `This channel has ${own.length + configured.length} ${own.length + configured.length === 1 ? 'subscription' : 'subscriptions'}`
  const lines = [
    ...own.map(one => `${subscriptionText(one)}, by ${plainName(one.by.name, 60)}`),
    ...configured.map(one => `${configuredText(one)}, by the configuration`),
  ]
  return {
    text: head,
    blocks: [
      richText(section(head), list(lines.slice(0, MOST).map(literal))),
      ...(lines.length > MOST ? [context(`and ${lines.length - MOST} more`)] : []),
      ...(own.length === 0
        ? []
        : [
            offerButtons(
              own.slice(0, MOST_BUTTONS).map(one => ({
                label: `Unsubscribe ${subjectText(one.subject)}`.slice(0, 75),
                invocation: `unsubscribe ${subjectText(one.subject)}`,
              })),
            ),
          ]),
    ],
  }
}

const configuredText = ({
  accounts,
  environment,
  targets,
  tag,
  kinds,
  minSeverity,
}: ConfiguredSubscription): string => {
  const scope = [
    ...(accounts ?? []),
    ...(environment ? [environment] : []),
    ...(targets ?? []),
    ...(tag ? [`tag:${tag}`] : []),
  ]
  const about = scope.length === 0 ? 'all services' : scope.slice(0, 5).join(' ')
  return `${cut(about, 200)}: ${kinds === undefined ? 'all problems' : kinds.join(', ')}${minSeverity === undefined ? '' : `, ${minSeverity} and above`}`
}
