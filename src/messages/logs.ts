// /ecs logs: the newest lines that fit, in the order of time, with what was counted above and what was left out below.
import type { Block, Rendered } from '../command.ts'
import { printDuration } from '../grammar.ts'
import type { Entries, Entry, Level } from '../log-entries.ts'
import type { LogsState } from '../log-reading.ts'
import type { Hidden } from '../redact.ts'
import { context, cut, plain, richText, section } from './markup.ts'
import { scope } from './status.ts'

/** Of text as Slack gets it, in JSON: some 13,000 fit into all blocks of a message. */
const MOST_CHARACTERS = 9_000
const LONGEST_LINE = 600
const LONGEST_TRACE = 2_500

export const renderLogs = (state: LogsState): Rendered => {
  const { ref, found, most } = state
  const head = headOf(state)
  const shown = fitting(found.entries.slice(-most), linePrinter(state))
  const left = found.entries.length - shown.length
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      scope(ref),
      ...(shown.length === 0 ? [] : [preformatted(shown.join('\n'))]),
      ...notesOf(state, left).map(note => context(note)),
    ],
  }
}

const preformatted = (text: string): Block =>
  richText({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] })

const headOf = ({ ref, since, filter, found, count, isPartial }: LogsState): string => {
  const span = `the last ${printDuration(since)}`
  const like = filter === undefined ? '' : ` like \`${cut(filter.replaceAll('`', "'"), 100)}\``
  if (count === 0) return `*${ref.service}* wrote nothing${like} in ${span}.`
  const lines = `${isPartial ? 'the newest ' : ''}${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}${like}`
  return `*${ref.service}*: ${lines} of ${span}${levelsOf(found.levels)}`
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
const linePrinter = ({ since, sources }: LogsState): ((entry: Entry) => string) => {
  const containers = new Set(sources.map(({ container }) => container)).size
  const tasks = new Set(sources.map(({ task }) => task)).size
  const origins = new Map(
    sources.map(({ stream, container, task }) => [
      stream,
      [...(containers > 1 ? [container] : []), ...(tasks > 1 ? [task.slice(0, 6)] : [])].join('/'),
    ]),
  )
  const clock = (at: number) =>
    new Date(at)
      .toISOString()
      .slice(since > 1_440 ? 5 : 11, 23)
      .replace('T', ' ')
  return entry => {
    const origin = origins.get(entry.stream) ?? ''
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
  const { sources, groups, found, count, isPartial, notes } = state
  const common = Object.entries(found.common).map(([name, value]) => `${name}=${cut(value, 60)}`)
  const tasks = new Set(sources.map(({ task }) => task)).size
  const where = `${groups.join(', ')} · ${sources.length} ${sources.length === 1 ? 'stream' : 'streams'} of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`
  return [
    `${where}${count === 0 ? '' : ' · times are UTC'}`,
    ...(common.length === 0 ? [] : [`On every line with fields: ${common.join('  ')}`]),
    ...hiddenNote(found.hidden),
    ...(left > 0 || isPartial ? [leftNote(left, isPartial)] : []),
    ...(count === 0 && !isPartial ? ['Look farther back with --since, for example --since 3h.'] : []),
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
