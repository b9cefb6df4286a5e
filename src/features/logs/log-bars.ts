// Pure: counts entries and errors over time, in rows that each cover one or more minutes.

import type { Bars } from '../../model/picture.ts'
import { createOffsets } from '../../model/time.ts'
import type { Minute } from './entry.ts'

/** The number of lines from which a chart is shown. */
const LEAST_LINES = 50
const MINUTE_MS = 60_000
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440, 2_880, 4_320]

/**
 * The rows of a chart; undefined if there are too few lines. `minutes`: in order. `most`: the maximum number of rows.
 */
export const countBars = (minutes: readonly Minute[], zone: string, most: number): Bars | undefined => {
  const [first, last] = [minutes[0]?.at, minutes.at(-1)?.at]
  const lines = minutes.reduce((sum, minute) => sum + minute.lines, 0)
  if (first === undefined || last === undefined || first === last || lines < LEAST_LINES) return undefined
  const width = WIDTHS.find(minutes => rowsOf(first, last, minutes) <= most) ?? 4_320
  const offset = createOffsets(zone)
  const clock = (at: number) =>
    new Date(at + offset(at)).toISOString().slice(width >= 1_440 ? 5 : 11, width >= 1_440 ? 10 : 16)
  return {
    rows: bucket(minutes, first, last, width * MINUTE_MS).map(({ at, ...row }) => ({ ...row, clock: clock(at) })),
    each: width === 1 ? 'each minute' : width < 60 ? `every ${width} minutes` : `every ${width / 60} h`,
  }
}

const rowsOf = (first: number, last: number, minutes: number): number => {
  const width = minutes * MINUTE_MS
  return Math.floor(last / width) - Math.floor(first / width) + 1
}

/** Groups minutes into rows of equal width. Includes empty rows, so that gaps are visible. */
const bucket = (minutes: readonly Minute[], first: number, last: number, width: number): readonly Minute[] => {
  const rows = new Map<number, Minute>()
  for (let at = Math.floor(first / width) * width; at <= last; at += width) rows.set(at, { at, lines: 0, errors: 0 })
  for (const minute of minutes) {
    const at = Math.floor(minute.at / width) * width
    const { lines = 0, errors = 0 } = rows.get(at) ?? {}
    rows.set(at, { at, lines: lines + minute.lines, errors: errors + minute.errors })
  }
  return [...rows.values()]
}
