// Renders table blocks. The first row is the header.
import { jsonOf, listOf, textOf } from '../../slack/json.ts'
import type { Block, Json } from '../../slack/types.ts'
import type { App } from './app.ts'
import { h } from './dom.ts'
import { richText } from './rich-text.ts'

const content = (cell: Json, app: App): Node | string =>
  cell['type'] === 'rich_text' ? richText(cell, app) : textOf(cell['text'])

export const table = (block: Block, app: App): HTMLElement => {
  const settings = listOf(block['column_settings']).map(jsonOf)
  const classOf = (column: number) => {
    const { align, is_wrapped: wrapped } = settings[column] ?? {}
    return `align-${textOf(align) || 'left'}${wrapped === true ? ' wrapped' : ''}`
  }
  const row = (cells: unknown, tag: 'th' | 'td') =>
    h(
      'tr',
      {},
      ...listOf(cells).map((cell, column) =>
        h(tag, { class: classOf(column), scope: tag === 'th' ? 'col' : undefined }, content(jsonOf(cell), app)),
      ),
    )
  const [head, ...body] = listOf(block['rows'])
  return h(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' },
    h('table', {}, h('thead', {}, row(head, 'th')), h('tbody', {}, ...body.map(cells => row(cells, 'td')))),
  )
}
