// Remembers in memory how the text of each log stream ends, so that a secret that is split over several polls is
// redacted as a whole.
import { byStream, type RedactStream } from '../../features/logs/log-entries.ts'
import type { LogLine } from '../../features/logs/log-types.ts'
import { addHidden, type RedactOptions } from '../../kit/redact/redact.ts'
import { RedactedStream } from '../../kit/redact/stream.ts'

const MAX_STREAMS = 2_000

export type RedactedStreams = {
  /**
   * Adds lines that were shown earlier and that a poll returned again. An invocation that took over the follow learns
   * from them how each stream ends.
   */
  readonly addRepeated: (lines: readonly LogLine[]) => void
  readonly redact: RedactStream
}

export const createRedactedStreams = (options: RedactOptions): RedactedStreams => {
  const streams = new Map<string, RedactedStream>()
  const streamOf = (name: string): RedactedStream => {
    const stream = streams.get(name) ?? new RedactedStream(options)
    streams.delete(name)
    streams.set(name, stream)
    for (const oldest of streams.keys()) {
      if (streams.size <= MAX_STREAMS) break
      streams.delete(oldest)
    }
    return stream
  }
  const redact: RedactStream = (name, messages) => {
    const stream = streamOf(name)
    // What waited long enough for its rest is decided: the line buffer waits, not the stream.
    const done = [...stream.push(messages), ...stream.decide()]
    return { lines: done.map(({ text }) => text), hidden: addHidden(done.map(({ hidden }) => hidden)) }
  }
  return {
    redact,
    addRepeated: lines => {
      for (const [name, own] of byStream(lines))
        if (!streams.has(name))
          redact(
            name,
            own.map(({ message }) => message),
          )
    },
  }
}
