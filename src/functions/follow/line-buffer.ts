// Buffers the newest lines of each stream until a poll returns no more lines of it. Lines that may start a secret wait
// 7 s longer.

import type { LogLine } from '../../features/logs/log-types.ts'
import { LOOKED_AT, mayBegin } from '../../kit/redact/unfinished.ts'

/**
 * How long lines that may start a secret wait. Senders write every five seconds (Docker's awslogs driver, the
 * CloudWatch agent).
 */
const SECRET_WAIT_MS = 7_000
const MAX_BUFFERED_MS = 30_000
/** The number of newest lines that may wait. The cursor may not remember more (`MAX_SEEN`). */
const MAX_LINES = 1_000

/** The newest lines of a stream: their time and their number. `changedAt`: when the number last changed. */
type Newest = {
  readonly at: number
  readonly count: number
  readonly changedAt: number
  readonly held?: { readonly from: number; readonly told: number }
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

  const updateStream = (stream: string, { at, count, end }: Counted, now: number, isLast: boolean): Newest => {
    const known = before.get(stream)
    const isKnown = known?.at === at
    const since = isKnown ? known.held : undefined
    const isChanged = !isKnown || known.count !== count
    const changedAt = isChanged ? now : known.changedAt
    const isWaitedFor = isChanged
      ? isKnown || !isLast
      : since !== undefined && now - changedAt < SECRET_WAIT_MS && mayBegin(end)
    const held = since ?? { from: now, told: received }
    const isHeld = isWaitedFor && now - held.from < MAX_BUFFERED_MS && received - held.told <= MAX_LINES
    return { at, count: isHeld || isRepeated ? count : 0, changedAt, ...(isHeld && { held }) }
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
        return own?.held !== undefined && own.at === at
      }
      buffered = lines.filter(isHeld)
      const ready = buffered.length === 0 ? lines : lines.filter(line => !isHeld(line))
      before = newest
      return { lines: ready, isHeld: buffered.length > 0 }
    },
  }
}

/** The counted lines of a stream. `end`: the end of their joined text. */
type Counted = { readonly at: number; readonly count: number; readonly end: string }

const countNewest = (lines: readonly LogLine[], oldest: number): ReadonlyMap<string, Counted> => {
  const newest = new Map<string, { at: number; count: number; end: string }>()
  for (const { stream, at, message } of lines) {
    const own = newest.get(stream)
    if (own !== undefined && own.at === at) {
      own.count += 1
      own.end = (own.end + message).slice(-LOOKED_AT)
    } else if (at > (own?.at ?? oldest)) newest.set(stream, { at, count: 1, end: message.slice(-LOOKED_AT) })
  }
  return newest
}
