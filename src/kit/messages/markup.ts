// Converts Quarterdeck's markup, *bold*, `code` and <time>, to Slack's rich text, in which a text cannot inject mentions
// or links.
import type { Json, JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'

const MARK = /\*([^*\n]+)\*|`([^`\n]+)`|<(20\d\d-\d\d-\d\dT\d\d:\d\dZ)>/g

/** The markup of a time, which Slack shows in the reader's time zone. `at`: ISO 8601. */
export const timeMark = (at: string): string => (isTime(at) ? `<${at.slice(0, 16)}Z>` : UNKNOWN_TIME)

/** The text for a missing or invalid time. AWS may omit a time, and Slack refuses a message with an invalid date. */
export const UNKNOWN_TIME = 'an unknown time'

const isTime = (at: string): boolean => !Number.isNaN(Date.parse(at))

/** Converts marked-up text to the elements of a rich text section. Leaves out empty texts, which Slack refuses. */
export const elements = (text: string): readonly JsonObject[] => {
  const found: JsonObject[] = []
  const filled = withNames(text)
  let at = 0
  for (const match of filled.matchAll(MARK)) {
    found.push(literal(filled.slice(at, match.index)))
    found.push(marked(match[0], match[1], match[2]))
    at = match.index + match[0].length
  }
  found.push(literal(filled.slice(at)))
  return found.filter(({ text }) => text !== '')
}

/** Replaces empty code marks with `unknown`. AWS may omit a name, and the marks would then be shown as text. */
const withNames = (text: string): string => text.replaceAll('``', 'unknown')

/**
 * Converts one match to an element. An invalid time such as `<2026-13-45T25:00Z>` stays text, because Slack would
 * refuse the message.
 */
const marked = (all: string, bold?: string, code?: string): JsonObject => {
  if (bold !== undefined) return { type: 'text', text: bold, style: { bold: true } }
  if (code !== undefined) return { type: 'text', text: code, style: { code: true } }
  const at = all.slice(1, -1)
  return isTime(at) ? date(at, '{date_short_pretty} {time}') : literal(all)
}

/** A text element whose text is shown as it is, without reading markup in it. */
export const literal = (text: string): JsonObject => ({ type: 'text', text })

/** A time, which Slack shows in the reader's time zone. `at`: ISO 8601. */
export const date = (at: string, format: string): JsonObject =>
  isTime(at)
    ? { type: 'date', timestamp: Math.floor(Date.parse(at) / 1000), format, fallback: utcText(at) }
    : literal(UNKNOWN_TIME)

const utcText = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`

export const section = (...parts: readonly (string | JsonObject)[]): JsonObject => ({
  type: 'rich_text_section',
  elements: parts.flatMap(part => (typeof part === 'string' ? elements(part) : [part])),
})

export const quote = (text: string): JsonObject => ({ type: 'rich_text_quote', elements: [literal(text)] })

export const list = (items: readonly (string | JsonObject)[]): JsonObject => ({
  type: 'rich_text_list',
  style: 'bullet',
  elements: items.map(item => section(item)),
})

export const preformatted = (text: string): JsonObject => ({
  type: 'rich_text_preformatted',
  elements: [literal(text)],
})

export const richText = (...parts: readonly JsonObject[]): Block => ({ type: 'rich_text', elements: parts })

/**
 * A context block: one small line of plain text, cut at 300 characters. Of markup, only times have a meaning: up to four
 * are shown in the reader's time zone.
 */
export const context = (text: string): Block => {
  const parts = text.split(TIME)
  const inUtc = parts.map((part, nth) => (nth % 2 === 0 ? part : utcText(part))).join('')
  const isWhole = inUtc.length <= 300 && parts.length <= 2 * MOST_TIMES + 1
  return {
    type: 'context',
    elements: isWhole
      ? parts.flatMap((part, nth) => (nth % 2 === 0 ? plainTexts(part) : [localTime(part)]))
      : plainTexts(cut(inUtc, 300)),
  }
}

const TIME = /<(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\dZ)>/
/** The maximum number of times in a context block. Times and the texts around them are at most nine elements; ten are allowed. */
const MOST_TIMES = 4

const plainTexts = (text: string): readonly Json[] =>
  text.trim() === '' ? [] : [{ type: 'plain_text', text, emoji: false }]

/** An element that holds nothing but the time: text of others in mrkdwn could format the line. */
const localTime = (at: string): Json => {
  const seconds = Math.floor(Date.parse(at) / 1000)
  if (Number.isNaN(seconds)) return { type: 'plain_text', text: `<${at}>`, emoji: false }
  return { type: 'mrkdwn', text: `<!date^${seconds}^{date_short_pretty} {time}|${utcText(at)}>`, verbatim: true }
}

/**
 * The longest prefix of the list that fits into `most` characters of JSON. Slack limits the total size of all blocks.
 */
export const firstThatFit = (parts: readonly JsonObject[], most = 10_000): readonly JsonObject[] => {
  let room = most
  const end = parts.findIndex(part => {
    room -= JSON.stringify(part).length
    return room < 0
  })
  return end < 0 ? parts : parts.slice(0, end)
}

/** Adds a context line at the end of a message. */
export const withNote = (message: Rendered, note: string): Rendered => ({
  ...message,
  blocks: [...message.blocks, context(note)],
})

export type Button = {
  readonly label: string
  readonly action: string
  readonly value: string
  readonly style?: 'primary' | 'danger'
  readonly confirm?: JsonObject
}

export const buttons = (blockId: string, list: readonly Button[]): Block => ({
  type: 'actions',
  block_id: blockId,
  elements: list.map(
    ({ label, action, value, style, confirm }): Json => ({
      type: 'button',
      action_id: action,
      text: { type: 'plain_text', text: cut(label, 75), emoji: false },
      value,
      ...(style !== undefined && { style }),
      ...(confirm !== undefined && { confirm }),
    }),
  ),
})

/** Adds a button at the end of the message's offers, or in a row of its own. */
export const withButton = (message: Rendered, button: Button): Rendered => {
  const { blocks } = message
  const at = blocks.findLastIndex(block => block['block_id'] === 'offers')
  const before = blocks[at]?.['elements']
  const { elements: added, ...row } = buttons('offers', [button])
  const elements = [...(Array.isArray(before) ? before : []), ...(Array.isArray(added) ? added : [])]
  const whole: Block = { ...row, elements }
  return { ...message, blocks: at < 0 ? [...blocks, whole] : blocks.with(at, whole) }
}

/** Cuts a text at `most` UTF-16 units, never inside a surrogate pair. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`

/** Removes Quarterdeck's markup characters from a text, for places that show plain text. */
export const withoutMarkup = (text: string): string =>
  withNames(text).replace(MARK, (_, bold?: string, code?: string, time = '') => bold ?? code ?? utcText(time))

/** The text for notifications and screen readers: without markup, and with Slack's control characters escaped. */
export const plain = (text: string): string =>
  withoutMarkup(text).replace(/[&<>]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
