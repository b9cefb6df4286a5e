import { expect, test } from 'vitest'
import { checkMessageBlocks, checkSuggestions, checkView, textLength, withIds } from '../../../sandbox/slack/limits.ts'
import type { Json } from '../../../sandbox/slack/types.ts'

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) })
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) })
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const section = (more: Json = {}): Json => ({ type: 'section', text: mrkdwn(5), ...more })
const actions = (...elements: readonly Json[]): Json => ({ type: 'actions', elements })
const input = (element: Json, more: Json = {}): Json => ({ type: 'input', label: plain(5), element, ...more })
const aButton = (more: Json = {}): Json => ({ type: 'button', text: plain(5), ...more })
const anOption = (more: Json = {}): Json => ({ text: plain(5), value: 'v', ...more })
const aSelect = (more: Json = {}): Json => ({ type: 'static_select', options: [anOption()], ...more })
const aTable = (rows: number, columns: number, length = 1): Json => ({
  type: 'table',
  rows: many(rows, () => many(columns, () => ({ type: 'raw_text', text: 'x'.repeat(length) }))),
})
const rich = (...elements: readonly Json[]): Json => ({ type: 'rich_text', elements })
const confirm = (more: Json) => ({ title: plain(5), text: mrkdwn(5), confirm: plain(5), deny: plain(5), ...more })

const error = (text: string, at: string) => `[ERROR] ${text} [json-pointer:${at}]`

