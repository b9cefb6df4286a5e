// A follow as the store has it, and how its cursor moves: what was shown is what was stored, so whoever holds the follow
// next goes on from there. Pure.
import { createHash } from 'node:crypto'
import type { Entries, Entry } from '../../features/logs/entry.ts'
import type { LogLine } from '../../features/logs/log-types.ts'
import type { GroupRef } from '../../kit/language/log-target.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Posted } from '../../model/ports/slack.ts'

/** One line by what it says: its time, a hash of stream and text, and how often it came. */
type Seen = readonly [at: number, key: string, times: number]

/**
 * Up to where lines were taken. Live Tail gives events no id, so they are told apart by stream, time and text, and
 * counted. Everything from `from` on that was taken is in `seen`; what is before it was taken or came too late.
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
  /** ISO 8601, as all times here but those of lines. */
  readonly startedAt: string
  readonly endsAt: string
  /** Epoch milliseconds: lines from then on. */
  readonly since: number
  /** Who holds it: counted from 1, one more at each handing over. */
  readonly holder: number
  /** When the holder was last seen alive. */
  readonly beatAt: string
  readonly cursor: Cursor
  /** The newest, the oldest of them first. */
  readonly shown: readonly Entry[]
  readonly lines: number
  readonly levels: Entries['levels']
  /** The last hour or so, in order; not there in items of versions before it. */
  readonly minutes?: Entries['minutes']
  readonly hidden: Entries['hidden']
  /** A holder died, and another one took over: what came very late meanwhile may not have been taken. */
  readonly hasGap?: true
  /** Live Tail left some out. */
  readonly isSampled: boolean
  readonly end?: End
}

export type End = { readonly why: 'time' | 'stopped' | 'trouble'; readonly at: string; readonly text?: string }

/** Written by the decision function: the holder looks for it every second. */
export type Stop = { readonly by: Actor; readonly at: string }

/** How late a line may reach CloudWatch Logs, or how far its host's clock may be behind, to be shown all the same. */
export const LATE_MS = 5 * 60_000
/** Of a flood fewer milliseconds are remembered, not more lines: the item has to stay small. */
const MOST_SEEN = 3_000

/** 48 bits: thousands of them are told apart. */
const keyOf = ({ stream, message, at }: LogLine): string =>
  createHash('sha256').update(`${at}\n${stream}\n${message}`).digest('base64url').slice(0, 8)

export type Taken = {
  readonly fresh: readonly LogLine[]
  /** Those that were taken before. */
  readonly again: readonly LogLine[]
  readonly cursor: Cursor
  /** How often each line was among those that were looked at. */
  readonly counted: Map<string, number>
}

/** `lines`: all that there are from `cursor.from`, or from any time after it, up to `upTo`. */
export const takePolled = (cursor: Cursor, lines: readonly LogLine[], upTo: number): Taken => {
  const seen = readSeen(cursor)
  const counted = new Map<string, number>()
  const fresh: LogLine[] = []
  const again: LogLine[] = []
  for (const line of lines) {
    const key = keyOf(line)
    const times = (counted.get(key) ?? 0) + 1
    counted.set(key, times)
    const isFresh = times > (seen.get(key)?.times ?? 0)
    if (isFresh) seen.set(key, { at: line.at, times })
    ;(isFresh ? fresh : again).push(line)
  }
  return { fresh, again, cursor: writeSeen(seen, cursor.from, upTo), counted }
}

/** `polled`: what a poll has shown already, while the session was open; it is told once more, and counted down. */
export const takeLive = (
  cursor: Cursor,
  lines: readonly LogLine[],
  polled: Map<string, number>,
  now: number,
): Taken => {
  const seen = readSeen(cursor)
  const fresh = lines.filter(line => {
    const key = keyOf(line)
    const again = polled.get(key) ?? 0
    if (again > 0) polled.set(key, again - 1)
    if (again > 0) return false
    seen.set(key, { at: line.at, times: (seen.get(key)?.times ?? 0) + 1 })
    return true
  })
  return { fresh, again: [], cursor: writeSeen(seen, cursor.from, now), counted: polled }
}

type SeenMap = Map<string, { readonly at: number; readonly times: number }>

const readSeen = ({ seen }: Cursor): SeenMap => new Map(seen.map(([at, key, times]) => [key, { at, times }]))

const writeSeen = (seen: SeenMap, before: number, upTo: number): Cursor => {
  const oldest = Math.max(before, upTo - LATE_MS)
  const kept = [...seen].filter(([, { at }]) => at >= oldest).toSorted(([, a], [, b]) => a.at - b.at)
  const from = kept.at(-MOST_SEEN)?.[1].at ?? oldest
  return { from, seen: kept.filter(([, { at }]) => at >= from).map(([key, { at, times }]) => [at, key, times]) }
}
