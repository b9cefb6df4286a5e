// Pure: the stored state of a log follow, and how its cursor moves.
import { createHash } from 'node:crypto'
import type { Entries, Entry } from '../../features/logs/entry.ts'
import type { LogLine } from '../../features/logs/log-types.ts'
import type { GroupRef } from '../../kit/language/log-target.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Posted } from '../../model/ports/slack.ts'

/**
 * A distinct line that was taken: its time in epoch milliseconds, a hash of its time, stream and text, and how often it
 * occurred.
 */
type Seen = readonly [at: number, key: string, times: number]

/**
 * The position of a log follow. Live Tail events have no id, so lines are identified by stream, time and text, and
 * counted. `seen`: all lines taken since `from` (epoch milliseconds). Lines before `from` are finished.
 */
export type Cursor = { readonly from: number; readonly seen: readonly Seen[] }

export type Follow = {
  readonly id: string
  readonly actor: Actor
  readonly of: ServiceRef | GroupRef
  readonly filter?: string
  readonly container?: string
  readonly task?: string
  readonly zone: string
  readonly posted: Posted
  /** When the follow started. Times in this file are ISO 8601, except the times of lines. */
  readonly startedAt: string
  readonly endsAt: string
  /** The time of the first line to show, epoch milliseconds. */
  readonly since: number
  /** The number of the invocation that runs the follow (its holder), from 1. Each handover adds one. */
  readonly holder: number
  /** The last heartbeat of the invocation that runs the follow, as ISO 8601. */
  readonly beatAt: string
  readonly cursor: Cursor
  /** The newest lines, ordered from the oldest to the newest. */
  readonly shown: readonly Entry[]
  readonly lines: number
  readonly levels: Entries['levels']
  /** The counts of about the last hour, in order; absent in items that older versions stored. */
  readonly minutes?: Entries['minutes']
  readonly hidden: Entries['hidden']
  /**
   * Whether an invocation died and another one continued. Lines that arrived very late in between may then be missing.
   */
  readonly hasGap?: true
  /** Whether Live Tail left out lines because there were too many. */
  readonly isSampled: boolean
  readonly end?: End
}

export type End = { readonly why: 'time' | 'stopped' | 'trouble'; readonly at: string; readonly text?: string }

/** A request to stop, written by the decision function. The invocation that runs the follow polls it once a second. */
export type Stop = { readonly by: Actor; readonly at: string }

/** How late a line may reach CloudWatch Logs, or how far behind its clock may be, to be shown still. */
export const LATE_MS = 5 * 60_000
/**
 * The maximum number of remembered lines, which limits the size of the item. If many lines come at once, they cover a
 * shorter time.
 */
const MAX_SEEN = 3_000

/** The hash of a line. Its 48 bits suffice to distinguish thousands of lines. */
const keyOf = ({ stream, message, at }: LogLine): string =>
  createHash('sha256').update(`${at}\n${stream}\n${message}`).digest('base64url').slice(0, 8)

export type Taken = {
  readonly fresh: readonly LogLine[]
  /** Lines that were already taken by earlier polls. */
  readonly repeated: readonly LogLine[]
  readonly cursor: Cursor
  /** How often each line occurred in this poll. */
  readonly counted: Map<string, number>
}

/**
 * Takes the new lines of a poll. `lines`: all lines from `cursor.from`, or from any later time, up to `upTo` (epoch
 * milliseconds).
 */
export const takePolled = (cursor: Cursor, lines: readonly LogLine[], upTo: number): Taken => {
  const seen = readSeen(cursor)
  const counted = new Map<string, number>()
  const fresh: LogLine[] = []
  const repeated: LogLine[] = []
  for (const line of lines) {
    const key = keyOf(line)
    const times = (counted.get(key) ?? 0) + 1
    counted.set(key, times)
    const isFresh = times > (seen.get(key)?.times ?? 0)
    if (isFresh) seen.set(key, { at: line.at, times })
    ;(isFresh ? fresh : repeated).push(line)
  }
  return { fresh, repeated, cursor: writeSeen(seen, cursor.from, upTo), counted }
}

/**
 * Takes new lines of Live Tail. `polled`: counts of lines that a poll took while Live Tail was open. Each such line is
 * skipped as often as it was counted.
 */
export const takeLive = (
  cursor: Cursor,
  lines: readonly LogLine[],
  polled: Map<string, number>,
  now: number,
): Taken => {
  const seen = readSeen(cursor)
  const fresh = lines.filter(line => {
    const key = keyOf(line)
    const count = polled.get(key) ?? 0
    if (count > 0) polled.set(key, count - 1)
    if (count > 0) return false
    seen.set(key, { at: line.at, times: (seen.get(key)?.times ?? 0) + 1 })
    return true
  })
  return { fresh, repeated: [], cursor: writeSeen(seen, cursor.from, now), counted: polled }
}

type SeenMap = Map<string, { readonly at: number; readonly times: number }>

const readSeen = ({ seen }: Cursor): SeenMap => new Map(seen.map(([at, key, times]) => [key, { at, times }]))

const writeSeen = (seen: SeenMap, before: number, upTo: number): Cursor => {
  const oldest = Math.max(before, upTo - LATE_MS)
  const kept = [...seen].filter(([, { at }]) => at >= oldest).toSorted(([, a], [, b]) => a.at - b.at)
  const from = kept.at(-MAX_SEEN)?.[1].at ?? oldest
  return { from, seen: kept.filter(([, { at }]) => at >= from).map(([key, { at, times }]) => [at, key, times]) }
}
