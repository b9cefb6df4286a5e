// Renders one message: sender, time, content, files, reactions and thread.
import { jsonOf, textOf } from '../../slack/json.ts'
import type { Block, Json, Message, Reaction, SlackFile } from '../../slack/types.ts'
import type { App } from './app.ts'
import { avatar } from './avatar.ts'
import { renderBlocks } from './blocks.ts'
import { clockTime, dayName, tsToMs } from './dates.ts'
import { button, h, icon } from './dom.ts'
import { ownMessageItems } from './edit-message.ts'
import { emojiText } from './emoji.ts'
import { EYE, FILE, MORE, THREAD } from './icons.ts'
import { menu } from './menu.ts'
import { plainSurface } from './surface.ts'
import { mrkdwn } from './text.ts'

export type MessageOptions = { readonly compact: boolean; readonly inThread: boolean }

const file = (one: SlackFile, app: App): HTMLElement => {
  const url = app.fileUrl(one.id)
  const name = h('a', { href: url, target: '_blank', rel: 'noreferrer' }, one.title || one.name)
  if (one.mimetype.startsWith('image/')) {
    const alt = one.alt_txt ?? one.title
    return h(
      'figure',
      { class: 'file-image' },
      h('figcaption', { class: 'muted' }, name),
      h('img', { src: url, alt, loading: 'lazy' }),
    )
  }
  const kilobytes = one.size < 1024 ? `${one.size} B` : `${Math.round(one.size / 102.4) / 10} kB`
  return h(
    'div',
    { class: 'file' },
    h(
      'div',
      { class: 'file-head' },
      icon(FILE, 'icon file-icon'),
      h(
        'div',
        {},
        h('div', { class: 'file-name' }, name),
        h('div', { class: 'muted small' }, `${one.filetype} · ${kilobytes}`),
      ),
    ),
    one.preview ? h('pre', { class: 'file-preview', tabindex: 0 }, one.preview) : null,
  )
}

const attachment = (value: Json, message: Message, app: App): HTMLElement => {
  const blocks = Array.isArray(value['blocks']) ? (value['blocks'] as readonly Block[]) : []
  const surface = plainSurface(app, { channel: message.channel, ts: message.ts })
  const text = textOf(value['text']) || textOf(value['fallback'])
  return h(
    'div',
    { class: 'attachment' },
    blocks.length > 0 ? renderBlocks(blocks, surface) : h('div', { class: 'text' }, ...mrkdwn(text, app)),
  )
}

const content = (message: Message, app: App): readonly (HTMLElement | null)[] => {
  const { blocks = [], text, files = [], attachments = [] } = message
  const surface = plainSurface(app, { channel: message.channel, ts: message.ts })
  return [
    blocks.length > 0 ? renderBlocks(blocks, surface) : null,
    blocks.length === 0 && text ? h('div', { class: 'text' }, ...mrkdwn(text, app)) : null,
    ...attachments.map(one => attachment(jsonOf(one), message, app)),
    ...files.map(one => file(one, app)),
  ]
}

const reaction = ({ name, count, users }: Reaction, { store }: App): HTMLElement =>
  h(
    'span',
    { class: 'reaction', title: users.map(user => store.nameOf(user)).join(', ') },
    `${emojiText(name)} ${count}`,
  )

const replies = (message: Message, app: App): HTMLElement | null => {
  const { reply_count: count = 0, reply_users: users = [], latest_reply: latest } = message
  if (count === 0) return null
  return button(
    { class: 'replies' },
    () => app.go({ channel: message.channel, tab: 'messages', thread: message.ts }),
    ...users.slice(0, 4).map(user => avatar(user, app, 'tiny')),
    h('strong', {}, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    latest ? h('span', { class: 'muted small' }, `Last reply at ${clockTime(tsToMs(latest))}`) : null,
  )
}

const toolbar = (message: Message, options: MessageOptions, app: App): HTMLElement | null => {
  if (message.is_ephemeral || message.subtype === 'tombstone') return null
  const { channel, ts } = message
  const reply = button(
    { class: 'tool', 'aria-label': 'Reply in thread', title: 'Reply in thread' },
    () => app.go({ channel, tab: 'messages', thread: message.thread_ts ?? ts }),
    icon(THREAD),
  )
  const shortcuts = (app.store.snapshot?.shortcuts ?? []).map(({ name, callbackId }) => ({
    label: name,
    run: () => void app.act('/ui/shortcut', { channel, ts, callbackId }),
  }))
  const items = [...shortcuts, ...ownMessageItems(message, app)]
  if (options.inThread && items.length === 0) return null
  return h(
    'div',
    { class: 'toolbar' },
    options.inThread ? null : reply,
    items.length > 0 && menu({ class: 'tool', 'aria-label': 'More message actions' }, icon(MORE), items),
  )
}

const heading = (message: Message, app: App): HTMLElement => {
  const user = app.store.users.get(message.user)
  const when = tsToMs(message.ts)
  return h(
    'div',
    { class: 'message-head' },
    h('strong', { class: 'sender' }, app.store.nameOf(message.user)),
    user?.isBot ? h('span', { class: 'app-tag' }, 'APP') : null,
    user && user.teamId !== app.store.snapshot?.team.id ? h('span', { class: 'app-tag' }, 'EXTERNAL') : null,
    h('time', { class: 'muted small', datetime: new Date(when).toISOString() }, clockTime(when)),
  )
}

/** Renders a message as an article with a label. If the message changes after a click in it, the focus stays in the message. */
export const renderMessage = (message: Message, options: MessageOptions, app: App): HTMLElement => {
  const { reactions = [] } = message
  const when = tsToMs(message.ts)
  const label = `${app.store.nameOf(message.user)}, ${dayName(when, app.store.now())} at ${clockTime(when)}`
  return h(
    'article',
    {
      class: `message${options.compact ? ' compact' : ''}${message.is_ephemeral ? ' ephemeral' : ''}`,
      'aria-label': label,
      tabindex: -1,
      'data-ts': message.ts,
    },
    options.compact
      ? h('span', { class: 'compact-time muted', 'aria-hidden': 'true' }, clockTime(when).replace(/ [AP]M/, ''))
      : avatar(message.user, app),
    h(
      'div',
      { class: 'message-body' },
      message.is_ephemeral ? h('div', { class: 'only-you' }, icon(EYE), 'Only visible to you') : null,
      options.compact ? null : heading(message, app),
      ...content(message, app),
      message.edited && message.blocks === undefined ? h('span', { class: 'muted small' }, ' (edited)') : null,
      reactions.length > 0 && h('div', { class: 'reactions' }, ...reactions.map(one => reaction(one, app))),
      options.inThread ? null : replies(message, app),
    ),
    toolbar(message, options, app),
  )
}