const broken: readonly [string, readonly Json[], string][] = [
  ['51 blocks', many(51, () => ({ type: 'divider' })), error('no more than 50 items allowed', '/blocks')],
  ['an unknown block', [{ type: 'dividor' }], error('unsupported type: dividor', '/blocks/0/type')],
  ['a block without a type', [{}], error('missing required field: type', '/blocks/0')],
  [
    'an alert outside of a modal',
    [{ type: 'alert', text: plain(5) }],
    error('unsupported type: alert', '/blocks/0/type'),
  ],
  [
    'a long section',
    [section({ text: mrkdwn(3001) })],
    error('must be less than 3001 characters', '/blocks/0/text/text'),
  ],
  ['an empty text', [section({ text: mrkdwn(0) })], error('must be more than 0 characters', '/blocks/0/text/text')],
  ['a section with nothing', [{ type: 'section' }], error('missing required field: text', '/blocks/0')],
  [
    '11 fields',
    [section({ fields: many(11, () => plain(5)) })],
    error('no more than 10 items allowed', '/blocks/0/fields'),
  ],
  [
    'a long field',
    [section({ fields: [plain(2001)] })],
    error('must be less than 2001 characters', '/blocks/0/fields/0/text'),
  ],
  [
    'emoji on mrkdwn',
    [section({ text: { ...mrkdwn(5), emoji: true } })],
    error('invalid additional property: emoji', '/blocks/0/text'),
  ],
  ['an unknown field', [section({ color: 'red' })], error('invalid additional property: color', '/blocks/0')],
  [
    'a long header',
    [{ type: 'header', text: plain(151) }],
    error('must be less than 151 characters', '/blocks/0/text/text'),
  ],
  [
    'mrkdwn in a header',
    [{ type: 'header', text: mrkdwn(5) }],
    error('unsupported type: mrkdwn', '/blocks/0/text/type'),
  ],
  [
    '11 context elements',
    [{ type: 'context', elements: many(11, () => mrkdwn(5)) }],
    error('no more than 10 items allowed', '/blocks/0/elements'),
  ],
  ['26 actions', [actions(...many(26, () => aButton()))], error('no more than 25 items allowed', '/blocks/0/elements')],
  ['no actions', [actions()], error('no fewer than 1 items allowed', '/blocks/0/elements')],
  [
    'an unknown element',
    [actions({ type: 'icon_button' })],
    error('unsupported type: icon_button', '/blocks/0/elements/0/type'),
  ],
  [
    'a text field among actions',
    [actions({ type: 'plain_text_input' })],
    error('unsupported type: plain_text_input', '/blocks/0/elements/0/type'),
  ],
  [
    'a long button',
    [actions(aButton({ text: plain(76) }))],
    error('must be less than 76 characters', '/blocks/0/elements/0/text/text'),
  ],
  [
    'a long value',
    [actions(aButton({ value: 'x'.repeat(2001) }))],
    error('must be less than 2001 characters', '/blocks/0/elements/0/value'),
  ],
  [
    'a long URL',
    [actions(aButton({ url: `https://${'x'.repeat(2993)}` }))],
    error('must be less than 3001 characters', '/blocks/0/elements/0/url'),
  ],
  [
    'an unknown style',
    [actions(aButton({ style: 'warning' }))],
    error('must be a valid enum value', '/blocks/0/elements/0/style'),
  ],
  [
    'a long action_id',
    [actions(aButton({ action_id: 'x'.repeat(256) }))],
    error('must be less than 256 characters', '/blocks/0/elements/0/action_id'),
  ],
  [
    'a long block_id',
    [{ type: 'divider', block_id: 'x'.repeat(256) }],
    error('must be less than 256 characters', '/blocks/0/block_id'),
  ],
  [
    'two blocks with one id',
    [section({ block_id: 'a' }), section({ block_id: 'a' })],
    error('`block_id` "a" already exists', '/blocks/1/block_id'),
  ],
  [
    'two buttons with one id',
    [actions(aButton({ action_id: 'a' }), aButton({ action_id: 'a' }))],
    error('`action_id` "a" already exists', '/blocks/0'),
  ],
  [
    'a long confirm title',
    [actions(aButton({ confirm: confirm({ title: plain(101) }) }))],
    error('must be less than 101 characters', '/blocks/0/elements/0/confirm/title/text'),
  ],
  [
    'a long confirm text',
    [actions(aButton({ confirm: confirm({ text: plain(301) }) }))],
    error('must be less than 301 characters', '/blocks/0/elements/0/confirm/text/text'),
  ],
  [
    'a long deny',
    [actions(aButton({ confirm: confirm({ deny: plain(31) }) }))],
    error('must be less than 31 characters', '/blocks/0/elements/0/confirm/deny/text'),
  ],
  [
    '101 options',
    [actions(aSelect({ options: many(101, () => anOption()) }))],
    error('no more than 100 items allowed', '/blocks/0/elements/0/options'),
  ],
  [
    'a long option',
    [actions(aSelect({ options: [anOption({ text: plain(76) })] }))],
    error('must be less than 76 characters', '/blocks/0/elements/0/options/0/text/text'),
  ],
  [
    'a long option value',
    [actions(aSelect({ options: [anOption({ value: 'x'.repeat(151) })] }))],
    error('must be less than 151 characters', '/blocks/0/elements/0/options/0/value'),
  ],
  [
    'an option without a value',
    [actions(aSelect({ options: [{ text: plain(5) }] }))],
    error('missing required field: value', '/blocks/0/elements/0/options/0'),
  ],
  [
    'a long description',
    [actions(aSelect({ options: [anOption({ description: plain(76) })] }))],
    error('must be less than 76 characters', '/blocks/0/elements/0/options/0/description/text'),
  ],
  [
    'options and groups',
    [actions(aSelect({ option_groups: [{ label: plain(5), options: [anOption()] }] }))],
    error('exactly one of options and option_groups is required', '/blocks/0/elements/0'),
  ],
  [
    'an initial option that is not offered',
    [actions(aSelect({ initial_option: anOption({ value: 'w' }) }))],
    error('initial option must match one of the options', '/blocks/0/elements/0'),
  ],
  [
    'a long placeholder',
    [actions(aSelect({ placeholder: plain(151) }))],
    error('must be less than 151 characters', '/blocks/0/elements/0/placeholder/text'),
  ],
  [
    '6 in an overflow menu',
    [actions({ type: 'overflow', options: many(6, () => anOption()) })],
    error('no more than 5 items allowed', '/blocks/0/elements/0/options'),
  ],
  [
    '11 checkboxes',
    [actions({ type: 'checkboxes', options: many(11, () => anOption()) })],
    error('no more than 10 items allowed', '/blocks/0/elements/0/options'),
  ],
  [
    'a date in words',
    [actions({ type: 'datepicker', initial_date: 'tomorrow' })],
    error('failed to match the expected format', '/blocks/0/elements/0/initial_date'),
  ],
  [
    'an image without a source',
    [{ type: 'image', alt_text: 'a' }],
    error('missing required field: image_url', '/blocks/0'),
  ],
  [
    'an image without an alt text',
    [{ type: 'image', image_url: 'https://a.example/a.png' }],
    error('missing required field: alt_text', '/blocks/0'),
  ],
  [
    'a long label',
    [input({ type: 'plain_text_input' }, { label: plain(2001) })],
    error('must be less than 2001 characters', '/blocks/0/label/text'),
  ],
  ['a button as an input', [input(aButton())], error('unsupported type: button', '/blocks/0/element/type')],
  [
    'a long initial text',
    [input({ type: 'plain_text_input', initial_value: 'x'.repeat(3001) })],
    error('must be less than 3001 characters', '/blocks/0/element/initial_value'),
  ],
  [
    'a number input that says nothing of decimals',
    [input({ type: 'number_input' })],
    error('missing required field: is_decimal_allowed', '/blocks/0/element'),
  ],
  [
    'a least above the most',
    [input({ type: 'number_input', is_decimal_allowed: false, min_value: '9', max_value: '3' })],
    error('min_value must not be greater than max_value', '/blocks/0/element'),
  ],
  [
    'an unknown rich text part',
    [rich({ type: 'rich_text_title' })],
    error('unsupported type: rich_text_title', '/blocks/0/elements/0/type'),
  ],
  ['101 rows', [aTable(101, 1)], error('no more than 100 items allowed', '/blocks/0/rows')],
  ['21 columns', [aTable(1, 21)], error('no more than 20 items allowed', '/blocks/0/rows/0')],
  [
    'a table of 10,001 characters',
    [aTable(73, 1, 137)],
    error('must be less than 10001 characters over all cells', '/blocks/0/rows'),
  ],
  ['two tables', [aTable(1, 1), aTable(1, 1)], error('only_one_table_allowed', '/blocks')],
  [
    'a long markdown block',
    [{ type: 'markdown', text: 'x'.repeat(12_001) }],
    error('must be less than 12001 characters', '/blocks/0/text'),
  ],
  [
    'two long markdown blocks',
    many(2, () => ({ type: 'markdown', text: 'x'.repeat(6001) })),
    error('must be less than 12001 characters over all markdown blocks', '/blocks'),
  ],
]

