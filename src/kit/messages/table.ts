// Renders Slack's table block. All cells are plain text, numbers too, because every client shows that.
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'

export type Column = {
  /** The column header, with the unit. */
  readonly head: string
  readonly align?: 'right'
  readonly isWrapped?: true
}

/** The text of a cell, or a dash for an empty text, because Slack refuses empty cells. */
export const orDash = (text: string): string => (text.trim() === '' ? '–' : text)

export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): Block => ({
  type: 'table',
  column_settings: columns.map(({ align = 'left', isWrapped = false }) => ({ align, is_wrapped: isWrapped })),
  rows: [columns.map(({ head }) => head), ...rows].map(cells => cells.map(cell)),
})

const cell = (text: string): JsonObject => ({ type: 'raw_text', text: orDash(text) })
