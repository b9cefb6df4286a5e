// Reads and builds the values of Block Kit's input fields, in Slack's format.
import { jsonOf, listOf, textOf } from './json.ts'
import { elementsOf } from './limits.ts'
import type { Block, Json, Values } from './types.ts'

/** The value to set in a field: a text, an option's value, an id, a date, or a list of them; null to clear the field. */
export type Given = string | readonly string[] | null

const LISTS: { readonly [type: string]: string } = {
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_users_select: 'selected_users',
}
const SINGLES: { readonly [type: string]: string } = {
  plain_text_input: 'value',
  number_input: 'value',
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  users_select: 'selected_user',
  channels_select: 'selected_channel',
  conversations_select: 'selected_conversation',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
}
const INITIAL: { readonly [type: string]: string } = {
  plain_text_input: 'initial_value',
  number_input: 'initial_value',
  static_select: 'initial_option',
  external_select: 'initial_option',
  radio_buttons: 'initial_option',
  checkboxes: 'initial_options',
  multi_static_select: 'initial_options',
  users_select: 'initial_user',
  multi_users_select: 'initial_users',
  channels_select: 'initial_channel',
  conversations_select: 'initial_conversation',
  datepicker: 'initial_date',
  timepicker: 'initial_time',
}

/** The payload field with the value of an element of this type; undefined for buttons and overflow menus, which have none. */
export const valueField = (type: string): string | undefined => LISTS[type] ?? SINGLES[type]

const isStateful = (element: Json) => valueField(textOf(element['type'])) !== undefined

const initialValue = (element: Json): Json => {
  const type = textOf(element['type'])
  const initial = element[INITIAL[type] ?? '']
  return { type, [valueField(type) ?? 'value']: initial ?? (LISTS[type] ? [] : null) }
}

const mapFields = (blocks: readonly Block[], value: (block: Block, element: Json) => Json): Values => {
  const fields = blocks.map(
    block =>
      [
        block.block_id ?? '',
        Object.fromEntries(
          elementsOf(block)
            .filter(isStateful)
            .map(element => [textOf(element['action_id']), value(block, element)]),
        ),
      ] as const,
  )
  return Object.fromEntries(fields.filter(([, actions]) => Object.keys(actions).length > 0))
}

export const initialValues = (blocks: readonly Block[]): Values =>
  mapFields(blocks, (_, element) => initialValue(element))

const optionsIn = (element: Json): readonly Json[] =>
  [
    ...listOf(element['options']),
    ...listOf(element['option_groups']).flatMap(group => listOf(jsonOf(group)['options'])),
  ].map(jsonOf)

/** Finds the option with this value. `offered`: the options that the app returned for an external select. */
export const findOption = (element: Json, value: string, offered: readonly Json[]): Json => {
  const options = [
    ...optionsIn(element),
    ...offered,
    ...listOf(element['initial_options']).map(jsonOf),
    jsonOf(element['initial_option']),
  ]
  const option = options.find(option => option['value'] === value)
  if (!option) throw new Error(`${textOf(element['action_id'])} has no option ${value}`)
  return option
}

/** Returns the state of one field after a person has set its value. */
export const givenValue = (element: Json, given: Given, offered: readonly Json[] = []): Json => {
  const type = textOf(element['type'])
  const field = valueField(type) ?? 'value'
  const wrap = (one: string) => (field.startsWith('selected_option') ? findOption(element, one, offered) : one)
  if (LISTS[type]) {
    const many = given === null ? [] : typeof given === 'string' ? [given] : given
    return { type, [field]: many.map(wrap) }
  }
  const one = typeof given === 'string' ? given : (given?.[0] ?? '')
  return { type, [field]: one === '' ? null : wrap(one) }
}

export type GivenValues = { readonly [blockId: string]: { readonly [actionId: string]: Given } }

export const applyValues = (
  blocks: readonly Block[],
  before: Values,
  given: GivenValues,
  offered: (actionId: string) => readonly Json[],
): Values =>
  mapFields(blocks, (block, element) => {
    const blockId = block.block_id ?? ''
    const actionId = textOf(element['action_id'])
    const value = given[blockId]?.[actionId]
    if (value !== undefined) return givenValue(element, value, offered(actionId))
    return before[blockId]?.[actionId] ?? initialValue(element)
  })

const isEmpty = (value: unknown) =>
  value === null || value === undefined || value === '' || (listOf(value).length === 0 && Array.isArray(value))

const numberProblem = (element: Json, text: string): string | undefined => {
  const number = Number(text)
  const { min_value: low, max_value: high } = element
  if (text.trim() === '' || Number.isNaN(number)) return 'Please enter a number.'
  if (element['is_decimal_allowed'] !== true && !Number.isInteger(number)) return 'Please enter a whole number.'
  if (low !== undefined && number < Number(low)) return `Please enter a number of at least ${Number(low)}.`
  if (high !== undefined && number > Number(high)) return `Please enter a number of at most ${Number(high)}.`
  return undefined
}

const lengthProblem = (element: Json, text: string): string | undefined => {
  const { min_length: low, max_length: high } = element
  const length = [...text].length
  if (typeof low === 'number' && length < low) return `Please enter at least ${low} characters.`
  const most = typeof high === 'number' ? high : 3000
  return length > most ? `Please enter at most ${most} characters.` : undefined
}

const inputProblem = (block: Block, value: Json): string | undefined => {
  const element = jsonOf(block['element'])
  const type = textOf(element['type'])
  const content = value[valueField(type) ?? 'value']
  if (isEmpty(content)) return block['optional'] === true ? undefined : 'Please complete this required field.'
  if (type === 'number_input') return numberProblem(element, textOf(content))
  if (type === 'plain_text_input') return lengthProblem(element, textOf(content))
  return undefined
}

/** The errors that Slack's client shows before it sends a modal to the app. */
export const clientErrors = (blocks: readonly Block[], values: Values): { readonly [blockId: string]: string } => {
  const inputs = blocks.filter(block => block.type === 'input')
  const problems = inputs.map(block => {
    const id = block.block_id ?? ''
    const value = values[id]?.[textOf(jsonOf(block['element'])['action_id'])] ?? {}
    return [id, inputProblem(block, value)] as const
  })
  return Object.fromEntries(problems.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
}
