// The newest lines of each stream are held back, in memory alone, until a look finds no more of them, and some seconds longer
// where they may be the beginning of a secret: the rest may come only then, and is hidden with it. They are not in the cursor
// before they are shown: whoever takes over finds them again.

import type { LogLine } from '../../features/logs/log-types.ts'
import { LOOKED_AT, mayBegin } from '../../kit/redact/unfinished.ts'

/** Whoever sends lines to CloudWatch Logs does so every five seconds (Docker's awslogs driver, the CloudWatch agent). */
const WAIT_MS = 7_000
const MOST_HELD_MS = 30_000
/** Only among so many lines: more of them a cursor may not remember (`MOST_SEEN`). */
const FLOOD = 1_000

/** Of a stream: its newest time, and how many lines have it. `changedAt`: when there were less of them. */
type Newest = {
  readonly at: number
  readonly count: number
  readonly changedAt: number
  readonly held?: { readonly from: number; readonly told: number }
}

type Options = {
  /** Lines that are older are not held back. */
  readonly mostMs: number
  /** Whether the next look tells once more what was told. */
  readonly isRepeated: boolean
}

export const createHolding = ({ mostMs, isRepeated }: Options) => {
  let before: ReadonlyMap<string, Newest> = new Map()
  let held: readonly LogLine[] = []
  /** Lines that came in all; unknown where they come again and again. */
  let told = 0

  const judge = (stream: string, { at, count, end }: Counted, now: number, isLast: boolean): Newest => {
    const known = before.get(stream)
    const isKnown = known?.at === at
    const since = isKnown ? known.held : undefined
    const isChanged = !isKnown || known.count !== count
    const changedAt = isChanged ? now : known.changedAt
    const isWaitedFor = isChanged
      ? isKnown || !isLast
      : since !== undefined && now - changedAt < WAIT_MS && mayBegin(end)
    const held = since ?? { from: now, told }
    const isHeld = isWaitedFor && now - held.from < MOST_HELD_MS && told - held.told <= FLOOD
    return { at, count: isHeld || isRepeated ? count : 0, changedAt, ...(isHeld && { held }) }
  }

  return {
    /** What was held back and is not told again. */
    kept: (): readonly LogLine[] => held,
    /** How far back a look has to go for what was held back. */
    from: (): number => held.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY),
    /**
     * Lines of which no more is waited for, in their order. `now`: epoch milliseconds. `isLast`: nothing is held back that
     * was not there before.
     */
    ready: (
      lines: readonly LogLine[],
      now: number,
      isLast = false,
    ): { readonly lines: readonly LogLine[]; readonly isHeld: boolean } => {
      if (!isRepeated) told += lines.length - held.length
      const oldest = Math.max(now - mostMs, lines.at(-FLOOD)?.at ?? 0)
      const newest = new Map<string, Newest>()
      for (const [stream, counted] of countNewest(lines, oldest))
        newest.set(stream, judge(stream, counted, now, isLast))
      const isHeld = ({ stream, at }: LogLine) => {
        const own = newest.get(stream)
        return own?.held !== undefined && own.at === at
      }
      held = lines.filter(isHeld)
      const ready = held.length === 0 ? lines : lines.filter(line => !isHeld(line))
      before = newest
      return { lines: ready, isHeld: held.length > 0 }
    },
  }
}

/** `end`: of what they say together. */
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
