// Checks messages, modals and App Homes against Slack's limits. A rejection has Slack's error code. Source: slack.md 2.2.
import {
  addProblem,
  all,
  byType,
  type Check,
  flag,
  lengthOf,
  list,
  oneOf,
  type Problems,
  shape,
  text,
  type,
} from './check.ts'
import {
  accessories,
  actionElements,
  anyText,
  ID,
  image,
  inputElements,
  optionGroup,
  plain,
  plainOption,
} from './elements.ts'
import { isJson, jsonOf, listOf, textOf } from './json.ts'
import { richText } from './rich-text.ts'
import type { Block, Json } from './types.ts'

/** A rejection: Slack's error code, and Slack's messages if Slack returns any. */
export type Rejection = { readonly error: string; readonly messages?: readonly string[] }

export const MOST = {
  messageBlocks: 50,
  viewBlocks: 100,
  text: 40_000,
  updateText: 4000,
  allBlocksText: 13_200,
  tableText: 10_000,
  markdownText: 12_000,
  attachments: 100,
  viewBytes: 250_000,
} as const

const block_id = { block_id: ID }

const sectionHasText: Check = (value, at, problems) => {
  const section = jsonOf(value)
  if (section['text'] === undefined && section['fields'] === undefined) {
    addProblem(problems, 'missing required field: text', at)
  }
}

const cell = byType({
  raw_text: shape({ type: type('raw_text'), text: text() }),
  raw_number: shape({ type: type('raw_number'), text: text(), value: aNumber }),
  rich_text: richText,
})

function aNumber(value: unknown, at: string, problems: Problems): void {
  if (typeof value !== 'number') addProblem(problems, 'must be a number', at)
}

const tableText: Check = (value, at, problems) => {
  if (textLength(jsonOf(value)['rows']) > MOST.tableText) {
    addProblem(problems, `must be less than ${MOST.tableText + 1} characters over all cells`, `${at}/rows`)
  }
}

const anywhere = {
  section: all(
    sectionHasText,
    shape(
      { type: type('section') },
      {
        ...block_id,
        text: anyText(3000),
        fields: list(anyText(2000), { min: 1, max: 10 }),
        accessory: accessories,
        expand: flag,
      },
    ),
  ),
  header: shape({ type: type('header'), text: plain(150) }, block_id),
  divider: shape({ type: type('divider') }, block_id),
  context: shape(
    {
      type: type('context'),
      elements: list(contextElement, { min: 1, max: 10 }),
    },
    block_id,
  ),
  actions: shape({ type: type('actions'), elements: list(actionElements, { min: 1, max: 25 }) }, block_id),
  image: image({ ...block_id, title: plain(2000) }),
  input: shape(
    { type: type('input'), label: plain(2000), element: inputElements },
    { ...block_id, hint: plain(2000), optional: flag, dispatch_action: flag },
  ),
  rich_text: richText,
}

function contextElement(value: unknown, at: string, problems: Problems): void {
  const element = jsonOf(value)
  if (element['type'] === 'image') image()(value, at, problems)
  else anyText(2000)(value, at, problems)
}

const table = all(
  tableText,
  shape(
    { type: type('table'), rows: list(list(cell, { min: 1, max: 20 }), { min: 1, max: 100 }) },
    {
      ...block_id,
      column_settings: list(nullable(shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag })), {
        max: 20,
      }),
    },
  ),
)

function nullable(check: Check): Check {
  return (value, at, problems) => {
    if (value !== null) check(value, at, problems)
  }
}

const markdown = shape({ type: type('markdown'), text: text({ max: MOST.markdownText }) }, block_id)
const alert = shape(
  { type: type('alert'), text: anyText(200) },
  { ...block_id, level: oneOf('default', 'info', 'warning', 'error', 'success') },
)

const messageBlocks = list(byType({ ...anywhere, table, markdown }), { max: MOST.messageBlocks })
const modalBlocks = list(byType({ ...anywhere, alert }), { max: MOST.viewBlocks })
const homeBlocks = list(byType(anywhere), { max: MOST.viewBlocks })

/** The number of characters in all visible texts of a tree of blocks: of each `text` whose value is a string. */
export const textLength = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0)
  if (!isJson(value)) return 0
  return Object.entries(value).reduce(
    (sum, [field, item]) => sum + (field === 'text' && typeof item === 'string' ? lengthOf(item) : textLength(item)),
    0,
  )
}

/** The interactive elements of a block. */
export const elementsOf = (block: Json): readonly Json[] =>
  [block['accessory'], block['element'], ...listOf(block['type'] === 'actions' ? block['elements'] : [])].filter(isJson)

