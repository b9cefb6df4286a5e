// Adds collected lines to the stored log follow, before they are shown.

import { addMinutes, readEach } from '../../features/logs/log-entries.ts'
import type { LogLine } from '../../features/logs/log-types.ts'
import { addHidden } from '../../kit/redact/redact.ts'
import type { Collected } from './collector.ts'
import { type Follow, takeLive, takePolled } from './follow.ts'
import type { FollowPorts } from './ports.ts'
import type { RedactedStreams } from './redacted-streams.ts'
import { type HeldFollow, storeFollow } from './stored-follow.ts'

/**
 * The longest time between two heartbeats in milliseconds. The watchdog detects a dead invocation by missing
 * heartbeats.
 */
const HEARTBEAT_MS = 15_000

const MAX_SHOWN = 100

/** The maximum number of stored characters. A DynamoDB item has at most 400 KB. */
const MAX_SHOWN_CHARACTERS = 40_000

/**
 * The number of minutes whose counts are stored: one hour, plus the time by which the first and last lines may be late.
 */
const MAX_MINUTES = 72

/** Stores lines before they are shown. Returns false if another invocation runs the follow. */
export const storeLines = async (
  held: HeldFollow,
  { polled, live, isSampled }: Collected,
  streams: RedactedStreams,
  ports: FollowPorts,
): Promise<boolean> => {
  const now = Date.parse(ports.now())
  let { cursor } = held.follow
  const fresh: LogLine[] = []
  if (polled !== undefined) {
    const polledLines = takePolled(cursor, polled.lines, polled.upTo)
    polled.shown(polledLines.counted)
    cursor = polledLines.cursor
    fresh.push(...polledLines.fresh)
    streams.addRepeated(polledLines.repeated)
  }
  if (live !== undefined && live.lines.length > 0) {
    const liveLines = takeLive(cursor, live.lines, live.polled(), now)
    cursor = liveLines.cursor
    fresh.push(...liveLines.fresh)
  }
  const isQuiet = fresh.length === 0 && isSampled === held.follow.isSampled
  if (isQuiet && now - Date.parse(held.follow.beatAt) < HEARTBEAT_MS) {
    // There are no new lines and the last heartbeat is recent, so nothing is stored. The next invocation would read the
    // same lines again.
    return true
  }
  return storeFollow(held, { ...addLines(held.follow, fresh, streams), cursor, isSampled }, ports)
}

const addLines = (follow: Follow, fresh: readonly LogLine[], streams: RedactedStreams): Partial<Follow> => {
  if (fresh.length === 0) return {}
  const lines = fresh.toSorted((a, b) => a.at - b.at)
  const { entries, levels, minutes, hidden } = readEach(lines, streams.redact)
  const sum = { ...follow.levels }
  for (const level of Object.keys(levels) as (keyof typeof levels)[]) sum[level] += levels[level]
  return {
    shown: newestThatFit([...follow.shown, ...entries].toSorted((a, b) => a.at - b.at)),
    lines: follow.lines + lines.length,
    levels: sum,
    minutes: addMinutes(follow.minutes ?? [], minutes).slice(-MAX_MINUTES),
    hidden: addHidden([follow.hidden, hidden]),
  }
}

const newestThatFit = (entries: Follow['shown']): Follow['shown'] => {
  const kept: Follow['shown'][number][] = []
  let room = MAX_SHOWN_CHARACTERS
  for (const entry of entries.slice(-MAX_SHOWN).toReversed()) {
    const short = { ...entry, text: entry.text.slice(0, 4_000) }
    room -= JSON.stringify(short).length
    if (room < 0 && kept.length > 0) break
    kept.unshift(short)
  }
  return kept
}
