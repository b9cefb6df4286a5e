// Slack's limits, and the check that every message passes before it is sent.
import { isRecord } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'

/**
 * Slack's limits, from its documentation of Block Kit and chat.postMessage. `total` and `shown` are observed, not
 * documented.
 */
export const LIMITS = {
  text: 4_000,
  blocks: 50,
  homeBlocks: 100,
  total: 12_000,
  shown: 13_000,
  sectionText: 3_000,
  fields: 10,
  fieldText: 2_000,
  header: 150,
  contextElements: 10,
  actions: 25,
  buttonText: 75,
  buttonValue: 2_000,
  id: 255,
  tableRows: 100,
  tableColumns: 20,
  tableText: 10_000,
} as const

type Surface = 'message' | 'home'

/** The limits that a message violates, one text each. `spare`: the number of characters to leave unused. */
export const misfits = ({ text, blocks }: Rendered, surface: Surface = 'message', spare = 0): readonly string[] => [
  ...over('text', text.length, LIMITS.text),
  ...(text.trim() === '' ? ['text is empty: the notification would be empty'] : []),
  ...over('blocks', blocks.length, surface === 'home' ? LIMITS.homeBlocks : LIMITS.blocks),
  ...(surface === 'home' ? [] : over('all blocks together', JSON.stringify(blocks).length, LIMITS.total * 2 - spare)),
  ...(surface === 'home' ? [] : over('text of all blocks', shownLength(blocks), LIMITS.shown - spare)),
  ...(blocks.filter(({ type }) => type === 'table').length > 1 ? ['has more than one table'] : []),
  ...blocks.flatMap((block, at) => blockMisfits(block).map(misfit => `blocks[${at}] ${misfit}`)),
]

const over = (what: string, size: number, most: number): readonly string[] =>
  size > most ? [`${what}: ${size} of at most ${most}`] : []

const blockMisfits = (block: Block): readonly string[] => {
  switch (block.type) {
    case 'section':
      return [
        ...over('text', textLength(block['text']), LIMITS.sectionText),
        ...over('fields', length(block['fields']), LIMITS.fields),
      ]
    case 'header':
      return over('text', textLength(block['text']), LIMITS.header)
    case 'context':
      return [
        ...over('elements', length(block['elements']), LIMITS.contextElements),
        ...(length(block['elements']) === 0 ? ['has no elements'] : []),
      ]
    case 'actions':
      return [
        ...over('elements', length(block['elements']), LIMITS.actions),
        ...list(block['elements']).flatMap(buttonMisfits),
      ]
    case 'table':
      return [
        ...over('rows', length(block['rows']), LIMITS.tableRows),
        ...over('columns', Math.max(0, ...list(block['rows']).map(length)), LIMITS.tableColumns),
        ...over('text of all cells', shownLength(block['rows']), LIMITS.tableText),
      ]
    case 'rich_text':
      return emptyTexts(block['elements']) ? ['has an empty text'] : []
    default:
      return []
  }
}

const buttonMisfits = (button: unknown): readonly string[] => {
  if (!isRecord(button)) return ['a button is not an object']
  return [
    ...over('button text', textLength(button['text']), LIMITS.buttonText),
    ...over('button value', String(button['value'] ?? '').length, LIMITS.buttonValue),
    ...over('action_id', String(button['action_id'] ?? '').length, LIMITS.id),
  ]
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const length = (value: unknown): number => list(value).length
const textLength = (value: unknown): number =>
  isRecord(value) && typeof value['text'] === 'string' ? value['text'].length : 0

/** The number of characters in all `text` values, at any depth. */
const shownLength = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + shownLength(one), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : shownLength(one)),
    0,
  )
}

const emptyTexts = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(emptyTexts)
  if (!isRecord(value)) return false
  return (value['type'] === 'text' && value['text'] === '') || emptyTexts(value['elements'])
}

/** Throws a RangeError that lists the violated limits. */
export const assertFits = (message: Rendered, surface: Surface = 'message'): void => {
  const found = misfits(message, surface)
  if (found.length > 0) throw new RangeError(`Slack would reject this message: ${found.join('; ')}`)
}
