// /ecs logs: the newest lines that fit, in the order of time, with what was counted above and what was left out below.
import type { Block, Rendered } from '../command.ts'
import type { Entries, Entry, Level } from '../log-entries.ts'
import type { LogsPlace, LogsState } from '../log-reading.ts'
import type { Span } from '../log-span.ts'
import { createOffsets, zoneWords } from '../moment.ts'
import type { Hidden } from '../redact.ts'
import { context, cut, plain, richText, section } from './markup.ts'
import { placeWords } from './status.ts'

/** Of text as Slack gets it, in JSON: some 13,000 fit into all blocks of a message. */
const MOST_CHARACTERS = 9_000
const LONGEST_LINE = 600
const LONGEST_TRACE = 2_500

export const renderLogs = (state: LogsState): Rendered => {
  const { place, found, most, span } = state
  const head = headOf(state)
  const shown = fitting(wanted(found.entries, most, span), linePrinter(state))
  const left = found.entries.length - shown.length
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      context(whereOf(place)),
      ...(shown.length === 0 ? [] : [preformatted(shown.join('\n'))]),
      ...notesOf(state, left).map(note => context(note)),
    ],
  }
}

const whereOf = ({ cluster, ...place }: LogsPlace): string =>
  cluster === undefined ? placeWords(place) : `${placeWords(place)} · ${cluster}`

const preformatted = (text: string): Block =>
  richText({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] })

const headOf = ({ place, span, filter, found, count, isPartial }: LogsState): string => {
  const like = filter === undefined ? '' : ` like \`${cut(filter.replaceAll('`', "'"), 100)}\``
  if (count === 0) return `*${place.name}* wrote nothing${like} in ${span.words}.`
  const which = isPartial ? (span.around === undefined ? 'the newest ' : 'the nearest ') : ''
  const lines = `${which}${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}${like}`
  return `*${place.name}*: ${lines} of ${span.words}${levelsOf(found.levels)}`
}

const WORDS: readonly (readonly [Level, string, string])[] = [
  ['error', 'error', 'errors'],
  ['warn', 'warning', 'warnings'],
  ['info', 'info', 'info'],
  ['debug', 'debug', 'debug'],
]

const levelsOf = (levels: Entries['levels']): string => {
  const counted = WORDS.filter(([level]) => levels[level] > 0).map(
    ([level, one, many]) => `${levels[level].toLocaleString('en')} ${levels[level] === 1 ? one : many}`,
  )
  return counted.length === 0 ? '' : `: ${counted.join(', ')}`
}

/** How a line begins: when, how bad, and from where as far as that differs. */
const linePrinter = ({ found, span, zone, sources }: LogsState): ((entry: Entry) => string) => {
  const containers = new Set(sources.map(({ container }) => container)).size
  const tasks = new Set(sources.map(({ task }) => task)).size
  const origins = new Map(
    sources.map(({ stream, container, task }) => [
      stream,
      [...(containers > 1 ? [container] : []), ...(tasks > 1 ? [task.slice(0, 6)] : [])].join('/'),
    ]),
  )
  const isOneStream = new Set(found.entries.map(({ stream }) => stream)).size <= 1
  const offset = createOffsets(zone)
  const isLong = found.entries.length > 0 && (found.entries.at(-1)?.at ?? 0) - span.from > DAY_MS
  const clock = (at: number) =>
    new Date(at + offset(at))
      .toISOString()
      .slice(isLong ? 5 : 11, 23)
      .replace('T', ' ')
  return entry => {
    const origin = origins.get(entry.stream) ?? (isOneStream ? '' : `…${entry.stream.slice(-24)}`)
    return [clock(entry.at), NAMES[entry.level], ...(origin === '' ? [] : [origin]), bodyOf(entry)].join(' ')
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
  const [first = '', ...trace] = text.split('\n')
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${cut(value.replaceAll('\n', ' '), 120)}`)
  const line = cut([first, ...pairs].join('  ').trim() || '(empty)', LONGEST_LINE)
  const from = streams > 1 ? ` from ${streams} streams` : ''
  const rest = trace.map(part => `\n    ${cut(part.trimEnd(), LONGEST_LINE)}`).join('')
  return `${line}${times > 1 ? `  (×${times}${from})` : ''}${cut(rest, LONGEST_TRACE)}`
}

const DAY_MS = 86_400_000

/** The newest; or those nearest to the moment that was asked for, both before and after it. */
const wanted = (entries: readonly Entry[], most: number, { around }: Span): readonly Entry[] => {
  if (around === undefined) return entries.slice(-most)
  const nearest = entries.toSorted((a, b) => Math.abs(a.at - around) - Math.abs(b.at - around)).slice(0, most)
  return nearest.toSorted((a, b) => a.at - b.at)
}

/** The newest that fit, the oldest first. */
const fitting = (entries: readonly Entry[], print: (entry: Entry) => string): readonly string[] => {
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

const notesOf = (state: LogsState, left: number): readonly string[] => {
  const { sources, groups, found, count, isPartial, notes, span, zone } = state
  const common = Object.entries(found.common).map(([name, value]) => `${name}=${cut(value, 60)}`)
  const tasks = new Set(sources.map(({ task }) => task)).size
  const streams = `${sources.length} ${sources.length === 1 ? 'stream' : 'streams'} of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`
  const where = [groups.join(', '), ...(sources.length === 0 ? [] : [streams])].join(' · ')
  return [
    `${where}${count === 0 ? '' : ` · times are ${zoneWords(zone, found.entries.at(-1)?.at ?? span.from)}`}`,
    ...(common.length === 0 ? [] : [`On every line with fields: ${common.join('  ')}`]),
    ...hiddenNote(found.hidden),
    ...(left > 0 || isPartial ? [leftNote(left, isPartial)] : []),
    ...(count === 0 && !isPartial && span.to === undefined
      ? ['Look farther back with --since, for example --since 3h.']
      : []),
    ...notes.map(note => note.replace(/[*`]/g, '')),
  ]
}

const hiddenNote = (hidden: Hidden): readonly string[] => {
  const counted = Object.entries(hidden).map(([kind, count]) => `${count} × ${kind}`)
  return counted.length === 0 ? [] : [`Hidden, as it looks like a secret: ${counted.join(', ')}`]
}

const leftNote = (left: number, isPartial: boolean): string => {
  const older =
    left > 0
      ? `${left.toLocaleString('en')} older ${left === 1 ? 'entry is' : 'entries are'} counted but not shown.`
      : ''
  const further = isPartial ? 'There is more that was not looked at.' : ''
  return [older, further, 'Narrow it with --filter, --container, --task or --since.']
    .filter(part => part !== '')
    .join(' ')
}
