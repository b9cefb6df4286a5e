// Draws a chart of horizontal bars: for each row a label, and below it one bar a series with its value.

import type { RowsPicture } from '../../model/picture.ts'
import { countWords } from '../messages/text.ts'
import { type Canvas, type Colour, createCanvas, fitted, lineHeight, widthOf } from './canvas.ts'
import { EDGE, INK, PAPER, QUIET, WIDTH } from './frame.ts'

const HEAD = 150
const FOOT = 56
const BAR = 28
const GAP = 6
const COLOURS: readonly [Colour, Colour] = [0x1264a3, 0xa9c3dd]

/** The height of a row: its label, two bars, and the space before the next row. */
const ROW = lineHeight() + 2 * (BAR + GAP) + 14

export const drawRows = ({ title, where, series, rows, note }: RowsPicture): Uint8Array => {
  const canvas = createCanvas(WIDTH, HEAD + rows.length * ROW + FOOT, PAPER)
  canvas.text(EDGE, 18, fitted(title, WIDTH - 2 * EDGE, 'large'), INK, 'large')
  canvas.text(EDGE, 60, fitted(where, WIDTH - 2 * EDGE), QUIET)
  drawLegend(canvas, series)
  const most = Math.max(1, ...rows.flatMap(({ values }) => values))
  const room = WIDTH - 2 * EDGE - 12 - widthOf(countWords(most))
  for (const [nth, row] of rows.entries()) drawRow(canvas, HEAD + nth * ROW, row, room / most)
  canvas.text(EDGE, canvas.height - lineHeight() - 12, fitted(note, WIDTH - 2 * EDGE), QUIET)
  return canvas.png()
}

const drawLegend = (canvas: Canvas, series: RowsPicture['series']): void => {
  let x = EDGE
  for (const [nth, name] of series.entries()) {
    canvas.rect(x, HEAD - 46, 18, 18, COLOURS[nth] ?? INK)
    canvas.text(x + 28, HEAD - 53, name, INK)
    x += 28 + widthOf(name) + 36
  }
}

/** Draws one row. `scale`: the number of pixels for a value of 1. A value of 0 has no bar. */
const drawRow = (canvas: Canvas, top: number, { label, values }: RowsPicture['rows'][number], scale: number): void => {
  canvas.text(EDGE, top, fitted(label, WIDTH - 2 * EDGE), INK)
  for (const [nth, value] of values.entries()) {
    const y = top + lineHeight() + 4 + nth * (BAR + GAP)
    const wide = Math.round(value * scale)
    canvas.rect(EDGE, y, wide, BAR, COLOURS[nth] ?? INK)
    canvas.text(
      EDGE + wide + (value === 0 ? 0 : 12),
      y + Math.round((BAR - lineHeight()) / 2),
      countWords(value),
      QUIET,
    )
  }
}
