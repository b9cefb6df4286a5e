// Renders log lines for messages: time, level, origin and text.

import { cut, plain, preformatted, richText, section } from '../../kit/messages/markup.ts'
import { placeText } from '../../kit/messages/place-line.ts'
import type { Hidden } from '../../kit/redact/redact.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { createOffsets } from '../../model/time.ts'
import type { Entries, Entry, Level } from './entry.ts'
import type { Source } from './log-sources.ts'
import type { LogsPlace } from './logs-request.ts'

/** The maximum size of the lines, in characters of JSON. All blocks of a message hold about 13,000. */
const MOST_CHARACTERS = 9_000
const LONGEST_LINE = 600
const LONGEST_TRACE = 2_500

export const whereOf = ({ cluster, ...place }: LogsPlace): string =>
  cluster === undefined ? placeText(place) : `${placeText(place)} · ${cluster}`

export const preformattedBlock = (text: string): Block => richText(preformatted(text))

const WORDS: readonly (readonly [Level, string, string])[] = [
  ['error', 'error', 'errors'],
  ['warn', 'warning', 'warnings'],
  ['info', 'info', 'info'],
  ['debug', 'debug', 'debug'],
]

export const levelsOf = (levels: Entries['levels']): string => {
  const counted = WORDS.filter(([level]) => levels[level] > 0).map(
    ([level, one, many]) => `${levels[level].toLocaleString('en')} ${levels[level] === 1 ? one : many}`,
  )
  return counted.length === 0 ? '' : `: ${counted.join(', ')}`
}

type Printing = {
  readonly entries: readonly Entry[]
  /** The start of the requested span, epoch milliseconds. */
  readonly from: number
  readonly zone: string
  readonly sources: readonly Source[]
}

const DAY_MS = 86_400_000

/** Creates a function that prints an entry: time, level, origin (if origins differ), and text. */
export const createPrinter = ({ entries, from, zone, sources }: Printing): ((entry: Entry) => string) => {
  const containers = new Set(sources.map(({ container }) => container)).size
  const tasks = new Set(sources.map(({ task }) => task)).size
  const origins = new Map(
    sources.map(({ stream, container, task }) => [
      stream,
      [...(containers > 1 ? [container] : []), ...(tasks > 1 ? [task.slice(0, 6)] : [])].join('/'),
    ]),
  )
  const isOneStream = new Set(entries.map(({ stream }) => stream)).size <= 1
  const isLong = entries.length > 0 && (entries.at(-1)?.at ?? 0) - from > DAY_MS
  const clock = createClock(zone, isLong)
  return entry => {
    const origin = origins.get(entry.stream) ?? (isOneStream ? '' : `…${entry.stream.slice(-24)}`)
    return [clock(entry.at), NAMES[entry.level], ...(origin === '' ? [] : [origin]), bodyOf(entry)].join(' ')
  }
}

/** Creates a clock that formats each second only once, since many lines share a second. */
const createClock = (zone: string, isLong: boolean): ((at: number) => string) => {
  const offset = createOffsets(zone)
  let second = Number.NaN
  let words = ''
  return at => {
    const now = Math.floor(at / 1_000)
    if (now !== second) {
      second = now
      words = new Date(now * 1_000 + offset(at))
        .toISOString()
        .slice(isLong ? 5 : 11, 20)
        .replace('T', ' ')
    }
    return words + `${at - now * 1_000}`.padStart(3, '0')
  }
}

const NAMES: Readonly<Record<Level, string>> = {
  error: 'ERROR',
  warn: 'WARN ',
  info: 'INFO ',
  debug: 'DEBUG',
  other: '     ',
}

const bodyOf = ({ text, fields, times, streams }: Entry): string => {
  const end = text.indexOf('\n')
  let line = end < 0 ? text : text.slice(0, end)
  for (const name of Object.keys(fields)) {
    const value = fields[name] ?? ''
    line += `${line === '' ? '' : '  '}${name}=${cut(value.includes('\n') ? value.replaceAll('\n', ' ') : value, 120)}`
  }
  const whole = cut(line.trim() || '(empty)', LONGEST_LINE)
  const from = streams > 1 ? ` from ${streams} streams` : ''
  return `${whole}${times > 1 ? `  (×${times}${from})` : ''}${end < 0 ? '' : cut(traceOf(text.slice(end + 1)), LONGEST_TRACE)}`
}

const traceOf = (text: string): string =>
  text
    .split('\n')
    .map(part => `\n    ${cut(part.trimEnd(), LONGEST_LINE)}`)
    .join('')

/** The newest entries that fit into a message, printed, oldest first. */
export const fitting = (entries: readonly Entry[], print: (entry: Entry) => string): readonly string[] => {
  const lines: string[] = []
  let room = MOST_CHARACTERS
  for (const entry of entries.toReversed()) {
    const line = print(entry)
    room -= JSON.stringify(line).length
    if (room < 0) break
    lines.unshift(line)
  }
  return lines
}

export const hiddenNote = (hidden: Hidden): readonly string[] => {
  const counted = Object.entries(hidden).map(([kind, count]) => `${count} × ${kind}`)
  return counted.length === 0 ? [] : [`Hidden as possible secrets: ${counted.join(', ')}`]
}

/** An ephemeral note that a file was sent. */
export const renderSent = (name: string): Rendered => {
  const words = `\`${name}\` is in your direct messages with Quarterdeck.`
  return { text: plain(words), blocks: [richText(section(words))] }
}
