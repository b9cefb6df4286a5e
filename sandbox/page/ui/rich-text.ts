// Renders rich_text blocks, in messages and in table cells.
import { jsonOf, listOf, textOf } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import type { App } from './app.ts'
import { formatDate } from './dates.ts'
import { h } from './dom.ts'
import { emojiText } from './emoji.ts'
import { channelMention, groupMention, link, userMention } from './text.ts'

const STYLES = [
  ['code', 'code'],
  ['strike', 's'],
  ['italic', 'em'],
  ['bold', 'strong'],
  ['underline', 'u'],
] as const

const styled = (content: Node | string, style: Json): Node | string =>
  STYLES.reduce<Node | string>((inner, [name, tag]) => (style[name] === true ? h(tag, {}, inner) : inner), content)

const inline = (element: Json, app: App): Node | string => {
  switch (element['type']) {
    case 'text':
      return textOf(element['text'])
    case 'link':
      return link(textOf(element['url']), textOf(element['text']) || textOf(element['url']))
    case 'emoji':
      return emojiText(textOf(element['name']))
    case 'user':
      return userMention(textOf(element['user_id']), app)
    case 'usergroup':
      return groupMention(textOf(element['usergroup_id']), '', app)
    case 'channel':
      return channelMention(textOf(element['channel_id']), '', app)
    case 'broadcast':
      return h('span', { class: 'mention mention-me' }, `@${textOf(element['range'])}`)
    case 'date':
      return formatDate(Number(element['timestamp']), textOf(element['format']), app.store.now())
    default:
      return textOf(element['value'])
  }
}

const inlines = (value: unknown, app: App) =>
  listOf(value)
    .map(jsonOf)
    .map(element => styled(inline(element, app), jsonOf(element['style'])))

const list = (part: Json, app: App): HTMLElement => {
  const items = listOf(part['elements']).map(item => h('li', {}, ...inlines(jsonOf(item)['elements'], app)))
  const indent = Math.min(Number(part['indent'] ?? 0), 8)
  return h(part['style'] === 'ordered' ? 'ol' : 'ul', { class: `rich-list indent-${indent}` }, ...items)
}

const piece = (part: Json, app: App): HTMLElement => {
  const content = () => inlines(part['elements'], app)
  switch (part['type']) {
    case 'rich_text_list':
      return list(part, app)
    case 'rich_text_quote':
      return h('blockquote', {}, ...content())
    case 'rich_text_preformatted':
      return h('pre', { tabindex: 0 }, ...content())
    default:
      return h('div', { class: 'text text-plain' }, ...content())
  }
}

export const richText = (block: Json, app: App): HTMLElement =>
  h('div', { class: 'rich-text' }, ...listOf(block['elements']).map(part => piece(jsonOf(part), app)))
