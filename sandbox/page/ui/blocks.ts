// Renders Block Kit blocks as elements.
import { jsonOf, listOf, textOf } from '../../slack/json.ts'
import type { Block } from '../../slack/types.ts'
import { h } from './dom.ts'
import { inputBlock, interactive, picture } from './elements.ts'
import { markdown } from './markdown.ts'
import { richText } from './rich-text.ts'
import type { Surface } from './surface.ts'
import { table } from './table.ts'
import { plainText, textObject } from './text.ts'
import { unknown } from './unknown.ts'

type Render = (block: Block, surface: Surface) => HTMLElement

const section: Render = (block, surface) => {
  const fields = listOf(block['fields'])
  return h(
    'div',
    { class: 'section' },
    h(
      'div',
      { class: 'section-body' },
      block['text'] ? textObject(block['text'], surface.app) : null,
      fields.length > 0 && h('div', { class: 'fields' }, ...fields.map(field => textObject(field, surface.app))),
    ),
    block['accessory']
      ? h('div', { class: 'accessory' }, interactive(jsonOf(block['accessory']), block, surface))
      : null,
  )
}

const context: Render = (block, surface) =>
  h(
    'div',
    { class: 'context' },
    ...listOf(block['elements']).map(value => {
      const element = jsonOf(value)
      return element['type'] === 'image' ? picture(element, surface, 'context-image') : textObject(element, surface.app)
    }),
  )

const image: Render = (block, surface) =>
  h(
    'figure',
    { class: 'image-block' },
    block['title'] ? h('figcaption', {}, plainText(block['title'])) : null,
    picture(block, surface, 'image'),
  )

const actions: Render = (block, surface) =>
  h(
    'div',
    { class: 'actions' },
    ...listOf(block['elements']).map(element => interactive(jsonOf(element), block, surface)),
  )

const alert: Render = (block, surface) =>
  h(
    'div',
    { class: `alert alert-${textOf(block['level']) || 'default'}`, role: 'note' },
    textObject(block['text'], surface.app),
  )

const RENDERS: { readonly [type: string]: Render } = {
  section,
  context,
  image,
  actions,
  alert,
  input: inputBlock,
  header: block => h('h3', { class: 'header-block' }, plainText(block['text'])),
  divider: () => h('hr'),
  rich_text: (block, { app }) => richText(block, app),
  table: (block, { app }) => table(block, app),
  markdown: block => markdown(textOf(block['text'])),
}

export const renderBlocks = (blocks: readonly Block[], surface: Surface): HTMLElement =>
  h('div', { class: 'blocks' }, ...blocks.map(block => (RENDERS[block.type] ?? unknownBlock)(block, surface)))

const unknownBlock: Render = block => unknown(`block ${block.type}`, block)
