// Buffers the newest lines of each stream until a poll returns no more lines of it. Lines that may start a secret wait
// 7 s longer.

import type { LogLine } from '../../features/logs/log-types.ts'
import { MAX_WAIT_MS, RedactedStream } from '../../kit/redact/stream.ts'

const MAX_BUFFERED_MS = 30_000
/** The number of newest lines that may wait. The cursor may not remember more (`MAX_SEEN`). */
const MAX_LINES = 1_000

/**
 * The newest lines of a stream. `from`: the time of the first of them. `count`: their number. `changedAt`: when the number
 * last changed.
 */
type Newest = {
  readonly from: number
  readonly count: number
  readonly changedAt: number
  readonly held?: { readonly since: number; readonly told: number }
}

type Options = {
  /** The age up to which lines are buffered, in milliseconds. */
  readonly maxAgeMs: number
  /** Whether the next poll returns the same lines again. */
  readonly isRepeated: boolean
}

export const createLineBuffer = ({ maxAgeMs, isRepeated }: Options) => {
  let before: ReadonlyMap<string, Newest> = new Map()
  let buffered: readonly LogLine[] = []
  /** The number of lines received in all. Not used if polls repeat lines. */
  let received = 0

  const updateStream = (stream: string, { from, count, isOpen }: Counted, now: number, isLast: boolean): Newest => {
    const known = before.get(stream)
    const isKnown = known?.from === from
    const first = isKnown ? known.held : undefined
    const isChanged = !isKnown || known.count !== count
    const changedAt = isChanged ? now : known.changedAt
    const isWaitedFor = isChanged
      ? isKnown || isOpen || !isLast
      : first !== undefined && isOpen && now - changedAt < MAX_WAIT_MS
    const held = first ?? { since: now, told: received }
    const isHeld = isWaitedFor && now - held.since < MAX_BUFFERED_MS && received - held.told <= MAX_LINES
    return { from, count: isHeld || isRepeated ? count : 0, changedAt, ...(isHeld && { held }) }
  }

  return {
    /** Buffered lines that will not be received again. */
    kept: (): readonly LogLine[] => buffered,
    /** The time of the oldest buffered line, to which the next poll must go back. */
    from: (): number => buffered.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY),
    /**
     * Returns the lines that are complete, in order, and buffers the rest. `now`: epoch milliseconds. `isLast`: buffers
     * no further streams.
     */
    ready: (
      lines: readonly LogLine[],
      now: number,
      isLast = false,
    ): { readonly lines: readonly LogLine[]; readonly isHeld: boolean } => {
      if (!isRepeated) received += lines.length - buffered.length
      const oldest = Math.max(now - maxAgeMs, lines.at(-MAX_LINES)?.at ?? 0)
      const newest = new Map<string, Newest>()
      for (const [stream, counted] of countNewest(lines, oldest))
        newest.set(stream, updateStream(stream, counted, now, isLast))
      const isHeld = ({ stream, at }: LogLine) => {
        const own = newest.get(stream)
        return own?.held !== undefined && at >= own.from
      }
      buffered = lines.filter(isHeld)
      const ready = buffered.length === 0 ? lines : lines.filter(line => !isHeld(line))
      before = newest
      return { lines: ready, isHeld: buffered.length > 0 }
    },
  }
}

/** The newest lines of a stream. `isOpen`: a secret may begin or go on at their end. */
type Counted = { readonly from: number; readonly count: number; readonly isOpen: boolean }

const countNewest = (lines: readonly LogLine[], oldest: number): ReadonlyMap<string, Counted> => {
  const streams = new Map<string, LogLine[]>()
  for (const line of lines) {
    if (line.at <= oldest) continue
    const own = streams.get(line.stream)
    if (own === undefined) streams.set(line.stream, [line])
    else own.push(line)
  }
  return new Map([...streams].map(([stream, own]) => [stream, countOwn(own)]))
}

/** The lines that wait for their rest, and at least those of the newest write, which have one time. */
const countOwn = (lines: readonly LogLine[]): Counted => {
  const stream = new RedactedStream()
  stream.push(lines.map(({ message }) => message))
  const waiting = stream.waiting()
  const newest = lines.reduce((at, line) => Math.max(at, line.at), 0)
  const first = waiting === 0 ? newest : Math.min(newest, ...lines.slice(-waiting).map(({ at }) => at))
  return { from: first, count: lines.filter(({ at }) => at >= first).length, isOpen: waiting > 0 }
}
