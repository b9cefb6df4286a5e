// Renders the message of a log follow: its state, newest lines and Stop button; at the end, how it ended.

import { arrange } from '../../features/logs/log-entries.ts'
import type { Source } from '../../features/logs/log-sources.ts'
import { PARTIAL_TASKS, type SessionLines } from '../../features/logs/log-types.ts'
import { barsOf } from '../../features/logs/render-bars.ts'
import {
  createPrinter,
  fitting,
  hiddenNote,
  levelsOf,
  preformattedBlock,
  whereOf,
} from '../../features/logs/render-lines.ts'
import { sessionNotes } from '../../features/logs/session-lines.ts'
import { type Button, buttons, context, cut, date, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { zoneWords } from '../../model/time.ts'
import type { Follow } from './follow.ts'

/** The part of the follow's state that is not stored. */
export type FollowState = {
  readonly sources: readonly Source[]
  /** Whether the service has more tasks than are followed. */
  readonly isPartial?: boolean
  /** True while Live Tail is used, false while polling. */
  readonly isLive: boolean
  readonly sessions: SessionLines
  /** The current problem, as a sentence. */
  readonly trouble?: string
}

/** A rendered message. `isWhole`: it shows all lines, so no file is needed. */
type FollowMessage = Rendered & { readonly isWhole: boolean }

export const renderFollow = (follow: Follow, now: FollowState): FollowMessage => {
  const { end, endsAt, id, of, shown } = follow
  const { entries, common } = arrange(shown)
  const lines = fitting(
    entries,
    createPrinter({ entries, from: follow.since, zone: follow.zone, sources: now.sources }),
  )
  const pairs = Object.entries(common).map(([name, value]) => `${name}=${cut(value, 60)}`)
  const bars = barsOf(follow.minutes ?? [], follow.zone)
  const isWhole = lines.length === entries.length && shown.reduce((sum, { lines: of }) => sum + of, 0) >= follow.lines
  return {
    isWhole: isWhole && !follow.hasGap,
    text: plain(`${headOf(follow)}${countsOf(follow)}`),
    blocks: [
      richText(
        end === undefined
          ? section(headOf(follow), ' until ', date(endsAt, '{time}'), countsOf(follow))
          : section(`${headOf(follow)}${countsOf(follow)}`),
      ),
      context(whereOf({ ...of, name: nameOf(of) })),
      ...(bars === undefined ? [] : [preformattedBlock(bars)]),
      ...(lines.length === 0 ? [] : [preformattedBlock(lines.join('\n'))]),
      ...notesOf(follow, now, pairs, isWhole).map(note => context(note)),
      ...(end === undefined ? [buttons('follow', [stopButton(id)])] : []),
    ],
  }
}

/** An ephemeral message to the requester that the follow has started. */
export const renderFollowStarted = ({ of }: Follow, isShared: boolean): Rendered => {
  const words = `Following *${nameOf(of)}* ${isShared ? 'here' : 'in your direct messages with Quarterdeck'}.`
  return { text: plain(words), blocks: [richText(section(words))] }
}

const stopButton = (id: string): Button => ({ label: 'Stop', action: 'decide:stop', value: id })

export const nameOf = (of: Follow['of']): string => ('group' in of ? of.group : of.service)

const headOf = ({ of, end, filter, startedAt }: Follow): string => {
  const like = filter === undefined ? '' : ` like \`${cut(filter.replaceAll('`', "'"), 100)}\``
  const doing = end === undefined ? 'Following' : 'Followed'
  const how =
    end === undefined
      ? ''
      : ` for ${durationText(Date.parse(end.at) - Date.parse(startedAt))}${END_TEXT[end.why]}${end.text ?? ''}`
  return `${doing} *${nameOf(of)}*${like}${how}`
}

const END_TEXT: Readonly<Record<NonNullable<Follow['end']>['why'], string>> = {
  time: '',
  stopped: '; stopped by ',
  trouble: '; ended early: ',
}

const durationText = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`
}

const countsOf = ({ lines, levels }: Follow): string =>
  `: ${lines === 0 ? 'no lines' : `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}`}${levelsOf(levels)}`

const notesOf = (
  follow: Follow,
  { isLive, isPartial, trouble, sessions, sources }: FollowState,
  common: readonly string[],
  isWhole: boolean,
) => {
  const { end, hasGap, hidden, isSampled, lines, shown, zone } = follow
  const at = shown.at(-1)?.at ?? follow.since
  const source = end !== undefined ? [] : [isLive ? 'live' : 'polled every few seconds']
  return [
    [...source, ...(lines === 0 ? [] : [`times are ${zoneWords(zone, at)}`])].join(' · '),
    ...(common.length === 0 ? [] : [`On every line with fields: ${common.join('  ')}`]),
    ...hiddenNote(hidden),
    ...('service' in follow.of && sources.length === 0
      ? []
      : sessionNotes(
          sessions,
          sources.map(({ stream }) => stream),
        )),
    ...(isPartial === true ? [PARTIAL_TASKS] : []),
    ...(isSampled ? ['Live Tail is limited to 500 lines/s; this is a sample.'] : []),
    ...(hasGap
      ? [
          'The follow restarted after a failure. Lines over 5 minutes late, or before the last 3,000, may be missing here. The file at the end has all lines.',
        ]
      : []),
    ...(isWhole ? [] : ['Older lines are not shown here. The file at the end has all lines.']),
    ...(trouble === undefined ? [] : [trouble]),
  ].filter(note => note !== '')
}
