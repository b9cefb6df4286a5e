// Form controls for Block Kit's input elements. They are native elements, which work with keyboards and screen readers.
import { jsonOf, listOf, textOf } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import type { App } from './app.ts'
import { combobox } from './combobox.ts'
import { h } from './dom.ts'
import type { Entered, Field, Suggest } from './field-types.ts'
import { plainText, textObject } from './text.ts'

const optionLabel = (option: Json) => plainText(option['text'])

const optionNode = (value: unknown): HTMLOptionElement => {
  const option = jsonOf(value)
  return h('option', { value: textOf(option['value']) }, optionLabel(option))
}

const groupsOf = (element: Json): readonly HTMLElement[] => [
  ...listOf(element['options']).map(optionNode),
  ...listOf(element['option_groups']).map(group =>
    h('optgroup', { label: plainText(jsonOf(group)['label']) }, ...listOf(jsonOf(group)['options']).map(optionNode)),
  ),
]

const nativeSelect = (element: Json, options: readonly HTMLElement[], multiple: boolean, label: string): Field => {
  const prompt = h('option', { value: '' }, plainText(element['placeholder']) || 'Choose…')
  const select = h(
    'select',
    { class: 'input', multiple, 'aria-label': label || undefined },
    ...(multiple ? [] : [prompt]),
    ...options,
  )
  return {
    element: select,
    control: select,
    read: () => (multiple ? [...select.selectedOptions].map(option => option.value) : select.value || null),
    write: value => {
      const values = value === null ? [''] : typeof value === 'string' ? [value] : value
      for (const option of select.options) option.selected = values.includes(option.value)
    },
  }
}

const people = ({ store }: App) => store.people().map(user => h('option', { value: user.id }, user.displayName))

const channels = ({ store }: App) =>
  store
    .myChannels()
    .filter(channel => channel.kind !== 'im')
    .map(channel => h('option', { value: channel.id }, `#${channel.name}`))

const typed = (
  element: Json,
  type: string,
  attributes: Record<string, string | number | boolean | undefined> = {},
): Field => {
  const placeholder = plainText(element['placeholder']) || undefined
  const input = h('input', { class: 'input', type, placeholder, autocomplete: 'off', ...attributes })
  return {
    element: input,
    control: input,
    read: () => input.value || null,
    write: value => {
      input.value = typeof value === 'string' ? value : ''
    },
  }
}

const multiline = (element: Json): Field => {
  const area = h('textarea', { class: 'input', rows: 4, placeholder: plainText(element['placeholder']) || undefined })
  return {
    element: area,
    control: area,
    read: () => area.value || null,
    write: value => {
      area.value = typeof value === 'string' ? value : ''
    },
  }
}

const choices = (element: Json, type: 'checkbox' | 'radio', app: App): Field => {
  const name = `choice-${crypto.randomUUID()}`
  const rows = listOf(element['options']).map(value => {
    const option = jsonOf(value)
    const input = h('input', { type, name, value: textOf(option['value']) })
    const about = option['description'] ? textObject(option['description'], app) : undefined
    about?.classList.add('muted')
    return { input, row: h('label', { class: 'choice' }, input, h('span', {}, textObject(option['text'], app), about)) }
  })
  const group = h(
    'div',
    { class: 'choices', role: type === 'radio' ? 'radiogroup' : 'group' },
    ...rows.map(({ row }) => row),
  )
  return {
    element: group,
    control: group,
    read: () => {
      const checked = rows.filter(({ input }) => input.checked).map(({ input }) => input.value)
      return type === 'radio' ? (checked[0] ?? null) : checked
    },
    write: value => {
      const values = value === null ? [] : typeof value === 'string' ? [value] : value
      for (const { input } of rows) input.checked = values.includes(input.value)
    },
  }
}

const numeric = (element: Json): Field =>
  typed(element, 'text', { inputmode: element['is_decimal_allowed'] === true ? 'decimal' : 'numeric' })

/**
 * Creates the field for an input element; undefined for elements of other types. `label`: the accessible name of a field that has
 * no visible label.
 */
export const fieldFor = (element: Json, app: App, suggest: Suggest, label = ''): Field | undefined => {
  switch (element['type']) {
    case 'plain_text_input':
      return element['multiline'] === true ? multiline(element) : typed(element, 'text')
    case 'number_input':
      return numeric(element)
    case 'datepicker':
      return typed(element, 'date', { 'aria-label': label || undefined })
    case 'timepicker':
      return typed(element, 'time', { 'aria-label': label || undefined })
    case 'static_select':
      return nativeSelect(element, groupsOf(element), false, label)
    case 'multi_static_select':
      return nativeSelect(element, groupsOf(element), true, label)
    case 'users_select':
      return nativeSelect(element, people(app), false, label)
    case 'multi_users_select':
      return nativeSelect(element, people(app), true, label)
    case 'channels_select':
    case 'conversations_select':
      return nativeSelect(element, channels(app), false, label)
    case 'external_select':
      return combobox(element, suggest, label)
    case 'checkboxes':
      return choices(element, 'checkbox', app)
    case 'radio_buttons':
      return choices(element, 'radio', app)
    default:
      return undefined
  }
}

const valuesIn = (state: Json): readonly unknown[] =>
  Object.entries(state)
    .filter(([name]) => name !== 'type')
    .map(([, value]) => value)

/** Converts the state of a field, in the format that the server stores, to the field's value. */
export const enteredOf = (state: unknown): Entered => {
  const [value] = valuesIn(jsonOf(state))
  if (Array.isArray(value)) return value.map(one => (typeof one === 'string' ? one : textOf(jsonOf(one)['value'])))
  if (typeof value === 'string') return value
  return textOf(jsonOf(value)['value']) || null
}
