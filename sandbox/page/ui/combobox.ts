// An external select: a text field with a list of options that the bot suggests.
import { jsonOf, textOf } from '../../slack/json.ts'
import type { Json } from '../../slack/types.ts'
import { h, on } from './dom.ts'
import type { Field, Suggest } from './field-types.ts'
import { type PopupList, popupList } from './popup-list.ts'
import { plainText } from './text.ts'

const PAUSE_MS = 120
const LEAST_CHARACTERS = 3

type Option = { readonly value: string; readonly label: string }

const asOption = (option: unknown): Option => ({
  value: textOf(jsonOf(option)['value']),
  label: plainText(jsonOf(option)['text']),
})

const keysOf = (list: PopupList, ask: () => void): { readonly [key: string]: () => boolean } => ({
  ArrowDown: () => {
    if (list.isOpen()) list.move(1)
    else ask()
    return true
  },
  ArrowUp: () => {
    list.move(-1)
    return list.isOpen()
  },
  Enter: () => list.isOpen() && list.take(),
  Escape: () => {
    const wasOpen = list.isOpen()
    list.hide()
    return wasOpen
  },
})

export const combobox = (element: Json, suggest: Suggest, label: string): Field => {
  const least = typeof element['min_query_length'] === 'number' ? element['min_query_length'] : LEAST_CHARACTERS
  const placeholder = plainText(element['placeholder']) || 'Type to search'
  const input = h('input', {
    class: 'input',
    type: 'text',
    autocomplete: 'off',
    'aria-label': label || undefined,
    placeholder,
  })
  const list = popupList(input, 'listbox', label || 'Options')
  const root = h('div', { class: 'combobox' }, input, list.element)
  const known = new Map<string, Option>()
  let chosen: Option | undefined
  let requests = 0
  let timer = 0

  const choose = (option: Option) => {
    chosen = option
    input.value = option.label
    list.hide()
    root.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const ask = async () => {
    const request = ++requests
    const options = (await suggest(chosen ? '' : input.value)).map(asOption)
    for (const option of options) known.set(option.value, option)
    if (request !== requests || document.activeElement !== input) return
    const nothing = { label: 'No results', run: () => list.hide() }
    list.show(
      options.length > 0 ? options.map(option => ({ label: option.label, run: () => choose(option) })) : [nothing],
    )
  }
  const later = () => {
    clearTimeout(timer)
    if (input.value.length >= least) timer = setTimeout(() => void ask(), PAUSE_MS)
    else list.hide()
  }
  const keys = keysOf(list, later)
  on(input, {
    input: () => {
      chosen = undefined
      later()
    },
    click: later,
    blur: () => {
      clearTimeout(timer)
      list.hide()
      input.value = chosen?.label ?? ''
    },
    // Only the choice of an option is a change. Typing in the search field is not.
    change: event => event.stopPropagation(),
    keydown: event => {
      if (!keys[event.key]?.()) return
      event.preventDefault()
      event.stopPropagation()
    },
  })
  const write = (value: unknown) => {
    const { initial_option: initial } = element
    if (initial) known.set(asOption(initial).value, asOption(initial))
    chosen = typeof value === 'string' ? (known.get(value) ?? { value, label: value }) : undefined
    input.value = chosen?.label ?? ''
  }
  return { element: root, control: input, read: () => chosen?.value ?? null, write }
}
