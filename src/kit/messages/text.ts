// Text helpers for messages: numbers, names from AWS, tallies and codes.

import { cut } from './markup.ts'
import { textWidth } from './phone.ts'

/** A number as text, with thousands separators. */
export const countWords = (count: number): string => count.toLocaleString('en')

/**
 * A name from AWS, without the characters that Quarterdeck reads as markup. `most`: the maximum number of characters.
 */
export const plainName = (text: string, most = 120): string => cut(text.replace(/[*`\n]|<(?=20\d\d-)/g, ''), most)

/** A text from AWS or Slack, shown as code. Characters that would end the code are removed; stars are kept. */
export const codeText = (text: string, most = 120): string =>
  `\`${cut(text.replace(/[`\n]/g, ''), most) || 'unknown'}\``

/** The characters of a name in a line of a card. */
const SHORT_NAME = 28

/** A name from AWS, without markup, in its full length. */
export const wholeName = (text: string): string => plainName(text, text.length)

/** A name for one line of a card: without markup, its middle cut. */
export const shortName = (text: string, most = SHORT_NAME): string => cutMiddle(wholeName(text), most)

/** Counts equal names, the most frequent first: `FARGATE 3, FARGATE_SPOT 1`. */
export const tally = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([name, count]) => `${plainName(name) || 'unknown'} ${count}`)
    .join(', ')
}

/** A code from AWS as plain words: `ROLLBACK_FAILED` becomes `rollback failed`. */
export const humanCode = (code: string): string => plainName(code.toLowerCase().replaceAll('_', ' '))

/** Cuts a text in the middle, so that its beginning and its end stay. `most`: columns, of which a wide character takes two. */
export const cutMiddle = (text: string, most: number): string => {
  if (textWidth(text) <= most) return text
  const end = Math.floor((most - 1) / 2)
  const reversed = firstColumns([...text].toReversed(), end)
  return `${firstColumns([...text], most - 1 - end).join('')}…${reversed.toReversed().join('')}`
}

/** Cuts a text at its end. `most`: columns. */
export const cutEnd = (text: string, most: number): string =>
  textWidth(text) <= most ? text : `${firstColumns([...text], most - 1).join('')}…`

const firstColumns = (characters: readonly string[], most: number): readonly string[] => {
  let room = most
  const end = characters.findIndex(character => {
    room -= textWidth(character)
    return room < 0
  })
  return end < 0 ? characters : characters.slice(0, end)
}
