// How many lines a text takes in Slack on a phone, and texts cut to a number of lines. The model: a text column of
// 306 px with 40 characters a line; wide characters count two.

import type { JsonObject } from '../../model/json.ts'

export const LINE_CHARACTERS = 40

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const NO_WIDTH = /\p{M}|\p{Cf}/u

const characterWidth = (character: string): number => (NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1)

export const textWidth = (text: string): number => [...text].reduce((sum, one) => sum + characterWidth(one), 0)

/** The number of lines of a text. Words longer than a line are broken. `perLine`: characters a line. */
export const linesOfText = (text: string, perLine = LINE_CHARACTERS): number =>
  text.split('\n').reduce((sum, line) => sum + linesOfParagraph(line, perLine), 0)

const linesOfParagraph = (text: string, perLine: number): number => {
  let lines = 1
  let used = 0
  for (const word of text.split(' ')) {
    const width = textWidth(word)
    const needed = used === 0 ? width : used + 1 + width
    if (needed <= perLine) {
      used = needed
      continue
    }
    if (used > 0) lines += 1
    lines += Math.max(0, Math.ceil(width / perLine) - 1)
    used = width === 0 ? 0 : ((width - 1) % perLine) + 1
  }
  return lines
}

/** The assumed widths, in characters, of elements that Slack fills in: names of people and groups, channels, times. */
const FILLED_IN = { user: 16, usergroup: 18, channel: 18, date: 20 } as const

const isFilledIn = (type: unknown): type is keyof typeof FILLED_IN => Object.hasOwn(FILLED_IN, String(type))

/** The text of an element of a rich text section; a placeholder of the same width for what Slack fills in. */
const shownText = ({ type, text }: JsonObject): string =>
  isFilledIn(type) ? 'x'.repeat(FILLED_IN[type]) : typeof text === 'string' ? text : ''

export const linesOfElements = (parts: readonly JsonObject[], perLine?: number): number =>
  linesOfText(parts.map(shownText).join(''), perLine)

/** Cuts elements to at most `most` lines. An element that Slack fills in, such as a name, is never cut but left out. */
export const fitElements = (parts: readonly JsonObject[], most: number, perLine?: number): readonly JsonObject[] => {
  if (linesOfElements(parts, perLine) <= most) return parts
  const total = parts.map(shownText).join('').length
  let [low, high] = [0, total]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (linesOfElements(firstCharacters(parts, middle), perLine) <= most) low = middle
    else high = middle - 1
  }
  return firstCharacters(parts, low)
}

/** The first `most` UTF-16 units and an ellipsis, never with half of a surrogate pair. */
const firstCharacters = (parts: readonly JsonObject[], most: number): readonly JsonObject[] => {
  const kept: JsonObject[] = []
  let room = most
  for (const part of parts) {
    const text = shownText(part)
    if (text.length <= room) kept.push(part)
    else if (!isFilledIn(part['type']) && room > 0)
      kept.push({ ...part, text: text.slice(0, room).replace(/[\ud800-\udbff]$/, '') })
    room -= text.length
    if (room <= 0) break
  }
  return [...kept, { type: 'text', text: '…' }]
}