test.each(broken)('a message is refused for %s', (_, blocks, message) => {
  expect(checkMessageBlocks(blocks)).toEqual({ error: 'invalid_blocks', messages: [message] })
})

test('a message that is just within every limit is taken', () => {
  const blocks = [
    section({ text: mrkdwn(3000), accessory: aButton({ confirm: confirm({}) }) }),
    section({ fields: many(10, () => plain(100)) }),
    { type: 'header', text: plain(150) },
    {
      type: 'context',
      elements: [...many(9, () => mrkdwn(5)), { type: 'image', alt_text: 'a', slack_file: { id: 'F1' } }],
    },
    actions(
      aSelect({ initial_option: anOption() }),
      { type: 'users_select' },
      { type: 'external_select', min_query_length: 0 },
    ),
    rich({ type: 'rich_text_section', elements: [{ type: 'text', text: 'a', style: { bold: true } }] }),
    {
      type: 'table',
      column_settings: [null, { align: 'right' }],
      rows: [
        [
          { type: 'raw_text', text: 'a' },
          { type: 'raw_number', text: '1', value: 1 },
        ],
      ],
    },
    { type: 'markdown', text: 'x'.repeat(5000) },
    ...many(42, () => ({ type: 'divider' })),
  ]
  expect(checkMessageBlocks(blocks)).toBeUndefined()
})

