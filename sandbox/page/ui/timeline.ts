// Renders a list of messages, with day separators. Consecutive messages of one sender form a group.
import type { Message } from '../../slack/types.ts'
import type { App } from './app.ts'
import { dayName, dayOf, tsToMs } from './dates.ts'
import { h, keyed } from './dom.ts'
import { renderMessage } from './message.ts'

const TOGETHER_MS = 5 * 60_000

type Row =
  | { readonly kind: 'day'; readonly at: number }
  | { readonly kind: 'message'; readonly message: Message; readonly compact: boolean }

const isCompact = (message: Message, before: Message | undefined): boolean =>
  before !== undefined &&
  before.user === message.user &&
  !message.is_ephemeral &&
  !before.is_ephemeral &&
  tsToMs(message.ts) - tsToMs(before.ts) < TOGETHER_MS &&
  dayOf(tsToMs(message.ts)) === dayOf(tsToMs(before.ts)) &&
  // A message with blocks is never grouped with another message.
  !message.blocks?.length &&
  !before.blocks?.length

const rowsOf = (messages: readonly Message[], days: boolean): readonly Row[] =>
  messages.flatMap((message, index): readonly Row[] => {
    const before = messages[index - 1]
    const at = dayOf(tsToMs(message.ts))
    const row: Row = { kind: 'message', message, compact: isCompact(message, before) }
    const isNewDay = days && (!before || dayOf(tsToMs(before.ts)) !== at)
    return isNewDay ? [{ kind: 'day', at }, row] : [row]
  })

const versions = new WeakMap<Message, [string, string]>()

/** The version of a row. Two versions are equal if the content of the message is equal, even if the objects are not the same. */
const versionOf = (row: Row): unknown => {
  if (row.kind === 'day') return row.at
  const known = versions.get(row.message) ?? [JSON.stringify([row.message, true]), JSON.stringify([row.message, false])]
  versions.set(row.message, known)
  return known[row.compact ? 0 : 1]
}

const NEAR_END_PX = 80
const isAtEnd = (list: Element) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX

const following = new WeakSet<Element>()

/** Scrolls a list to its end when its size changes or an image loads, unless the person has scrolled up. */
const follow = (list: HTMLElement): void => {
  if (following.has(list)) return
  following.add(list)
  let atEnd = true
  list.addEventListener('scroll', () => {
    atEnd = isAtEnd(list)
  })
  const stay = () => {
    if (atEnd) list.scrollTop = list.scrollHeight
  }
  new ResizeObserver(stay).observe(list)
  list.addEventListener('load', stay, true)
}

/** Shows these messages in `list`. If the list was scrolled to its end, it is scrolled to the new end. */
export const showMessages = (list: HTMLElement, messages: readonly Message[], inThread: boolean, app: App): void => {
  follow(list)
  const stays = list.dataset['fresh'] !== 'true' && !isAtEnd(list)
  keyed(list, rowsOf(messages, !inThread), {
    key: row => (row.kind === 'day' ? `day ${row.at}` : row.message.ts),
    version: versionOf,
    render: row =>
      row.kind === 'day'
        ? h('div', { class: 'day', role: 'separator' }, h('span', {}, dayName(row.at, app.store.now())))
        : renderMessage(row.message, { compact: row.compact, inThread }, app),
  })
  list.dataset['fresh'] = 'false'
  if (!stays) list.scrollTop = list.scrollHeight
}
