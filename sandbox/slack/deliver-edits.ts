// A person edits or deletes a message of their own. An edited text that mentions the bot is sent as `app_mention` again,
// with the same `ts`, a new event id and `edited` (seen in slack-go/slack pull request 1256). A deletion is not sent.
import { channelFor, type DeliverySetup, encodeTyped, personOf } from './delivery.ts'
import { SLACKBOT } from './seed.ts'
import type { RequestTampering, Sent } from './send.ts'
import type { Channel, Json, Message } from './types.ts'

export type Edit = { readonly user: string; readonly channel: string; readonly ts: string; readonly text: string }

type Events = {
  readonly event: (type: string, fields: Json) => Promise<Sent | undefined>
  readonly tellMention: (message: Message, channel: Channel, tampering?: RequestTampering) => Promise<Sent | undefined>
}

/** In a direct message, for apps that subscribe to `message.im`. */
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

  /** People change only what they wrote themselves. */
  const ownMessage = (id: string, where: string, ts: string) => {
    const user = personOf(id, context)
    const channel = channelFor(user, where, context)
    const message = workspace.message(channel.id, ts)
    if (message?.user !== user.id) throw new Error(`${user.displayName} did not write message ${ts}`)
    return { message, channel }
  }

  /** Whole seconds, as in Slack. */
  const editedNow = (user: string) => ({ user, ts: `${Math.floor(clock.now() / 1000)}.000000` })

  /** Sends nothing when the text is the same. */
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

  /** The first message of a thread leaves Slack's note, so that its replies stay. */
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
