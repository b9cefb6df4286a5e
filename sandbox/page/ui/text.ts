// Renders text objects: mrkdwn with mentions and dates, or unchanged plain text.
import { jsonOf, textOf } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import type { App } from './app.ts'
import { formatDate } from './dates.ts'
import { h } from './dom.ts'
import { emojiText, withEmoji } from './emoji.ts'
import { decode, type Inline, parseMrkdwn } from './mrkdwn.ts'

const SAFE_URL = /^(https?:|mailto:)/i

export const link = (url: string, ...children: readonly (Node | string)[]): HTMLElement =>
  SAFE_URL.test(url)
    ? h('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, ...children)
    : h('span', { class: 'dead-link', title: url }, ...children)

export const userMention = (id: string, { store }: App): HTMLElement =>
  h('span', { class: id === store.me ? 'mention mention-me' : 'mention' }, `@${store.nameOf(id)}`)

export const channelMention = (id: string, label: string, { store }: App): HTMLElement =>
  h('span', { class: 'mention' }, `#${store.channels.get(id)?.name || label || 'private-channel'}`)

export const groupMention = (id: string, label: string, { store }: App): HTMLElement => {
  const group = store.groups.get(id)
  const isMine = group?.users.includes(store.me)
  return h('span', { class: isMine ? 'mention mention-me' : 'mention' }, `@${group?.handle ?? label.replace(/^@/, '')}`)
}

const dateNode = (node: Extract<Inline, { kind: 'date' }>, { store }: App): HTMLElement => {
  const known = Number.isFinite(node.time)
  const shown = known ? formatDate(node.time, node.format, store.now()) : node.fallback
  const time = h(
    'time',
    known ? { datetime: new Date(node.time * 1000).toISOString(), title: node.fallback } : {},
    shown,
  )
  return node.url ? link(node.url, time) : time
}

const children = (nodes: readonly Inline[], app: App) => nodes.map(node => inlineNode(node, app))

const inlineNode = (node: Inline, app: App): Node | string => {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'break':
      return h('br')
    case 'bold':
      return h('strong', {}, ...children(node.children, app))
    case 'italic':
      return h('em', {}, ...children(node.children, app))
    case 'strike':
      return h('s', {}, ...children(node.children, app))
    case 'quote':
      return h('blockquote', {}, ...children(node.children, app))
    case 'code':
      return h('code', {}, ...children(node.children, app))
    case 'pre':
      return h('pre', { tabindex: 0 }, ...children(node.children, app))
    case 'link':
      return link(node.url, node.text)
    case 'user':
      return userMention(node.id, app)
    case 'channel':
      return channelMention(node.id, node.label, app)
    case 'group':
      return groupMention(node.id, node.label, app)
    case 'broadcast':
      return h('span', { class: 'mention mention-me' }, `@${node.range}`)
    case 'date':
      return dateNode(node, app)
    case 'emoji':
      return emojiText(node.name)
  }
}

export const mrkdwn = (text: string, app: App): readonly (Node | string)[] => children(parseMrkdwn(text), app)

export const plainText = (value: unknown): string => {
  const { text, emoji } = jsonOf(value)
  return emoji === false ? textOf(text) : withEmoji(textOf(text))
}

/** Renders a text object of either type. For plain text, CSS keeps the line breaks. */
export const textObject = (value: unknown, app: App): HTMLElement => {
  const object: Json = jsonOf(value)
  if (object['type'] === 'mrkdwn') return h('div', { class: 'text' }, ...mrkdwn(textOf(object['text']), app))
  return h('div', { class: 'text text-plain' }, plainText(object))
}

/** The text of mrkdwn without its markup, for screen readers. */
export const spoken = (text: string): string =>
  decode(
    text
      .replace(/<[^>|]*\|([^>]*)>/g, '$1')
      .replace(/<([^>]*)>/g, '$1')
      .replace(/[*_~`]/g, ''),
  )
