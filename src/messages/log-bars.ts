// How much was written when: a bar for each minute, or for each few, with errors apart.
import type { Minute } from '../log-entries.ts'
import { createOffsets } from '../moment.ts'

/** A handful of lines needs no chart. */
const LEAST_LINES = 50
const MOST_ROWS = 12
const LONGEST = 24
const MINUTE_MS = 60_000
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440, 2_880, 4_320]

/** Nothing where there is too little to see. `minutes`: in order. */
export const barsOf = (minutes: readonly Minute[], zone: string): string | undefined => {
  const [first, last] = [minutes[0]?.at, minutes.at(-1)?.at]
  const lines = minutes.reduce((sum, minute) => sum + minute.lines, 0)
  if (first === undefined || last === undefined || first === last || lines < LEAST_LINES) return undefined
  const width = WIDTHS.find(minutes => rowsOf(first, last, minutes) <= MOST_ROWS) ?? 4_320
  const rows = bucket(minutes, first, last, width * MINUTE_MS)
  const most = Math.max(...rows.map(row => row.lines))
  const offset = createOffsets(zone)
  const clock = (at: number) =>
    new Date(at + offset(at)).toISOString().slice(width >= 1_440 ? 5 : 11, width >= 1_440 ? 10 : 16)
  const each = width === 1 ? 'each minute' : width < 60 ? `every ${width} minutes` : `every ${width / 60} h`
  return [`Entries ${each}, errors as ▒`, ...rows.map(row => `${clock(row.at)} ${bar(row, most)} ${words(row)}`)].join(
    '\n',
  )
}

const rowsOf = (first: number, last: number, minutes: number): number => {
  const width = minutes * MINUTE_MS
  return Math.floor(last / width) - Math.floor(first / width) + 1
}

/** Rows without anything are there, too: silence is what one looks for. */
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

/** Whatever there is shows: one error among thousands, too. */
const bar = ({ lines, errors }: Minute, most: number): string => {
  const length = lines === 0 ? 0 : Math.max(1, Math.round((lines / most) * LONGEST))
  const bad = errors === 0 ? 0 : Math.max(1, Math.round((errors / lines) * length))
  return '█'.repeat(Math.max(0, length - bad)) + '▒'.repeat(bad)
}

const words = ({ lines, errors }: Minute): string => {
  const count = lines.toLocaleString('en')
  return errors === 0 ? count : `${count}, ${errors.toLocaleString('en')} ${errors === 1 ? 'error' : 'errors'}`
}
