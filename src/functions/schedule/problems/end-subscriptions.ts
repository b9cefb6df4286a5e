// Ends subscriptions whose owners have lost their right, or have left Slack, and says so in the channel.

import { logError } from '../../../engine/jobs/log-error.ts'
import { hasRight, type Subscription, subscriptionText } from '../../../features/incidents/problems/subscription.ts'
import { plain, richText, section, withoutMarkup } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { Item } from '../../../model/ports/store.ts'
import type { Board, Memo, TellerPorts } from './board.ts'
import type { Rules, Subscribed } from './views.ts'

type Context = { readonly board: Board; readonly rules: Rules; readonly memo: Memo }

/** Returns the subscriptions that go on. */
export const endSubscriptions = async (
  { people }: Subscribed,
  { board, rules }: Context,
  ports: TellerPorts,
): Promise<readonly Item<Subscription>[]> => {
  const lost = people.filter(({ value }) => !hasRight(value, board.config, rules.inputs))
  for (const item of lost) await endOne(item, 'may no longer see it', ports)
  return people.filter(item => !lost.includes(item))
}

/** Whether the owner is active in Slack. If not, the subscription ends. */
export const isActiveOwner = async (item: Item<Subscription>, memo: Memo, ports: TellerPorts): Promise<boolean> => {
  const { user } = item.value.by
  const known = memo.active.get(user) ?? ports.slack().then(slack => slack.isActive(user))
  memo.active.set(user, known)
  // A look-up that failed is made again.
  const isActive = await known.catch((error: unknown) => {
    memo.active.delete(user)
    throw error
  })
  if (!isActive) await endOne(item, 'is no longer active in Slack', ports)
  return isActive
}

/** Removed before it is told: told at most once. */
const endOne = async ({ key, version, value }: Item<Subscription>, why: string, ports: TellerPorts): Promise<void> => {
  if (!(await ports.store.remove(key, version))) return
  const slack = await ports.slack()
  await slack
    .post(value.channel, renderEnded(value, why))
    .catch((error: unknown) => logError('subscription', value.channel, error))
}

const renderEnded = (subscription: Subscription, why: string): Rendered => {
  const text = `The subscription to ${plainName(subscriptionText(subscription))} has ended: ${plainName(subscription.by.name)} ${why}.`
  return { text: plain(withoutMarkup(text)), blocks: [richText(section(text))] }
}
