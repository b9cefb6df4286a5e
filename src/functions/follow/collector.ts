// Collects the lines of a log follow. While Live Tail is open, polls only after it opens and at the end; else polls
// once a second.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import type { LogAnswer, LogLine, SessionLines } from '../../features/logs/log-types.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Cursor, Follow } from './follow.ts'
import { createLineBuffer } from './line-buffer.ts'
import { createLiveTail } from './live-tail.ts'
import type { FollowState } from './render-follow.ts'
import { createSources } from './sources.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/**
 * The interval of full polls, which go back as far as a line may be late. The polls between them read only the last
 * seconds.
 */
const FULL_POLL_MS = 15 * SECOND
const RECENT_MS = 10 * SECOND
/** The age up to which lines are buffered. Older lines are not, so that polls stay small. */
const BUFFERED_MS = 20 * SECOND
/** The maximum number of lines in one short poll. It is less than the number that a cursor remembers. */
const MAX_SHORT_POLL_LINES = 1_000
/** The maximum number of events in a page (CloudWatch Logs API reference, FilterLogEvents). */
const MAX_PAGE_LINES = 10_000
/** The longest wait between polls after throttling or an error. */
const MAX_WAIT_MS = 30 * SECOND
/** The number of refusals in a row after which the follow gives up. */
const MAX_DENIALS = 3

export type Polled = { readonly lines: readonly LogLine[]; readonly upTo: number }

export type Collected = {
  readonly polled?: Polled & { readonly shown: (counted: Map<string, number>) => void }
  /** New lines of Live Tail. `polled`: counts of the last poll's lines; to be called after those lines were taken. */
  readonly live?: { readonly lines: readonly LogLine[]; readonly polled: () => Map<string, number> }
  readonly isSampled: boolean
  readonly end?: Trouble
}

type Trouble = { readonly why: 'trouble'; readonly text: string }
type Poll = { readonly polled?: Polled; readonly end?: Trouble }

export const createCollector = (
  follow: Follow,
  sessions: SessionLines,
  read: Readers,
  ports: Pick<Ports, 'store' | 'now'>,
) => {
  const sources = createSources(follow, read)
  const tail = createLiveTail(follow, sessions, read, ports)
  const backoff = createBackoff()
  const fromPolls = createLineBuffer({ maxAgeMs: BUFFERED_MS, isRepeated: true })
  const fromTail = createLineBuffer({ maxAgeMs: MINUTE, isRepeated: false })
  let isBuffered = false
  let counted = new Map<string, number>()
  let isDue = true
  let fullPollAt = 0
  let isSampled = follow.isSampled

  const readLines = (since: number): Promise<readonly LogAnswer[]> => {
    const { filter } = follow
    const query = { since, limit: MAX_PAGE_LINES, oldestFirst: true as const, ...(filter !== undefined && { filter }) }
    return Promise.all(sources.groups().map(group => read.logLines(sources.ref, { ...group, ...query, sessions })))
  }

  const poll = async (cursor: Cursor, at: number, isLast: boolean, isOver: boolean): Promise<Poll> => {
    if (await sources.refresh(at)) {
      await tail.open(sources.groups(), at)
      isDue = true
    }
    if (tail.isOpen() && !isDue && !isLast) return {}
    const isFull = isDue || isLast || at - fullPollAt >= FULL_POLL_MS
    if (isFull) fullPollAt = at
    const since = isFull ? cursor.from : Math.max(cursor.from, Math.min(at - RECENT_MS, fromPolls.from()))
    const found = mergeAnswers(await readLines(since), since, at)
    backoff.answered()
    // The cursor cannot remember this many lines. Late lines are read first, with a full poll.
    if (!isFull && (found.polled?.lines.length ?? 0) > MAX_SHORT_POLL_LINES) {
      isDue = true
      return {}
    }
    return found.polled === undefined ? found : { polled: bufferNewest(found.polled, at, isOver) }
  }

  /**
   * Buffers the newest lines of a poll. While Live Tail is open, one more poll suffices, because Live Tail delivers
   * later lines.
   */
  const bufferNewest = ({ lines, upTo }: Polled, at: number, isOver: boolean): Polled => {
    const ready = isOver ? { lines, isHeld: false } : fromPolls.ready(lines, at, tail.isOpen() && isBuffered)
    isBuffered = ready.isHeld
    isDue = upTo < at || (tail.isOpen() && isBuffered)
    return { lines: ready.lines, upTo }
  }

  return {
    /**
     * Collects new lines. `isLast`: makes a full poll, even if Live Tail is open. `isOver`: no poll follows, so no
     * lines stay in the buffer.
     */
    collect: async (cursor: Cursor, at: number, isLast: boolean, isOver: boolean): Promise<Collected> => {
      const { polled, end }: Poll =
        isLast || backoff.isOver(at)
          ? await poll(cursor, at, isLast, isOver).catch((error: unknown) => backoff.failed(error, at))
          : {}
      const tailed = tail.take()
      const live = [...fromTail.kept(), ...(tailed?.lines ?? [])]
      const ready = isOver ? { lines: live } : fromTail.ready(live, at)
      isSampled ||= tailed?.isSampled ?? false
      if (tailed?.isOver) {
        await tail.close()
        sources.forget()
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
    now: (): FollowState => ({
      sources: sources.sources(),
      isPartial: sources.isPartial(),
      isLive: tail.isOpen(),
      sessions,
      ...backoff.words(),
    }),
    close: tail.close,
  }
}

const mergeAnswers = (answers: readonly LogAnswer[], since: number, at: number): Poll => {
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
const createBackoff = () => {
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
    failed: (error: unknown, at: number): Poll => {
      if (!(error instanceof RemoteError)) throw error
      wait = Math.min(wait * 2, MAX_WAIT_MS)
      until = at + wait
      denials = error.passing ? 0 : denials + 1
      words = `${error.message}. Retrying in ${wait / SECOND} s; no line is lost.`
      return denials >= MAX_DENIALS ? trouble(error.message) : {}
    },
    words: (): { readonly trouble?: string } => (words === undefined ? {} : { trouble: words }),
  }
}
