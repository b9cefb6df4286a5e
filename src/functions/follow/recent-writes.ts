// Remembers the newest write of each stream in memory, so that a secret that is split over several polls is redacted as
// a whole.
import type { LogLine } from '../../features/logs/log-types.ts'

/** The maximum number of lines of one write. A private key has fewer. */
const MAX_LINES = 100
const MAX_STREAMS = 2_000

export type RecentWrites = {
  /**
   * Adds lines that a poll returned again. From these, an invocation that took over the follow learns the earlier
   * writes.
   */
  readonly addRepeated: (lines: readonly LogLine[]) => void
  /**
   * Returns the lines, shown earlier, that the same write continues. Also remembers `lines`, given in order, as shown.
   */
  readonly addShown: (lines: readonly LogLine[]) => readonly LogLine[]
}

export const createRecentWrites = (): RecentWrites => {
  const writes = new Map<string, readonly LogLine[]>()
  const keep = (stream: string, lines: readonly LogLine[]): void => {
    writes.delete(stream)
    writes.set(stream, lines.slice(-MAX_LINES))
    for (const oldest of writes.keys()) {
      if (writes.size <= MAX_STREAMS) return
      writes.delete(oldest)
    }
  }
  return {
    addRepeated: lines => {
      for (const [stream, write] of newestWrites(lines)) {
        const known = writes.get(stream) ?? []
        const later = timeOf(write) - timeOf(known)
        if (later > 0 || (later === 0 && write.length > known.length)) keep(stream, write)
      }
    },
    addShown: lines => {
      const continued = new Set(lines.filter(({ stream, at }) => at === timeOf(writes.get(stream) ?? [])).map(streamOf))
      const before = [...continued].flatMap(stream => writes.get(stream) ?? [])
      for (const [stream, own] of newestWrites(lines)) {
        const known = writes.get(stream) ?? []
        if (timeOf(own) >= timeOf(known)) keep(stream, timeOf(own) === timeOf(known) ? [...known, ...own] : own)
      }
      return before
    },
  }
}

const timeOf = ([line]: readonly LogLine[]): number => line?.at ?? Number.NEGATIVE_INFINITY

const streamOf = ({ stream }: LogLine): string => stream

const newestWrites = (lines: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> => {
  const writes = new Map<string, LogLine[]>()
  for (const line of lines) {
    const own = writes.get(line.stream)
    if (own !== undefined && line.at === timeOf(own)) own.push(line)
    else if (own === undefined || line.at > timeOf(own)) writes.set(line.stream, [line])
  }
  return writes
}
