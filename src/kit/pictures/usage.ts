// Draws a chart of usage or of a forecast, sized for a phone: panels that share one time axis.

import type { Panel, PanelsPicture, Sample } from '../../model/picture.ts'
import { type Canvas, type Colour, createCanvas, fitted, lineHeight, type Point, widthOf } from './canvas.ts'
import { EDGE, GRID, INK, PAPER, QUIET, WIDTH } from './frame.ts'
import { drawMarkLine, drawMarks, marksHeight } from './marks.ts'

/** The left margin, in pixels: room for the label `100%`. */
const LEFT = 96
const PANEL = 170
const HEAD = 104
const FOOT = 84

const FIRST: Colour = 0x1264a3
const SECOND: Colour = 0x7c3aa0

export const drawUsage = (picture: PanelsPicture): Uint8Array => {
  const { title, where, source, panels, marks = [] } = picture
  const gap = lineHeight() + 18
  const head = HEAD + marksHeight(marks)
  const canvas = createCanvas(WIDTH, head + panels.length * (PANEL + gap) + FOOT - 18, PAPER)
  canvas.text(EDGE, 18, fitted(title, WIDTH - 2 * EDGE, 'large'), INK, 'large')
  canvas.text(EDGE, 60, fitted(where, WIDTH - 2 * EDGE), QUIET)
  drawMarks(canvas, HEAD, marks, acrossOf(picture))
  for (const [at, panel] of panels.entries()) {
    const { name, words } = panel
    const colour = at % 2 === 0 ? FIRST : SECOND
    const top = head + at * (PANEL + gap)
    canvas.text(EDGE, top, name, colour)
    canvas.text(EDGE + widthOf(`${name}  `), top, words, INK)
    drawPanel(canvas, top + lineHeight() + 6, panel, colour, picture)
  }
  drawHours(canvas, canvas.height - FOOT + 6, picture)
  const notes = `${source} · UTC${hasMost(panels) ? ` · thin line: ${picture.hourly?.thin ?? 'busiest task'}` : ''}`
  canvas.text(EDGE, canvas.height - lineHeight() - 12, fitted(notes, WIDTH - 2 * EDGE), QUIET)
  return canvas.png()
}

const hasMost = (panels: readonly Panel[]): boolean => panels.some(({ most }) => most.length > 0)

type Span = Pick<PanelsPicture, 'from' | 'until' | 'hourly' | 'marks' | 'each'>

const acrossOf = ({ from, until }: Span) => {
  const width = WIDTH - LEFT - EDGE
  return (at: number): number => LEFT + ((at - from) / (until - from)) * width
}

const drawPanel = (canvas: Canvas, top: number, panel: Panel, colour: Colour, span: Span): void => {
  const { average, most } = panel
  const unit = span.hourly?.unit ?? panel.unit ?? '%'
  const ceiling = ceilingOf([...average, ...most], unit)
  const across = acrossOf(span)
  const base = top + PANEL - 12
  const up = (value: number): number => base - (value / ceiling) * (PANEL - 12 - lineHeight() / 2)
  for (const share of [0, 50, 100]) {
    const y = up((share * ceiling) / 100)
    canvas.rect(LEFT, y, WIDTH - LEFT - EDGE, 2, GRID)
    const label = `${Math.round((share * ceiling) / 100)}${unit}`
    canvas.text(LEFT - 10 - widthOf(label), Math.round(y - lineHeight() / 2), label, QUIET)
  }
  const each = span.hourly === undefined ? (span.each ?? MINUTE_MS) : HOUR_MS
  const pointsOf = (run: readonly Sample[]): readonly Point[] => run.map(({ at, value }) => [across(at), up(value)])
  const drawThin = (thin: Colour) => {
    for (const run of runsOf(most, LONGEST_GAP * each)) canvas.line(pointsOf(run), 2, thin)
  }
  if (span.hourly === undefined) drawThin(lighter(colour))
  for (const run of runsOf(average, LONGEST_GAP * each)) {
    canvas.area(pointsOf(run), base, colour, 0.12)
    canvas.line(pointsOf(run), 4, colour)
  }
  for (const { at, isBad } of span.marks ?? []) drawMarkLine(canvas, across(at), { top, base, isBad })
  // The second line is drawn on top in another color, because the two lines of a good forecast are close together.
  if (span.hourly !== undefined) drawThin(SECOND)
}

/** The highest value of the axis: percent in steps of 50, tasks in steps of 2. */
const ceilingOf = (samples: readonly Sample[], unit: string): number => {
  const highest = Math.max(unit === '%' ? 100 : 2, ...samples.map(({ value }) => value))
  const step = unit === '%' ? 50 : 2
  return Math.ceil(highest / step) * step
}

/** A gap of more samples than this breaks the line: no task ran, or CloudWatch has no data. */
const LONGEST_GAP = 2.5
const MINUTE_MS = 60_000

const runsOf = (samples: readonly Sample[], gap: number): readonly (readonly Sample[])[] => {
  const runs: Sample[][] = []
  for (const sample of samples) {
    const last = runs.at(-1)
    if (last === undefined || sample.at - (last.at(-1)?.at ?? 0) > gap) runs.push([sample])
    else last.push(sample)
  }
  return runs
}

const lighter = (colour: Colour): Colour => {
  const half = (shift: number): number => (((colour >> shift) & 0xff) + 0xff * 2) / 3
  return (Math.round(half(16)) << 16) | (Math.round(half(8)) << 8) | Math.round(half(0))
}

const HOUR_MS = 3_600_000

const drawHours = (canvas: Canvas, y: number, span: Span): void => {
  const across = acrossOf(span)
  const isDays = span.until - span.from > 48 * HOUR_MS
  const step = isDays ? 24 * HOUR_MS : span.until - span.from <= 6 * HOUR_MS ? HOUR_MS / 2 : HOUR_MS * 6
  let right = 0
  for (let at = Math.ceil(span.from / step) * step; at <= span.until; at += step) {
    const label = new Date(at).toISOString().slice(...(isDays ? [5, 10] : [11, 16]))
    const x = Math.min(across(at) - widthOf(label) / 2, WIDTH - EDGE - widthOf(label))
    if (x < right) continue
    canvas.rect(across(at), y - 12, 2, 8, GRID)
    canvas.text(x, y, label, QUIET)
    right = x + widthOf(label) + 24
  }
}
