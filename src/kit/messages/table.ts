// Slack's table block with plain text in all cells, numbers included: every client shows it.
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'

export type Column = {
  /** With the unit. */
  readonly head: string
  readonly align?: 'right'
  readonly isWrapped?: true
}

/** Slack refuses empty cells. */
export const orDash = (text: string): string => (text.trim() === '' ? '–' : text)

export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): Block => ({
  type: 'table',
  column_settings: columns.map(({ align = 'left', isWrapped = false }) => ({ align, is_wrapped: isWrapped })),
  rows: [columns.map(({ head }) => head), ...rows].map(cells => cells.map(cell)),
})

const cell = (text: string): JsonObject => ({ type: 'raw_text', text: orDash(text) })