test('characters are counted, not their halves', () => {
  expect(checkMessageBlocks([section({ text: { type: 'mrkdwn', text: '🚢'.repeat(3000) } })])).toBeUndefined()
  expect(textLength([section({ text: { type: 'mrkdwn', text: '🚢' } })])).toBe(1)
})

test('all blocks together may not be too long', () => {
  expect(checkMessageBlocks(many(5, () => section({ text: mrkdwn(2700) })))).toEqual({ error: 'msg_blocks_too_long' })
})

test('what is no list is no blocks', () => {
  expect(checkMessageBlocks({ type: 'section' })).toEqual({ error: 'invalid_blocks_format' })
})

const modal = (more: Json = {}): Json => ({ type: 'modal', title: plain(5), blocks: [section()], ...more })

const brokenViews: readonly [string, Json, string][] = [
  ['a long title', modal({ title: plain(25) }), error('must be less than 25 characters', '/view/title/text')],
  ['no title', { type: 'modal', blocks: [] }, error('missing required field: title', '/view')],
  ['a long submit', modal({ submit: plain(25) }), error('must be less than 25 characters', '/view/submit/text')],
  [
    'long metadata',
    modal({ private_metadata: 'x'.repeat(3001) }),
    error('must be less than 3001 characters', '/view/private_metadata'),
  ],
  [
    '101 blocks',
    modal({ blocks: many(101, () => ({ type: 'divider' })) }),
    error('no more than 100 items allowed', '/view/blocks'),
  ],
  [
    'an input but no submit',
    modal({ blocks: [input({ type: 'plain_text_input' })] }),
    error('missing required field: submit', '/view'),
  ],
  ['a table', modal({ blocks: [aTable(1, 1)] }), error('unsupported type: table', '/view/blocks/0/type')],
  ['a home for a modal', { type: 'home', blocks: [] }, error('missing required field: title', '/view')],
  [
    'two fields that want the focus',
    modal({ submit: plain(5), blocks: many(2, () => input({ type: 'plain_text_input', focus_on_load: true })) }),
    error('only one element may have focus_on_load', '/view/blocks'),
  ],
]

test.each(brokenViews)('a modal is refused for %s', (_, view, message) => {
  const refused = checkView(view, 'modal')
  expect(refused?.error).toBe('invalid_arguments')
  expect(refused?.messages).toContain(message)
})

test('a view of more than 250 KB is too large', () => {
  const text = '€'.repeat(3000)
  expect(checkView(modal({ blocks: many(30, () => section({ text: { type: 'mrkdwn', text } })) }), 'modal')).toEqual({
    error: 'view_too_large',
  })
})

test('a home has no title, and takes the blocks of a home only', () => {
  expect(checkView({ type: 'home', blocks: [section(), actions(aButton())] }, 'home')).toBeUndefined()
  expect(
    checkView({ type: 'home', title: plain(5), blocks: [{ type: 'markdown', text: 'a' }] }, 'home')?.messages,
  ).toEqual([
    error('unsupported type: markdown', '/view/blocks/0/type'),
    error('invalid additional property: title', '/view'),
  ])
})

test('no more than 100 options are suggested', () => {
  expect(checkSuggestions({ options: many(101, () => anOption()) })?.error).toBe('invalid_options')
  expect(checkSuggestions({ options: [] })).toBeUndefined()
  expect(checkSuggestions({ option_groups: [{ label: plain(5), options: [anOption()] }] })).toBeUndefined()
})

test('blocks and elements without an id get one', () => {
  const [block] = withIds([actions(aButton(), aButton())])
  const ids = [block?.block_id, ...JSON.stringify(block).matchAll(/"action_id":"(\w+)"/g)].map(String)
  expect(new Set(ids).size).toBe(3)
})
