// Pure: detects log lines whose time differs from their arrival time, because the host's clock is wrong or the lines
// were delayed.
import { printDuration } from '../../kit/language/kinds/duration.ts'
import type { LogLine } from './log-types.ts'

/** The normal difference, in milliseconds: agents send every few seconds, and hosts' clocks differ by seconds. */
const USUAL_MS = 60_000
const MINUTE_MS = 60_000

/**
 * Notes about late or early streams. A stream gets one only if all its lines are late or early, because one delayed
 * burst looks like a slow clock.
 */
export const skewNotes = (lines: readonly LogLine[]): readonly string[] => {
  const least = new Map<string, number>()
  for (const { at, stream, ingestedAt } of lines)
    if (ingestedAt !== undefined)
      least.set(stream, Math.min(least.get(stream) ?? Number.POSITIVE_INFINITY, ingestedAt - at))
  const behind = [...least.values()].filter(late => late > USUAL_MS)
  const ahead = [...least.values()].filter(late => late < -USUAL_MS)
  return [...note(behind, 'before', 'behind, or their lines were delayed'), ...note(ahead, 'after', 'ahead')]
}

const note = (late: readonly number[], when: string, why: string): readonly string[] => {
  if (late.length === 0) return []
  const minutes = Math.max(1, Math.round(Math.min(...late.map(Math.abs)) / MINUTE_MS))
  const streams = late.length === 1 ? 'one stream' : `${late.length} streams`
  return [
    `Lines of ${streams} have times at least ${printDuration(minutes)} ${when} their arrival: their hosts’ clocks are ${why}.`,
  ]
}
