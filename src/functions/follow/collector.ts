// Collects the lines of a follow: by Live Tail with a poll before and after it, else by polling once a second.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import type { LogAnswer, LogLine } from '../../features/logs/log-types.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Cursor, Follow } from './follow.ts'
import { createHolding } from './hold-back.ts'
import { createTail } from './live-tail.ts'
import type { Now } from './render-follow.ts'
import { createFollowed } from './sources.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/**
 * The interval of full polls, which go back as far as a line may be late. The polls in between read the last seconds
 * only.
 */
const DEEP_MS = 15 * SECOND
const RECENT_MS = 10 * SECOND
/** Older lines are not buffered, so that polls stay small. */
const HELD_MS = 20 * SECOND
/** The most lines in one short poll; fewer than a cursor remembers. */
const FLOOD = 1_000
/** CloudWatch Logs API reference, FilterLogEvents: the most events in a page. */
const MOST_LINES = 10_000
/** The longest wait after throttling or an error. */
const MOST_WAIT_MS = 30 * SECOND
/** Gives up after this many refusals in a row. */
const MOST_DENIALS = 3

export type Polled = { readonly lines: readonly LogLine[]; readonly upTo: number }

export type Collected = {
  readonly polled?: Polled & { readonly shown: (counted: Map<string, number>) => void }
  /** `polled`: counts of the last poll's lines; read it after they were taken. */
  readonly live?: { readonly lines: readonly LogLine[]; readonly polled: () => Map<string, number> }
  readonly isSampled: boolean
  readonly end?: Trouble
}

type Trouble = { readonly why: 'trouble'; readonly text: string }
type Look = { readonly polled?: Polled; readonly end?: Trouble }

export const createCollector = (follow: Follow, read: Readers, ports: Pick<Ports, 'store' | 'now'>) => {
  const followed = createFollowed(follow, read)
  const tail = createTail(follow, read, ports)
  const patience = createPatience()
  const fromPolls = createHolding({ mostMs: HELD_MS, isRepeated: true })
  const fromTail = createHolding({ mostMs: MINUTE, isRepeated: false })
  let isAgain = false
  let counted = new Map<string, number>()
  let isDue = true
  let deepAt = 0
  let isSampled = follow.isSampled

  const ask = (since: number): Promise<readonly LogAnswer[]> => {
    const { filter } = follow
    const query = { since, limit: MOST_LINES, oldestFirst: true as const, ...(filter !== undefined && { filter }) }
    return Promise.all(followed.groups().map(group => read.logLines(followed.ref, { ...group, ...query })))
  }

  const look = async (cursor: Cursor, at: number, isLast: boolean, isOver: boolean): Promise<Look> => {
    if (await followed.refresh(at)) {
      await tail.open(followed.groups(), at)
      isDue = true
    }
    if (tail.isOpen() && !isDue && !isLast) return {}
    const isDeep = isDue || isLast || at - deepAt >= DEEP_MS
    if (isDeep) deepAt = at
    const since = isDeep ? cursor.from : Math.max(cursor.from, Math.min(at - RECENT_MS, fromPolls.from()))
    const found = together(await ask(since), since, at)
    patience.answered()
    // Too many for the cursor to remember. A full poll first takes late lines before them.
    if (!isDeep && (found.polled?.lines.length ?? 0) > FLOOD) {
      isDue = true
      return {}
    }
    return found.polled === undefined ? found : { polled: holdBack(found.polled, at, isOver) }
  }

  /** With Live Tail open, one more poll is enough: it delivers later lines, too. */
  const holdBack = ({ lines, upTo }: Polled, at: number, isOver: boolean): Polled => {
    const ready = isOver ? { lines, isHeld: false } : fromPolls.ready(lines, at, tail.isOpen() && isAgain)
    isAgain = ready.isHeld
    isDue = upTo < at || (tail.isOpen() && isAgain)
    return { lines: ready.lines, upTo }
  }

  return {
    /**
     * `isLast`: a full poll, also when Live Tail is open. `isOver`: no poll follows, so nothing stays in the buffer.
     */
    collect: async (cursor: Cursor, at: number, isLast: boolean, isOver: boolean): Promise<Collected> => {
      const { polled, end }: Look =
        isLast || patience.isOver(at)
          ? await look(cursor, at, isLast, isOver).catch((error: unknown) => patience.failed(error, at))
          : {}
      const told = tail.take()
      const live = [...fromTail.kept(), ...(told?.lines ?? [])]
      const ready = isOver ? { lines: live } : fromTail.ready(live, at)
      isSampled ||= told?.isSampled ?? false
      if (told?.isOver) {
        await tail.close()
        followed.forget()
      }
      const shown = (all: Map<string, number>) => {
        counted = all
      }
      return {
        ...(polled !== undefined && { polled: { ...polled, shown } }),
        ...(end !== undefined && { end }),
        ...(ready.lines.length > 0 && { live: { lines: ready.lines, polled: () => counted } }),
        isSampled,
      }
    },
    now: (): Now => ({ sources: followed.sources(), isLive: tail.isOpen(), ...patience.words() }),
    close: tail.close,
  }
}

const together = (answers: readonly LogAnswer[], since: number, at: number): Look => {
  const lines: LogLine[] = []
  let upTo = at
  for (const answer of answers) {
    if (answer.kind === 'bad filter') return trouble(`CloudWatch refused the filter: ${answer.why}`)
    if (answer.kind === 'no group') continue
    lines.push(...answer.lines)
    if (answer.isPartial) upTo = Math.min(upTo, answer.lines.at(-1)?.at ?? since)
  }
  if (answers.length > 0 && answers.every(({ kind }) => kind === 'no group'))
    return trouble('the log group no longer exists')
  const whole = upTo === at ? lines : lines.filter(line => line.at <= upTo)
  return { polled: { lines: whole.toSorted((a, b) => a.at - b.at), upTo } }
}

const trouble = (text: string) => ({ end: { why: 'trouble' as const, text } })

/** Doubles the wait after each failure, and gives up after repeated refusals. */
const createPatience = () => {
  let wait = SECOND
  let until = 0
  let denials = 0
  let words: string | undefined
  return {
    isOver: (at: number): boolean => at >= until,
    answered: (): void => {
      wait = SECOND
      denials = 0
      words = undefined
    },
    failed: (error: unknown, at: number): Look => {
      if (!(error instanceof RemoteError)) throw error
      wait = Math.min(wait * 2, MOST_WAIT_MS)
      until = at + wait
      denials = error.passing ? 0 : denials + 1
      words = `${error.message}. Retrying in ${wait / SECOND} s; no line is lost.`
      return denials >= MOST_DENIALS ? trouble(error.message) : {}
    },
    words: (): { readonly trouble?: string } => (words === undefined ? {} : { trouble: words }),
  }
}
