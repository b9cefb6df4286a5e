// Converts raw lines to entries: hides secrets, joins stack traces, parses JSON, counts repeats, and orders entries by
// time.

import { addHidden, type RedactOptions } from '../../kit/redact/redact.ts'
import { type RedactedLines, redactLines } from '../../kit/redact/stream.ts'
import type { Entries, Entry, LogFields, Minute } from './entry.ts'
import { openEnvelope, readOpened } from './lines/record.ts'
import { joinTraces } from './lines/traces.ts'
import type { LogLine } from './log-types.ts'

/** Converts lines to entries. `lines`: oldest first. */
export const readEntries = (lines: readonly LogLine[], options: RedactOptions = {}): Entries => {
  const { entries, ...counted } = readEach(lines, (_, messages) => redactLines(messages, options))
  return { ...arrange(entries), ...counted }
}

/** Redacts lines of one stream; returns as many lines. */
export type RedactStream = (stream: string, messages: readonly string[]) => RedactedLines

/** Converts lines to entries without merging repeats or extracting common fields. */
export const readEach = (lines: readonly LogLine[], redact: RedactStream): Omit<Entries, 'common'> => {
  const read = [...byStream(lines)].map(([stream, part]) => readStream(stream, part, redact))
  const entries = read.flatMap(({ entries }) => entries).toSorted((a, b) => a.at - b.at)
  return {
    entries,
    levels: countLevels(entries),
    minutes: countMinutes(entries),
    hidden: addHidden(read.map(({ hidden }) => hidden)),
  }
}

/** Extracts common fields from entries and merges repeats. */
export const arrange = (entries: readonly Entry[]): Pick<Entries, 'entries' | 'common'> => {
  const common = commonFields(entries)
  return { entries: collapse(entries, common), common }
}

export const byStream = (lines: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> => {
  const streams = new Map<string, LogLine[]>()
  for (const line of lines) {
    const part = streams.get(line.stream) ?? []
    part.push(line)
    streams.set(line.stream, part)
  }
  return streams
}

const readStream = (stream: string, lines: readonly LogLine[], redact: RedactStream) => {
  const redacted = redact(
    stream,
    lines.map(({ message }) => message),
  )
  const opened = lines.map(({ at }, nth) => ({ at, ...openEnvelope(redacted.lines[nth] ?? '') }))
  return {
    entries: joinTraces(opened).map(({ text, lines: count, first: { at, envelope } }) => ({
      at,
      stream,
      streams: 1,
      ...readOpened(text, envelope),
      times: 1,
      lines: count,
    })),
    hidden: redacted.hidden,
  }
}

const commonFields = (entries: readonly Entry[]): LogFields => {
  const having = entries.filter(({ fields }) => hasAny(fields))
  const [first] = having
  if (first === undefined || having.length === 1) return {}
  return Object.fromEntries(
    Object.entries(first.fields).filter(([name, value]) => having.every(({ fields }) => fields[name] === value)),
  )
}

const hasAny = (fields: LogFields): boolean => {
  for (const _ in fields) return true
  return false
}

const without = (fields: LogFields, common: LogFields): LogFields => {
  const kept: Record<string, string> = {}
  for (const name of Object.keys(fields)) if (!Object.hasOwn(common, name)) kept[name] = fields[name] ?? ''
  return kept
}

/** Merges consecutive repeats. It remembers an entry's streams only once the entry repeats. */
const collapse = (entries: readonly Entry[], common: LogFields): readonly Entry[] => {
  const rows: Entry[] = []
  let streams: Set<string> | undefined
  for (const whole of entries) {
    const entry = { ...whole, fields: without(whole.fields, common) }
    const row = rows.at(-1)
    if (row === undefined || !isRepeat(row, entry)) {
      rows.push(entry)
      streams = undefined
      continue
    }
    streams = (streams ?? new Set([row.stream])).add(entry.stream)
    rows[rows.length - 1] = { ...entry, streams: streams.size, times: row.times + 1, lines: row.lines + entry.lines }
  }
  return rows
}

const isRepeat = (a: Entry, b: Entry): boolean =>
  a.level === b.level && a.text === b.text && hasSame(a.fields, b.fields)

const hasSame = (a: LogFields, b: LogFields): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name])
}

const countLevels = (entries: readonly Entry[]): Entries['levels'] => {
  const levels = { error: 0, warn: 0, info: 0, debug: 0, other: 0 }
  for (const { level } of entries) levels[level] += 1
  return levels
}

const MINUTE_MS = 60_000

const countMinutes = (entries: readonly Entry[]): readonly Minute[] =>
  sumMinutes(
    (function* () {
      for (const { at, level } of entries) yield { at, lines: 1, errors: level === 'error' ? 1 : 0 }
    })(),
  )

/** Adds two lists of counts by minute. The result is in order and has each minute once. */
export const addMinutes = (some: readonly Minute[], more: readonly Minute[]): readonly Minute[] =>
  sumMinutes([...some, ...more].toSorted((a, b) => a.at - b.at))

const sumMinutes = (counts: Iterable<Minute>): readonly Minute[] => {
  const minutes = new Map<number, { at: number; lines: number; errors: number }>()
  for (const { at, lines, errors } of counts) {
    const start = Math.floor(at / MINUTE_MS) * MINUTE_MS
    const minute = minutes.get(start) ?? { at: start, lines: 0, errors: 0 }
    minute.lines += lines
    minute.errors += errors
    minutes.set(start, minute)
  }
  return [...minutes.values()]
}
