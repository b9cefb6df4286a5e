// The simulated CloudWatch Logs. The lines of containers are generated when they are read. Tests and the World panel add
// further lines.

import type { Fleet } from './fleet.ts'
import { addStream, createLogGroups, type LogEvent, type LogGroup, type LogStream, runningSince } from './log-groups.ts'
import { type ContainerLife, hashOf, linesIn } from './log-lines.ts'

export type { LogEvent, LogGroup, LogStream } from './log-groups.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** The time after which a line of a container can be read, in milliseconds. */
const ON_ITS_WAY = 200

/** A span of time, from `from` (inclusive) to `to` (exclusive). */
type Range = { readonly from: number; readonly to: number }

const minuteOf = (at: number): number => Math.floor(at / MINUTE) * MINUTE

const idOf = (at: number, stream: string, nth: number): string =>
  `3${at}${hashOf(stream).toString().padStart(10, '0')}${nth.toString().padStart(8, '0')}`.padEnd(56, '0')

/** The number of the first added line. Added lines are sorted after the generated lines of the same millisecond. */
const ADDED = 10_000_000

export const isBefore = (a: Pick<LogEvent, 'at' | 'id'>, b: Pick<LogEvent, 'at' | 'id'>): boolean =>
  a.at < b.at || (a.at === b.at && a.id < b.id)

const lifeOf = ({ name, task, container = '' }: LogStream): ContainerLife | undefined => {
  const from = task && runningSince(task)
  if (!task || from === undefined) return undefined
  const until = task.executionStoppedAt ?? task.stoppedAt
  return {
    stream: name,
    family: task.definition.family,
    container,
    from,
    ...(until !== undefined && { until }),
    ...(task.exitCode !== undefined && { exitCode: task.exitCode }),
  }
}

const eventsIn = (stream: LogStream, start: number, perMinute: number): readonly LogEvent[] => {
  const life = lifeOf(stream)
  const lines = life === undefined ? [] : linesIn(life, start, perMinute)
  const events = lines.map(({ at, message }, nth) => ({
    at,
    ingestedAt: at + ON_ITS_WAY,
    message,
    stream: stream.name,
    id: idOf(at, stream.name, nth),
  }))
  return [...events, ...(stream.added.get(start) ?? [])]
}

/** The minutes that may contain lines, in order. */
const minutesOf = (streams: readonly LogStream[], { from, to }: Range): readonly number[] => {
  const minutes = new Set<number>()
  for (const stream of streams) {
    for (const minute of stream.added.keys()) if (minute + MINUTE > from && minute < to) minutes.add(minute)
    const voice = lifeOf(stream)
    if (voice === undefined) continue
    const end = Math.min(to, (voice.until ?? to) + 1)
    for (let minute = minuteOf(Math.max(from, voice.from)); minute < end; minute += MINUTE) minutes.add(minute)
  }
  return [...minutes].toSorted((a, b) => a - b)
}

const append = (stream: LogStream, message: string, at: number, now: number): void => {
  const minute = stream.added.get(minuteOf(at)) ?? []
  const id = idOf(at, stream.name, ADDED + minute.length)
  minute.push({ at, ingestedAt: Math.max(at, now), message, stream: stream.name, id })
  stream.added.set(minuteOf(at), minute)
}

export type Logs = ReturnType<typeof createLogs>

export const createLogs = (fleet: Fleet) => {
  const { clock } = fleet
  const oldest = ({ retentionInDays }: LogGroup) =>
    retentionInDays === undefined ? 0 : clock.now() - retentionInDays * DAY
  return {
    ...createLogGroups(fleet),
    /** Adds a line, by default at the current time. Creates the stream if needed. */
    append: (group: LogGroup, name: string, message: string, at = clock.now()): void =>
      append(addStream(group, { name, createdAt: clock.now() }), message, at, clock.now()),
    /** The approximate times of the first and last event of a stream; undefined without events. */
    extent: (group: LogGroup, stream: LogStream): { readonly first: number; readonly last: number } | undefined => {
      const voice = group.perMinute > 0 ? lifeOf(stream) : undefined
      const times = [
        ...(voice ? [voice.from, Math.min(clock.now(), voice.until ?? clock.now())] : []),
        ...[...stream.added.values()].flat().map(({ at }) => at),
      ]
      const clamped = times.map(at => Math.max(at, oldest(group)))
      return clamped.length === 0 ? undefined : { first: Math.min(...clamped), last: Math.max(...clamped) }
    },
    /** Reads the events of some streams, one minute at a time, earliest or latest first. */
    *read(group: LogGroup, streams: readonly LogStream[], asked: Range, isForward: boolean) {
      const range = { from: Math.max(asked.from, oldest(group)), to: Math.min(asked.to, clock.now() + 1) }
      const minutes = minutesOf(streams, range)
      for (const minute of isForward ? minutes : minutes.toReversed()) {
        const events = streams
          .flatMap(stream => eventsIn(stream, minute, group.perMinute))
          .filter(({ at }) => at >= range.from && at < range.to)
          .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
        yield isForward ? events : events.toReversed()
      }
    },
  }
}
