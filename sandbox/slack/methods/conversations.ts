// The methods conversations.*, and the methods for reactions, pins and bookmarks.
import {
  type Args,
  type Context,
  channelArg,
  flagArg,
  type Method,
  mustBeMember,
  mustBeOpen,
  refuse,
  requiredArg,
  textArg,
} from '../method.ts'
import { aChannel, BOT, TEAM } from '../seed.ts'
import type { Channel, Json, Message } from '../types.ts'

const NAME = /^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u

const asConversation = (channel: Channel): Json => ({
  id: channel.id,
  ...(channel.kind === 'im' ? { user: channel.members.find(member => member !== BOT.userId) } : { name: channel.name }),
  is_channel: channel.kind === 'public',
  is_group: channel.kind === 'private',
  is_im: channel.kind === 'im',
  is_mpim: channel.kind === 'mpim',
  is_private: channel.kind !== 'public',
  is_archived: channel.archived,
  is_general: false,
  is_shared: channel.shared,
  is_ext_shared: channel.shared,
  is_org_shared: false,
  is_pending_ext_shared: false,
  pending_shared: [],
  pending_connected_team_ids: [],
  is_member: channel.members.includes(BOT.userId),
  created: channel.created,
  creator: channel.creator,
  name_normalized: channel.name,
  context_team_id: TEAM.id,
  topic: { value: channel.topic, creator: channel.creator, last_set: channel.created },
  purpose: { value: channel.purpose, creator: channel.creator, last_set: channel.created },
  num_members: channel.members.length,
})

/** One page of a list. As in Slack, the cursor is opaque; on the last page it is empty. */
export const page = <T>(all: readonly T[], args: Args, { most = 1000, usual = 100 } = {}) => {
  const limit = Math.min(Number(textArg(args, 'limit')) || usual, most)
  const cursor = textArg(args, 'cursor')
  const start = cursor ? Number(atob(cursor)) : 0
  if (Number.isNaN(start)) refuse('invalid_cursor')
  const next = start + limit < all.length ? btoa(String(start + limit)) : ''
  return { items: all.slice(start, start + limit), response_metadata: { next_cursor: next } }
}

export const info: Method = (args, context) => ({ channel: asConversation(channelArg(args, context)) })

export const members: Method = (args, context) => {
  const { items, ...rest } = page(channelArg(args, context).members, args)
  return { members: items, ...rest }
}

const KINDS: { readonly [type: string]: Channel['kind'] } = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
}

const listed = (args: Args, { workspace }: Context, isVisible: (channel: Channel) => boolean): Json => {
  const kinds = (textArg(args, 'types') || 'public_channel').split(',').map(type => KINDS[type.trim()])
  const visible = [...workspace.channels.values()].filter(
    channel =>
      kinds.includes(channel.kind) && isVisible(channel) && !(flagArg(args, 'exclude_archived') && channel.archived),
  )
  const { items, ...rest } = page(visible, args)
  return { channels: items.map(asConversation), ...rest }
}

const isMember = ({ members }: Channel): boolean => members.includes(BOT.userId)

export const list: Method = (args, context) =>
  listed(args, context, channel => channel.kind === 'public' || isMember(channel))

/** users.conversations: the conversations of `user`; without `user`, those of the bot. */
export const ownList: Method = (args, context) => listed(args, context, isMember)

export const open: Method = (args, context) => {
  const { workspace } = context
  if (textArg(args, 'channel')) return { channel: asConversation(channelArg(args, context)) }
  const ids = requiredArg(args, 'users').split(',')
  const user = workspace.users.get(ids[0] ?? '')
  if (ids.length > 1) refuse('method_not_supported_for_channel_type')
  if (!user) return refuse('user_not_found')
  if (user.deleted) refuse('user_disabled')
  if (user.isBot) refuse('cannot_dm_bot')
  const channel = workspace.openDm(user.id)
  return { no_op: true, already_open: true, channel: { id: channel.id } }
}

const between = (messages: readonly Message[], args: Args): readonly Message[] => {
  const oldest = textArg(args, 'oldest')
  const latest = textArg(args, 'latest')
  const inclusive = flagArg(args, 'inclusive')
  return messages.filter(
    ({ ts }) =>
      (!oldest || (inclusive ? ts >= oldest : ts > oldest)) && (!latest || (inclusive ? ts <= latest : ts < latest)),
  )
}

export const history: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeMember(channel)
  const found = between(context.workspace.history(channel.id), args).toReversed()
  const { items, ...rest } = page(found, args)
  return {
    messages: items,
    has_more: rest.response_metadata.next_cursor !== '',
    pin_count: channel.pins.length,
    ...rest,
  }
}

