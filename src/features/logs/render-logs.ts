// Renders /ecs logs: counts, a chart, and the newest lines that fit, ordered by time.

import { context, cut, plain, richText, section } from '../../kit/messages/markup.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Picture, Rendered } from '../../model/ports/message.ts'
import type { SlackFile } from '../../model/ports/slack.ts'
import { zoneWords } from '../../model/time.ts'
import type { Entry } from './entry.ts'
import { countBars } from './log-bars.ts'
import type { Span } from './log-span.ts'
import type { LogsState } from './logs-request.ts'
import { barsAltText, barsOf } from './render-bars.ts'
import { fileName, printFile } from './render-file.ts'
import { createPrinter, fitting, hiddenNote, levelsOf, preformattedBlock, whereOf } from './render-lines.ts'

export const renderLogs = (state: LogsState): Rendered => {
  const { place, found, most, span } = state
  const head = headOf(state)
  const picked = chosen(found.entries, most, span)
  const shown = fitting(picked, createPrinter({ ...state, entries: found.entries, from: span.from }))
  const bars = barsOf(found.minutes, state.zone)
  const left = linesIn(found.entries) - linesIn(picked.slice(picked.length - shown.length))
  const pictures = picturesOf(state)
  return {
    text: plain(head),
    ...(pictures.length > 0 && { pictures }),
    blocks: [
      richText(section(head)),
      context(whereOf(place)),
      ...(bars === undefined ? [] : [preformattedBlock(bars)]),
      ...(shown.length === 0 ? [] : [preformattedBlock(shown.join('\n'))]),
      ...notesOf(state, left).map(note => context(note)),
      ...(left > 0 ? [offerButtons([{ label: 'Send as File', invocation: state.asFile }])] : []),
    ],
  }
}

/** The number of entries from which the chart is drawn as a picture. */
const LEAST_DRAWN = 200
/** The maximum number of bars of the picture: more could not be told apart on a phone. */
const MOST_DRAWN = 60

const picturesOf = ({ place, span, zone, found: { entries, minutes } }: LogsState): readonly Picture[] => {
  const count = minutes.reduce((sum, { lines }) => sum + lines, 0)
  const bars = count < LEAST_DRAWN ? undefined : countBars(minutes, zone, MOST_DRAWN)
  if (bars === undefined) return []
  const times = `times are ${zoneWords(zone, entries.at(-1)?.at ?? span.from)}`
  return [
    {
      name: `${fileName(place.name)}-events.png`,
      title: `${place.name}: entries of ${span.words}`,
      alt: `${place.name}, ${whereOf(place)}: ${barsAltText(minutes, zone)}; ${times}`,
      data: { title: place.name, where: `${whereOf(place)} · ${times}`, bars },
    },
  ]
}

export const fileOfLogs = ({ place, found, count, span, zone, sources, isPartial }: LogsState): SlackFile =>
  printFile({ name: place.name, found, lines: count, from: span.from, zone, sources, isCut: isPartial })

const headOf = ({ place, span, filter, found, count, isPartial }: LogsState): string => {
  const matching = filter === undefined ? '' : ` matching \`${cut(filter.replaceAll('`', "'"), 100)}\``
  if (count === 0) return `*${place.name}*: no lines${matching} in ${span.words}.`
  const which = isPartial ? (span.around === undefined ? 'the newest ' : 'the nearest ') : ''
  const lines = `${which}${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}${matching}`
  return `*${place.name}*: ${lines} of ${span.words}${levelsOf(found.levels)}`
}

/** The newest entries or, for `--around`, those nearest to the requested time. */
const chosen = (entries: readonly Entry[], most: number, { around }: Span): readonly Entry[] => {
  if (around === undefined) return entries.slice(-most)
  const nearest = entries.toSorted((a, b) => Math.abs(a.at - around) - Math.abs(b.at - around)).slice(0, most)
  return nearest.toSorted((a, b) => a.at - b.at)
}

const linesIn = (entries: readonly Entry[]): number => entries.reduce((sum, { lines }) => sum + lines, 0)

const notesOf = (state: LogsState, left: number): readonly string[] => {
  const { sources, groups, found, count, isPartial, notes, span, zone } = state
  const common = Object.entries(found.common).map(([name, value]) => `${name}=${cut(value, 60)}`)
  const tasks = new Set(sources.map(({ task }) => task)).size
  const streams = `${sources.length} ${sources.length === 1 ? 'stream' : 'streams'} of ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`
  const where = [groups.join(', '), ...(sources.length === 0 ? [] : [streams])].join(' · ')
  return [
    `${where}${count === 0 ? '' : ` · times are ${zoneWords(zone, found.entries.at(-1)?.at ?? span.from)}`}`,
    ...(common.length === 0 ? [] : [`Common fields: ${common.join('  ')}`]),
    ...hiddenNote(found.hidden),
    ...(left > 0 || isPartial ? [leftNote(left, state)] : []),
    ...(count === 0 && !isPartial && span.to === undefined
      ? ['Search further back with --since, for example --since 3h.']
      : []),
    ...notes.map(note => note.replace(/[*`]/g, '')),
  ]
}

/**
 * The note about lines that are not shown. As in the first line of the answer, the lines of stack traces and repeats
 * are counted.
 */
const leftNote = (left: number, { isPartial, span, count }: LogsState): string => {
  const isAround = span.around !== undefined
  const which = isAround ? 'other' : 'older'
  const rest =
    left > 0
      ? `${left.toLocaleString('en')} ${which} ${left === 1 ? 'line is' : 'lines are'} counted but not shown.`
      : ''
  const unread = isPartial ? `${isAround ? 'Lines further away' : 'Older lines'} were not read.` : ''
  const next = count > 0 ? 'Use --filter, --container, --task or --since.' : ''
  return [rest, unread, next].filter(part => part !== '').join(' ')
}