const duplicates = (blocks: readonly unknown[], at: string, problems: Problems): void => {
  const blockIds = new Set<string>()
  blocks.forEach((value, index) => {
    const block = jsonOf(value)
    const id = textOf(block['block_id'])
    if (id && blockIds.has(id)) addProblem(problems, `\`block_id\` "${id}" already exists`, `${at}/${index}/block_id`)
    blockIds.add(id)
    const actionIds = new Set<string>()
    for (const element of elementsOf(block)) {
      const action = textOf(element['action_id'])
      if (action && actionIds.has(action)) {
        addProblem(problems, `\`action_id\` "${action}" already exists`, `${at}/${index}`)
      }
      actionIds.add(action)
    }
  })
}

const ofType = (blocks: readonly unknown[], name: string) => blocks.filter(block => jsonOf(block)['type'] === name)

const rejection = (error: string, problems: Problems): Rejection | undefined =>
  problems.length > 0 ? { error, messages: problems } : undefined

/** Checks the blocks of a message. Returns Slack's rejection; undefined if Slack accepts the blocks. */
export const checkMessageBlocks = (value: unknown): Rejection | undefined => {
  if (!Array.isArray(value)) return { error: 'invalid_blocks_format' }
  const problems: Problems = []
  messageBlocks(value, '/blocks', problems)
  duplicates(value, '/blocks', problems)
  if (ofType(value, 'table').length > 1) addProblem(problems, 'only_one_table_allowed', '/blocks')
  const prose = ofType(value, 'markdown').reduce<number>((sum, block) => sum + textLength(block), 0)
  if (problems.length === 0 && prose > MOST.markdownText) {
    addProblem(problems, `must be less than ${MOST.markdownText + 1} characters over all markdown blocks`, '/blocks')
  }
  if (problems.length === 0 && textLength(value) > MOST.allBlocksText) return { error: 'msg_blocks_too_long' }
  return rejection('invalid_blocks', problems)
}

const shared = {
  private_metadata: text({ min: 0, max: 3000 }),
  callback_id: text({ min: 0, max: 255 }),
  external_id: text({ min: 0, max: 255 }),
}

const modal = shape(
  { type: type('modal'), title: plain(24), blocks: modalBlocks },
  {
    ...shared,
    submit: plain(24),
    close: plain(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
)
const home = shape({ type: type('home'), blocks: homeBlocks }, shared)

const focus = (blocks: readonly unknown[], problems: Problems): void => {
  const focused = blocks
    .flatMap(block => elementsOf(jsonOf(block)))
    .filter(element => element['focus_on_load'] === true)
  if (focused.length > 1) addProblem(problems, 'only one element may have focus_on_load', '/view/blocks')
}

/** Checks a view for a surface. Returns Slack's rejection; undefined if Slack accepts the view. */
export const checkView = (value: unknown, surface: 'modal' | 'home'): Rejection | undefined => {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') > MOST.viewBytes) return { error: 'view_too_large' }
  const problems: Problems = []
  const check = surface === 'modal' ? modal : home
  check(value, '/view', problems)
  const view = jsonOf(value)
  const blocks = listOf(view['blocks'])
  duplicates(blocks, '/view/blocks', problems)
  focus(blocks, problems)
  if (surface === 'modal' && view['submit'] === undefined && ofType(blocks, 'input').length > 0) {
    addProblem(problems, 'missing required field: submit', '/view')
  }
  return rejection('invalid_arguments', problems)
}

/** Checks an answer to a block_suggestion. Returns Slack's rejection; undefined if Slack accepts the answer. */
export const checkSuggestions = (value: unknown): Rejection | undefined => {
  const problems: Problems = []
  const answer = jsonOf(value)
  if (answer['option_groups'] === undefined) list(plainOption, { max: 100 })(answer['options'], '/options', problems)
  else list(optionGroup, { max: 100 })(answer['option_groups'], '/option_groups', problems)
  return rejection('invalid_options', problems)
}

let assigned = 0
const fresh = () => (++assigned).toString(36).padStart(5, 'q')

const withActionId = (value: unknown): unknown =>
  isJson(value) && value['type'] !== 'image' ? { action_id: fresh(), ...value } : value

/** Adds ids to blocks and elements that have none, as Slack does. */
export const withIds = (blocks: readonly unknown[]): readonly Block[] =>
  blocks.filter(isJson).map(block => ({
    ...block,
    type: textOf(block['type']),
    block_id: textOf(block['block_id']) || fresh(),
    ...(block['accessory'] ? { accessory: withActionId(block['accessory']) } : {}),
    ...(block['element'] ? { element: withActionId(block['element']) } : {}),
    ...(block['type'] === 'actions' ? { elements: listOf(block['elements']).map(withActionId) } : {}),
  }))
