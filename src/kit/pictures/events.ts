// Draws a chart of log volume over time. Each bar covers one or more minutes; its lower part shows the errors.

import type { Bar, BarsPicture } from '../../model/picture.ts'
import { countWords } from '../messages/text.ts'
import { type Canvas, type Colour, createCanvas, fitted, lineHeight, widthOf } from './canvas.ts'
import { EDGE, GRID, INK, PAPER, QUIET, WIDTH } from './frame.ts'

const HEAD = 150
const PLOT = 220
const FOOT = 56
const GAP = 3

const ENTRIES: Colour = 0x7aa7cf
const ERRORS: Colour = 0xb3123b

/** The y coordinate of the zero line, and the height of the highest bar. */
const BASE = HEAD + PLOT - 8
const HEIGHT = PLOT - 8 - lineHeight() / 2

export const drawEvents = ({ title, where, bars: { rows, each } }: BarsPicture): Uint8Array => {
  const canvas = createCanvas(WIDTH, HEAD + PLOT + FOOT, PAPER)
  canvas.text(EDGE, 18, fitted(title, WIDTH - 2 * EDGE, 'large'), INK, 'large')
  canvas.text(EDGE, 60, fitted(where, WIDTH - 2 * EDGE), QUIET)
  drawLegend(canvas, each)
  const peak = Math.max(1, ...rows.map(({ lines }) => lines))
  const left = EDGE + widthOf(countWords(peak)) + 12
  drawScale(canvas, left, countWords(peak))
  drawBars(canvas, left, rows, peak)
  return canvas.png()
}

const drawLegend = (canvas: Canvas, each: string): void => {
  let x = EDGE
  for (const [words, colour] of [
    [`Entries ${each}`, ENTRIES],
    ['Errors', ERRORS],
  ] as const) {
    canvas.rect(x, HEAD - 46, 18, 18, colour)
    canvas.text(x + 28, HEAD - 53, words, INK)
    x += 28 + widthOf(words) + 36
  }
}

const drawScale = (canvas: Canvas, left: number, label: string): void => {
  for (const [share, words] of [
    [0, '0'],
    [1, label],
  ] as const) {
    const y = BASE - share * HEIGHT
    canvas.rect(left, y, WIDTH - left - EDGE, 2, GRID)
    canvas.text(left - 12 - widthOf(words), Math.round(y - lineHeight() / 2), words, QUIET)
  }
}

/** Draws the bars. A clock time appears below a bar only if there is room. */
const drawBars = (canvas: Canvas, left: number, rows: readonly Bar[], peak: number): void => {
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(4, (count / peak) * HEIGHT))
  const width = (WIDTH - left - EDGE) / rows.length
  let right = 0
  for (const [nth, row] of rows.entries()) {
    const x = left + nth * width
    const [all, errors] = [heightOf(row.lines), heightOf(row.errors)]
    canvas.rect(x + GAP / 2, BASE - Math.max(all, errors), width - GAP, Math.max(all, errors), ENTRIES)
    canvas.rect(x + GAP / 2, BASE - errors, width - GAP, errors, ERRORS)
    if (x < right || x + widthOf(row.clock) > WIDTH - EDGE) continue
    canvas.rect(x, BASE + 2, 2, 8, GRID)
    canvas.text(Math.round(x), BASE + 12, row.clock, QUIET)
    right = x + widthOf(row.clock) + 24
  }
}
