// The methods chat.*, with which the bot posts, updates and deletes its messages.
import { lengthOf } from '../check.ts'
import { isJson, listOf } from '../json.ts'
import { checkMessageBlocks, MOST, withIds } from '../limits.ts'
import {
  type Args,
  type Context,
  channelArg,
  flagArg,
  jsonArg,
  type Method,
  mustBeMember,
  mustBeOpen,
  refuse,
  refuseIf,
  requiredArg,
  textArg,
} from '../method.ts'
import { BOT } from '../seed.ts'
import type { Channel, Content, Json, Message } from '../types.ts'

/** Checks and returns the content of a message. Also used for response URLs and for answers to slash commands. */
export const contentOf = (
  args: Args,
  { mostText = MOST.text, mayBeEmpty = false }: { mostText?: number; mayBeEmpty?: boolean } = {},
): Content => {
  const text = textArg(args, 'text')
  const given = jsonArg(args, 'blocks', 'invalid_blocks_format')
  const attachments = jsonArg(args, 'attachments', 'invalid_attachments')
  const metadata = jsonArg(args, 'metadata', 'invalid_metadata_format')
  if (given !== undefined) refuseIf(checkMessageBlocks(given))
  const blocks = withIds(listOf(given))
  if (listOf(attachments).length > MOST.attachments) refuse('too_many_attachments')
  if (text === '' && blocks.length === 0 && listOf(attachments).length === 0 && !mayBeEmpty) refuse('no_text')
  if (mostText < MOST.text && lengthOf(text) > mostText) refuse('msg_too_long')
  return {
    text: [...text].slice(0, MOST.text).join(''),
    ...(given !== undefined ? { blocks } : {}),
    ...(attachments !== undefined ? { attachments: listOf(attachments).filter(isJson) } : {}),
    ...(isJson(metadata) ? { metadata } : {}),
  }
}

/**
 * The conversation of a new message. Only chat.postMessage also accepts the id of a person; the conversation is then the bot's
 * direct message with this person.
 */
const conversation = (args: Args, context: Context): Channel => {
  const id = requiredArg(args, 'channel')
  const { workspace } = context
  if (workspace.users.has(id)) {
    const user = workspace.users.get(id)
    if (user?.deleted || user?.isBot) refuse('channel_not_found')
    return workspace.openDm(id)
  }
  const named = [...workspace.channels.values()].find(channel => `#${channel.name}` === id && channel.kind === 'public')
  return channelArg({ channel: named?.id ?? id }, context)
}

const threadOf = (args: Args, channel: Channel, { workspace }: Context): string | undefined => {
  const ts = textArg(args, 'thread_ts')
  if (!ts) return undefined
  const parent = workspace.message(channel.id, ts) ?? refuse('thread_not_found')
  return parent.thread_ts ?? parent.ts
}

const answer = (message: Message): Json => ({ channel: message.channel, ts: message.ts, message })

export const postMessage: Method = (args, context) => {
  const channel = conversation(args, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  const threadTs = threadOf(args, channel, context)
  const content = contentOf(args)
  // With reply_broadcast, a reply is also shown in the channel (reference of chat.postMessage).
  const shown = threadTs && flagArg(args, 'reply_broadcast') ? { ...content, subtype: 'thread_broadcast' } : content
  return answer(context.workspace.post({ channel: channel.id, user: BOT.userId, threadTs }, shown))
}

export const update: Method = (args, context) => {
  const channel = channelArg(args, context)
  const message = context.workspace.message(channel.id, requiredArg(args, 'ts')) ?? refuse('message_not_found')
  if (message.user !== BOT.userId) refuse('cant_update_message')
  // The error is `is_inactive`, because the reference of chat.update does not list `is_archived`.
  if (channel.archived) refuse('is_inactive')
  const age = context.clock.now() - Number(message.ts) * 1_000
  if (age > context.workspace.editWindowMs) refuse('edit_window_closed')
  // Parts that the call omits are kept: a call with only a text keeps the blocks, and only an empty list removes blocks.
  const keeps = { mayBeEmpty: args['metadata'] !== undefined || (message.blocks ?? []).length > 0 }
  const content = contentOf(args, { mostText: MOST.updateText, ...keeps })
  const text = args['text'] === undefined && args['blocks'] === undefined ? message.text : content.text
  const edited = { user: BOT.userId, ts: context.workspace.ts() }
  const changed = context.workspace.edit(message, { ...content, text, edited })
  return { channel: channel.id, ts: changed.ts, text: changed.text, message: changed }
}

export const remove: Method = (args, context) => {
  const channel = channelArg(args, context)
  const message = context.workspace.message(channel.id, requiredArg(args, 'ts')) ?? refuse('message_not_found')
  if (message.user !== BOT.userId) refuse('cant_delete_message')
  context.workspace.remove(channel.id, message.ts)
  return { channel: channel.id, ts: message.ts }
}

export const postEphemeral: Method = (args, context) => {
  const channel = channelArg(args, context)
  const { workspace } = context
  const user = workspace.users.get(requiredArg(args, 'user')) ?? refuse('user_not_found')
  mustBeOpen(channel)
  mustBeMember(channel)
  if (!channel.members.includes(user.id)) refuse('user_not_in_channel')
  const threadTs = threadOf(args, channel, context)
  const content = contentOf(args)
  if (flagArg(args, 'files')) refuse('invalid_arguments')
  const message = workspace.postEphemeral(user.id, { channel: channel.id, user: BOT.userId, threadTs }, content)
  return { message_ts: message.ts }
}

export const getPermalink: Method = (args, context) => {
  const channel = channelArg(args, context)
  const message = context.workspace.message(channel.id, requiredArg(args, 'message_ts')) ?? refuse('message_not_found')
  const thread = message.thread_ts && message.thread_ts !== message.ts
  const query = thread ? `?thread_ts=${message.thread_ts}&cid=${channel.id}` : ''
  return {
    channel: channel.id,
    permalink: `https://quarterdeck.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}${query}`,
  }
}
