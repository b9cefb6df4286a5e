// Edits or deletes a person's own message. If the new text mentions the bot, Slack sends `app_mention` again, with the same `ts`,
// a new event id and `edited` (seen in slack-go/slack pull request 1256). Slack sends deletions only in direct messages.
import { channelFor, type DeliverySetup, encodeTyped, personOf } from './delivery.ts'
import { SLACKBOT } from './seed.ts'
import type { RequestTampering, Sent } from './send.ts'
import type { Channel, Json, Message } from './types.ts'

export type Edit = { readonly user: string; readonly channel: string; readonly ts: string; readonly text: string }

type Events = {
  readonly event: (type: string, fields: Json) => Promise<Sent | undefined>
  readonly tellMention: (message: Message, channel: Channel, tampering?: RequestTampering) => Promise<Sent | undefined>
}

/** The event of a change in a direct message, for apps that subscribe to `message.im`. */
const changeIn = (channel: Channel, eventTs: string, fields: Json): Json => ({
  hidden: true,
  channel: channel.id,
  channel_type: 'im',
  ts: eventTs,
  event_ts: eventTs,
  ...fields,
})

export const createEditDelivery = ({ context }: DeliverySetup, { event, tellMention }: Events) => {
  const { workspace, clock } = context

  /** Finds a message that the person wrote. People can change only their own messages. */
  const ownMessage = (id: string, where: string, ts: string) => {
    const user = personOf(id, context)
    const channel = channelFor(user, where, context)
    const message = workspace.message(channel.id, ts)
    if (message?.user !== user.id) throw new Error(`${user.displayName} did not write message ${ts}`)
    return { message, channel }
  }

  /** Who edited and when. The time has whole seconds, as in Slack. */
  const editedNow = (user: string) => ({ user, ts: `${Math.floor(clock.now() / 1000)}.000000` })

  /** Edits a message. If the text did not change, sends no event. */
  const edit = async ({ user, channel: where, ts, text }: Edit, tampering?: RequestTampering) => {
    const { message, channel } = ownMessage(user, where, ts)
    const encoded = encodeTyped(text, context, false)
    if (encoded.trim() === '') throw new Error('An edited message needs a text')
    if (encoded === message.text) return { message, sent: undefined }
    const edited = workspace.edit(message, { text: encoded, edited: editedNow(user) })
    const changed = { subtype: 'message_changed', message: edited, previous_message: message }
    const sent =
      channel.kind === 'im'
        ? await event('message', changeIn(channel, workspace.ts(), changed))
        : await tellMention(edited, channel, tampering)
    return { message: edited, sent }
  }

  /** Deletes a message. If it has replies, Slack's note replaces it, so that the thread remains. */
  const remove = async ({ user, channel: where, ts }: Omit<Edit, 'text'>): Promise<void> => {
    const { message, channel } = ownMessage(user, where, ts)
    if ((message.reply_count ?? 0) > 0)
      workspace.edit(message, { subtype: 'tombstone', user: SLACKBOT, text: 'This message was deleted.' })
    else workspace.remove(channel.id, ts)
    const deleted = { subtype: 'message_deleted', deleted_ts: ts, previous_message: message }
    if (channel.kind === 'im') await event('message', changeIn(channel, workspace.ts(), deleted))
  }

  return { edit, remove }
}
