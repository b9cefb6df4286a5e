// Posts what a person must not miss. Where outsiders read every channel for it, the people on call get it alone: otherwise
// somebody who invites a guest could keep it from everybody.

import type { Rendered } from '../../model/ports/message.ts'
import type { Posted, Slack } from '../../model/ports/slack.ts'
import { type Config, isGroup } from '../rules/config.ts'
import { isOutsiders } from '../rules/guarded-slack.ts'
import { logError } from './log-error.ts'

type OnCall = Pick<Config, 'onCall' | 'people'>

/** `others`: Slack users who get it with the people on call. `isBroadcast`: the channel sees the reply, too. */
type Telling = { readonly others?: readonly string[]; readonly isBroadcast?: true }

/** Posts in the thread of a card. */
export const postOrTellOnCall = async (
  { channel, ts }: Posted,
  message: Rendered,
  config: OnCall,
  slack: Pick<Slack, 'post' | 'members'>,
  { others = [], isBroadcast }: Telling = {},
): Promise<void> => {
  try {
    await slack.post(channel, message, { thread: ts, ...(isBroadcast && { isBroadcast }) })
  } catch (error) {
    if (!isOutsiders(error)) throw error
    await tellOnCall(message, config, slack, others)
  }
}

/** In the approval channel, and to each person on call where nothing can be posted there. */
export const tellOperators = async (
  message: Rendered,
  config: OnCall & Pick<Config, 'channel'>,
  slack: Pick<Slack, 'post' | 'members'>,
): Promise<void> => {
  try {
    await slack.post(config.channel, message)
  } catch (error) {
    logError('operators', config.channel, error)
    await tellOnCall(message, config, slack)
  }
}

/** To each of them alone. A group may have members who are not listed, such as guests: they get nothing. */
export const tellOnCall = async (
  message: Rendered,
  { onCall, people }: OnCall,
  slack: Pick<Slack, 'post' | 'members'>,
  others: readonly string[] = [],
): Promise<void> => {
  const members = await Promise.all(onCall.map(async one => (isGroup(one) ? await slack.members(one) : [one])))
  for (const user of new Set([...others, ...members.flatMap(users => users ?? [])]))
    if (Object.hasOwn(people, user))
      await slack.post(user, message).catch((error: unknown) => logError('on call', user, error))
}
