// Draws marks above the panels of a chart: a number at the time of each change, and a list that explains the numbers.

import type { Mark } from '../../model/picture.ts'
import { type Canvas, type Colour, fitted, lineHeight, widthOf } from './canvas.ts'
import { EDGE, INK, QUIET, WIDTH } from './frame.ts'

const GOOD: Colour = 0x4a6fa5
const BAD: Colour = 0xb3123b

/** The maximum number of marks in the list. */
const MOST_LISTED = 8
const GAP = 10

/** The height of the list and of the numbers above the panels; 0 without marks. */
export const marksHeight = (marks: readonly Mark[]): number =>
  marks.length === 0 ? 0 : (Math.min(marks.length, MOST_LISTED) + 1) * (lineHeight() + 4) + 2 * GAP

const colourOf = ({ isBad }: Pick<Mark, 'isBad'>): Colour => (isBad ? BAD : GOOD)

/** `across`: the x coordinate of a time. The newest marks are listed. */
export const drawMarks = (
  canvas: Canvas,
  top: number,
  marks: readonly Mark[],
  across: (at: number) => number,
): void => {
  const row = lineHeight() + 4
  const listed = [...marks.entries()].slice(-MOST_LISTED)
  for (const [line, [nth, mark]] of listed.entries()) {
    const clock = new Date(mark.at).toISOString().slice(11, 16)
    const lead = `${nth + 1}  `
    const y = top + line * row
    canvas.text(EDGE, y, lead, colourOf(mark))
    canvas.text(EDGE + widthOf(lead), y, `${clock}  `, QUIET)
    const x = EDGE + widthOf(lead) + widthOf(`${clock}  `)
    canvas.text(x, y, fitted(mark.words, WIDTH - EDGE - x), INK)
  }
  drawNumbers(canvas, top + listed.length * row + GAP, marks, across)
}

/** Draws the numbers. A number that would cover the previous number is left out. */
const drawNumbers = (canvas: Canvas, y: number, marks: readonly Mark[], across: (at: number) => number): void => {
  let right = 0
  for (const [nth, mark] of marks.entries()) {
    const label = `${nth + 1}`
    const x = Math.round(across(mark.at) - widthOf(label) / 2)
    if (x < right) continue
    canvas.text(x, y, label, colourOf(mark))
    right = x + widthOf(label) + 6
  }
}

export const drawMarkLine = (
  canvas: Canvas,
  x: number,
  { top, base, isBad }: { readonly top: number; readonly base: number; readonly isBad: boolean },
): void => canvas.rect(Math.round(x), top, 2, base - top, colourOf({ isBad }))
