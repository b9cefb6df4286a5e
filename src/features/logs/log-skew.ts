// Lines that carry another time than that at which they arrived: the clock of their host is wrong, or they were held up.
import { printDuration } from '../../kit/language/kinds/duration.ts'
import type { LogLine } from './log-types.ts'

/** Agents send every few seconds, and clocks of hosts are seconds apart. */
const USUAL_MS = 60_000
const MINUTE_MS = 60_000

/** Only where not one line of a stream came in time: a burst that was held up is not told apart from a slow clock. */
export const skewNotes = (lines: readonly LogLine[]): readonly string[] => {
  const least = new Map<string, number>()
  for (const { at, stream, ingestedAt } of lines)
    if (ingestedAt !== undefined)
      least.set(stream, Math.min(least.get(stream) ?? Number.POSITIVE_INFINITY, ingestedAt - at))
  const behind = [...least.values()].filter(late => late > USUAL_MS)
  const ahead = [...least.values()].filter(late => late < -USUAL_MS)
  return [...note(behind, 'before', 'behind, or their lines were held up'), ...note(ahead, 'after', 'ahead')]
}

const note = (late: readonly number[], when: string, why: string): readonly string[] => {
  if (late.length === 0) return []
  const minutes = Math.max(1, Math.round(Math.min(...late.map(Math.abs)) / MINUTE_MS))
  const streams = late.length === 1 ? 'one stream carry' : `${late.length} streams carry`
  return [
    `Lines of ${streams} times at least ${printDuration(minutes)} ${when} they arrived: their hosts’ clocks are ${why}.`,
  ]
}
