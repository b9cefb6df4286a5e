// Renders entry counts over time as text bars, with errors marked.

import { countWords } from '../../kit/messages/text.ts'
import type { Bar } from '../../model/picture.ts'
import type { Minute } from './entry.ts'
import { countBars } from './log-bars.ts'

const MOST_ROWS = 12
const LONGEST = 24

/** The text bars; undefined if there are too few lines. `minutes`: in order. */
export const barsOf = (minutes: readonly Minute[], zone: string): string | undefined => {
  const bars = countBars(minutes, zone, MOST_ROWS)
  if (bars === undefined) return undefined
  const most = Math.max(...bars.rows.map(row => row.lines))
  const rows = bars.rows.map(row => `${row.clock} ${lengthOf(row, most)} ${words(row)}`)
  return [`Entries ${bars.each}, errors as ▒`, ...rows].join('\n')
}

/** The content of the chart in words, for its alternative text. */
export const barsAltText = (minutes: readonly Minute[], zone: string): string => {
  const bars = countBars(minutes, zone, MOST_ROWS)
  return bars === undefined
    ? ''
    : `Entries ${bars.each}: ${bars.rows.map(row => `${row.clock} ${words(row)}`).join('; ')}`
}

/** The length of a bar. An entry or an error always gets at least one mark. */
const lengthOf = ({ lines, errors }: Bar, most: number): string => {
  const length = lines === 0 ? 0 : Math.max(1, Math.round((lines / most) * LONGEST))
  const bad = errors === 0 ? 0 : Math.max(1, Math.round((errors / lines) * length))
  return '█'.repeat(Math.max(0, length - bad)) + '▒'.repeat(bad)
}

const words = ({ lines, errors }: Bar): string =>
  errors === 0 ? countWords(lines) : `${countWords(lines)}, ${countWords(errors)} ${errors === 1 ? 'error' : 'errors'}`