export const replies: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeMember(channel)
  const message = context.workspace.message(channel.id, requiredArg(args, 'ts')) ?? refuse('thread_not_found')
  const found = between(context.workspace.thread(channel.id, message.thread_ts ?? message.ts), args)
  const { items, ...rest } = page(found, args)
  return { messages: items, has_more: rest.response_metadata.next_cursor !== '', ...rest }
}

export const create: Method = (args, { workspace, clock }) => {
  const name = requiredArg(args, 'name')
  if (!NAME.test(name)) refuse('invalid_name_specials')
  if ([...workspace.channels.values()].some(channel => channel.name === name)) refuse('name_taken')
  const channel = workspace.putChannel(
    aChannel({
      id: workspace.id('C'),
      name,
      kind: flagArg(args, 'is_private') ? 'private' : 'public',
      members: [BOT.userId],
      creator: BOT.userId,
      created: Math.floor(clock.now() / 1000),
    }),
  )
  return { channel: asConversation(channel) }
}

const change = (context: Context, channel: Channel, parts: Partial<Channel>): Channel =>
  context.workspace.putChannel({ ...channel, ...parts })

export const invite: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  const users = requiredArg(args, 'users')
    .split(',')
    .map(id => id.trim())
  if (users.length > MOST_INVITED) refuse('invalid_arguments')
  const errors = users.flatMap(user => {
    const error = whyNotInvited(user, channel, context)
    return error === undefined ? [] : [{ user, ok: false, error }]
  })
  const valid = users.filter(user => errors.every(one => one.user !== user))
  const [first] = errors
  if (first !== undefined && (!flagArg(args, 'force') || valid.length === 0)) refuse(first.error, { errors })
  const after = change(context, channel, { members: [...channel.members, ...valid] })
  return { channel: asConversation(after), ...(errors.length > 0 && { errors }) }
}

/** The maximum number of users in one call (reference of conversations.invite). */
const MOST_INVITED = 100

const whyNotInvited = (id: string, channel: Channel, { workspace }: Context): string | undefined => {
  const user = workspace.users.get(id)
  if (id === BOT.userId) return 'cant_invite_self'
  if (!user || user.deleted) return 'user_not_found'
  return channel.members.includes(id) ? 'already_in_channel' : undefined
}

export const join: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeOpen(channel)
  if (channel.kind !== 'public') refuse('method_not_supported_for_channel_type')
  if (channel.members.includes(BOT.userId)) return { channel: asConversation(channel), warning: 'already_in_channel' }
  return { channel: asConversation(change(context, channel, { members: [...channel.members, BOT.userId] })) }
}

export const setTopic: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  const topic = textArg(args, 'topic')
  if ([...topic].length > 250) refuse('too_long')
  return { channel: asConversation(change(context, channel, { topic })) }
}

export const archive: Method = (args, context) => {
  const channel = channelArg(args, context)
  if (channel.archived) refuse('already_archived')
  mustBeMember(channel)
  change(context, channel, { archived: true })
  return {}
}

export const addReaction: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeOpen(channel)
  const name = requiredArg(args, 'name').replaceAll(':', '')
  if (!/^[a-z0-9_+-]+$/.test(name)) refuse('invalid_name')
  const message = context.workspace.message(channel.id, requiredArg(args, 'timestamp')) ?? refuse('message_not_found')
  const others = (message.reactions ?? []).filter(reaction => reaction.name !== name)
  const known = message.reactions?.find(reaction => reaction.name === name)
  if (known?.users.includes(BOT.userId)) refuse('already_reacted')
  const users = [...(known?.users ?? []), BOT.userId]
  context.workspace.edit(message, { reactions: [...others, { name, users, count: users.length }] })
  return {}
}

export const addPin: Method = (args, context) => {
  const channel = channelArg(args, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  const ts = requiredArg(args, 'timestamp')
  if (!context.workspace.message(channel.id, ts)) refuse('message_not_found')
  if (channel.pins.includes(ts)) refuse('already_pinned')
  change(context, channel, { pins: [...channel.pins, ts] })
  return {}
}

export const addBookmark: Method = (args, context) => {
  const channel = channelArg({ channel: requiredArg(args, 'channel_id') }, context)
  mustBeOpen(channel)
  mustBeMember(channel)
  if (requiredArg(args, 'type') !== 'link') refuse('invalid_bookmark_type')
  const title = requiredArg(args, 'title')
  const link = requiredArg(args, 'link')
  if (!/^https?:\/\//.test(link)) refuse('invalid_link')
  const emoji = textArg(args, 'emoji')
  const bookmark = { id: context.workspace.id('Bk'), title, link, ...(emoji ? { emoji } : {}) }
  change(context, channel, { bookmarks: [...channel.bookmarks, bookmark] })
  return { bookmark: { ...bookmark, channel_id: channel.id, type: 'link', app_id: null } }
}
