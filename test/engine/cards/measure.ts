// The model of Slack on a phone that asking cards are measured by: a text column of 306 px, which holds 40 characters,
// lines of 22 px and one row of buttons. It counts lines for itself, without the product's code.
import type { Block } from '../../../src/model/ports/message.ts'

const CHARACTERS = 40
export const MOST_LINES = 14
/** Slack folds longer rich text behind "See more". */
export const MOST_BLOCK_CHARACTERS = 500

type Part = Readonly<Record<string, unknown>>
const partsOf = (value: unknown): readonly Part[] => (Array.isArray(value) ? (value as Part[]) : [])

/** What Slack fills in is as wide as a usual name or time. */
const SHOWN: Readonly<Record<string, string>> = {
  user: '@somebodys-name',
  usergroup: '@oncall-some-team',
  channel: '#some-channel',
  date: 'Tomorrow 12:00 PM',
}
const textOf = (part: Part): string => SHOWN[String(part['type'])] ?? String(part['text'] ?? '')

const isWide = (character: string): boolean =>
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/u.test(character)
const isCombining = (character: string): boolean => /\p{M}|\p{Cf}/u.test(character)
const widthOf = (text: string): number =>
  [...text].reduce((sum, one) => sum + (isCombining(one) ? 0 : isWide(one) ? 2 : 1), 0)

const lines = (text: string, room: number): number => {
  let count = 0
  for (const paragraph of text.split('\n')) {
    let used = room + 1
    for (const word of paragraph.split(' ')) {
      const width = widthOf(word)
      if (used + 1 + width <= room) used += 1 + width
      else {
        const rows = Math.max(1, Math.ceil(width / room))
        count += rows
        used = width - (rows - 1) * room
      }
    }
  }
  return count
}

const linesOfRichText = (part: Part): number => {
  const type = part['type']
  if (type === 'rich_text_list')
    return partsOf(part['elements']).reduce((sum, item) => sum + lines(joined(item), CHARACTERS - 2), 0)
  return lines(joined(part), type === 'rich_text_section' ? CHARACTERS : CHARACTERS - 2)
}
const joined = (part: Part): string => partsOf(part['elements']).map(textOf).join('')

/** The number of lines of all text blocks, the number of button rows, and the characters of the longest text block. */
export const measure = (blocks: readonly Block[]) => {
  const texts = blocks.filter(({ type }) => type === 'rich_text')
  return {
    lines: texts.flatMap(block => partsOf(block['elements'])).reduce((sum, part) => sum + linesOfRichText(part), 0),
    rows: blocks.filter(({ type }) => type === 'actions').length,
    others: blocks.filter(({ type }) => type !== 'rich_text' && type !== 'actions').map(({ type }) => type),
    longest: Math.max(
      0,
      ...texts.map(block =>
        partsOf(block['elements'])
          .map(charactersOf)
          .reduce((a, b) => a + b, 0),
      ),
    ),
  }
}

const charactersOf = (part: Part): number =>
  part['type'] === 'rich_text_list'
    ? partsOf(part['elements']).reduce((sum, item) => sum + joined(item).length, 0)
    : joined(part).length

/** What is wrong with a card that asks, one text each. */
export const faultsOf = (blocks: readonly Block[]): readonly string[] => {
  const { lines: count, rows, others, longest } = measure(blocks)
  return [
    ...(count > MOST_LINES ? [`${count} lines of at most ${MOST_LINES}`] : []),
    ...(rows === 1 ? [] : [`${rows} rows of buttons`]),
    ...others.map(type => `a block of the type ${type}`),
    ...(longest >= MOST_BLOCK_CHARACTERS ? [`a block of ${longest} characters`] : []),
  ]
}

/** Whether a message asks for a decision: it has the buttons of a vote. */
export const isAskingCard = (blocks: readonly Block[]): boolean =>
  blocks.some(({ type, block_id: id }) => type === 'actions' && String(id).startsWith('decide:'))
