// Draws log volume over time: one bar for one or more minutes, with errors at its base.

import type { BarsPicture } from '../../model/picture.ts'
import { countWords } from '../messages/text.ts'
import { type Colour, createCanvas, fitted, lineHeight, widthOf } from './canvas.ts'

/** Slack on a phone shows about 360 points: text of 24 pixels is then 11 points. */
const WIDTH = 800
const EDGE = 24
const HEAD = 150
const PLOT = 220
const FOOT = 56
const GAP = 3

const PAPER: Colour = 0xffffff
const INK: Colour = 0x1d1c1d
const QUIET: Colour = 0x616061
const GRID: Colour = 0xdddddd
const ENTRIES: Colour = 0x7aa7cf
const ERRORS: Colour = 0xb3123b

export const drawEvents = ({ title, where, bars }: BarsPicture): Uint8Array => {
  const canvas = createCanvas(WIDTH, HEAD + PLOT + FOOT, PAPER)
  canvas.text(EDGE, 18, fitted(title, WIDTH - 2 * EDGE, 'large'), INK, 'large')
  canvas.text(EDGE, 60, fitted(where, WIDTH - 2 * EDGE), QUIET)
  const { rows, each } = bars
  let x = EDGE
  for (const [words, colour] of [
    [`Entries ${each}`, ENTRIES],
    ['Errors', ERRORS],
  ] as const) {
    canvas.rect(x, HEAD - 46, 18, 18, colour)
    canvas.text(x + 28, HEAD - 53, words, INK)
    x += 28 + widthOf(words) + 36
  }
  const most = Math.max(1, ...rows.map(({ lines }) => lines))
  const label = countWords(most)
  const left = EDGE + widthOf(label) + 12
  const base = HEAD + PLOT - 8
  const high = PLOT - 8 - lineHeight() / 2
  const up = (count: number) => (count === 0 ? 0 : Math.max(4, (count / most) * high))
  for (const [share, words] of [
    [0, '0'],
    [1, label],
  ] as const) {
    const y = base - share * high
    canvas.rect(left, y, WIDTH - left - EDGE, 2, GRID)
    canvas.text(left - 12 - widthOf(words), Math.round(y - lineHeight() / 2), words, QUIET)
  }
  const wide = (WIDTH - left - EDGE) / rows.length
  let right = 0
  for (const [nth, row] of rows.entries()) {
    const at = left + nth * wide
    const [all, bad] = [up(row.lines), up(row.errors)]
    canvas.rect(at + GAP / 2, base - Math.max(all, bad), wide - GAP, Math.max(all, bad), ENTRIES)
    canvas.rect(at + GAP / 2, base - bad, wide - GAP, bad, ERRORS)
    if (at < right || at + widthOf(row.clock) > WIDTH - EDGE) continue
    canvas.rect(at, base + 2, 2, 8, GRID)
    canvas.text(Math.round(at), base + 12, row.clock, QUIET)
    right = at + widthOf(row.clock) + 24
  }
  return canvas.png()
}
