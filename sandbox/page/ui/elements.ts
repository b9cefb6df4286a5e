// Renders buttons, menus, selects and other interactive elements of blocks.
import { jsonOf, listOf, textOf } from '../../slack/json.ts'
import type { Block, Json } from '../../slack/types.ts'
import { confirmed } from './confirm.ts'
import { button, freshId, h, icon, on } from './dom.ts'
import type { Entered } from './field-types.ts'
import { enteredOf, fieldFor } from './fields.ts'
import { MORE } from './icons.ts'
import { menu } from './menu.ts'
import type { Surface } from './surface.ts'
import { plainText } from './text.ts'
import { unknown } from './unknown.ts'

type Place = { readonly block: Block; readonly element: Json; readonly surface: Surface }

const idsOf = ({ block, element }: Place) => ({
  blockId: block.block_id ?? '',
  actionId: textOf(element['action_id']),
})

/**
 * Performs the action of an element. If the element has a confirmation dialog, shows the dialog first. Returns whether the action
 * was performed.
 */
const perform = async (place: Place, value?: Entered): Promise<boolean> => {
  const { element, surface } = place
  if (!(await confirmed(element['confirm'], surface.app))) return false
  await surface.act({ ...idsOf(place), ...(value === undefined ? {} : { value }) })
  return true
}

const marks = (place: Place) => {
  const { actionId, blockId } = idsOf(place)
  return { 'data-action-id': actionId, 'data-block-id': blockId }
}

const actionButton = (place: Place): HTMLElement => {
  const { element } = place
  const style = textOf(element['style'])
  const attributes = {
    class: `button ${style}`.trim(),
    'aria-label': textOf(element['accessibility_label']) || undefined,
    ...marks(place),
  }
  const url = textOf(element['url'])
  const value = typeof element['value'] === 'string' ? element['value'] : undefined
  if (/^https?:/.test(url)) {
    const anchor = h(
      'a',
      { ...attributes, href: url, target: '_blank', rel: 'noreferrer noopener' },
      plainText(element['text']),
    )
    return on(anchor, { click: () => void perform(place, value) })
  }
  const control: HTMLButtonElement = button(
    attributes,
    async () => {
      if (control.getAttribute('aria-busy') === 'true') return
      control.setAttribute('aria-busy', 'true')
      await perform(place, value)
      control.removeAttribute('aria-busy')
    },
    plainText(element['text']),
  )
  return control
}

const overflow = (place: Place): HTMLElement => {
  const options = listOf(place.element['options']).map(jsonOf)
  const items = options.map(option => ({
    label: plainText(option['text']),
    run: () => void perform(place, textOf(option['value'])),
  }))
  return menu({ class: 'button icon-button', 'aria-label': 'More actions', ...marks(place) }, icon(MORE), items)
}

const image = (element: Json, surface: Surface, className: string): HTMLElement => {
  const alt = textOf(element['alt_text'])
  const file = textOf(jsonOf(element['slack_file'])['id'])
  // The page loads nothing from other hosts, so an image on another host is shown as a link.
  if (file) return h('img', { class: className, src: surface.app.fileUrl(file), alt })
  const url = textOf(element['image_url'])
  return h(
    'a',
    { class: `${className} far-image`, href: url, target: '_blank', rel: 'noreferrer noopener', title: alt },
    alt,
  )
}

const field = (place: Place): HTMLElement => {
  const { element, surface } = place
  const { blockId, actionId } = idsOf(place)
  const label = plainText(element['placeholder']) || actionId
  const field = fieldFor(element, surface.app, text => surface.suggest(blockId, actionId, text), label)
  if (!field) return unknown(`element ${textOf(element['type'])}`, element)
  field.write(enteredOf(surface.state[blockId]?.[actionId] ?? initialOf(element)))
  field.control.setAttribute('data-action-id', actionId)
  surface.register(blockId, actionId, field)
  let last = field.read()
  return on(h('div', { class: 'inline-field' }, field.element), {
    change: async () => {
      const value = field.read()
      if (await perform(place, value)) last = value
      else field.write(last)
    },
  })
}

const initialOf = (element: Json): Json => {
  const [initial] = Object.entries(element).filter(([name]) => name.startsWith('initial_'))
  return initial ? { value: initial[1] } : {}
}

export const interactive = (element: Json, block: Block, surface: Surface): HTMLElement => {
  const place = { block, element, surface }
  switch (element['type']) {
    case 'button':
      return actionButton(place)
    case 'overflow':
      return overflow(place)
    case 'image':
      return image(element, surface, 'thumbnail')
    default:
      return field(place)
  }
}

export const picture = image

/** Renders an input block: label, field, hint and error. Attributes connect these parts for screen readers. */
export const inputBlock = (block: Block, surface: Surface): HTMLElement => {
  const element = jsonOf(block['element'])
  const place = { block, element, surface }
  const { blockId, actionId } = idsOf(place)
  const field = fieldFor(element, surface.app, text => surface.suggest(blockId, actionId, text))
  if (!field) return unknown(`input ${textOf(element['type'])}`, block)
  const id = freshId('field')
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const { control } = field
  control.id = id
  control.setAttribute('data-action-id', actionId)
  control.setAttribute('aria-describedby', `${hintId} ${errorId}`)
  if (block['optional'] !== true) control.setAttribute('aria-required', 'true')
  if (element['focus_on_load'] === true) control.setAttribute('data-focus', '')
  field.write(enteredOf(surface.state[blockId]?.[actionId] ?? initialOf(element)))
  surface.register(blockId, actionId, field)
  if (block['dispatch_action'] === true) on(field.element, { change: () => void perform(place, field.read()) })
  const optional = block['optional'] === true && h('span', { class: 'muted' }, ' (optional)')
  const grouped = element['type'] === 'checkboxes' || element['type'] === 'radio_buttons'
  const label = grouped
    ? h('span', { class: 'label', id: `${id}-label` }, plainText(block['label']), optional)
    : h('label', { class: 'label', for: id }, plainText(block['label']), optional)
  if (grouped) control.setAttribute('aria-labelledby', `${id}-label`)
  return h(
    'div',
    { class: 'input-block', 'data-block-id': blockId },
    label,
    field.element,
    h('div', { id: hintId, class: 'hint' }, block['hint'] ? plainText(block['hint']) : null),
    h('div', { id: errorId, class: 'field-error' }),
  )
}
