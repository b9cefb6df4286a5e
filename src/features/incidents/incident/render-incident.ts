// Renders the messages of an incident: its card, the timeline, and what is said in other channels.

import { fullName } from '../../../kit/language/target.ts'
import {
  type Button,
  buttons,
  context,
  cut,
  date,
  literal,
  plain,
  richText,
  section,
  timeMark,
} from '../../../kit/messages/markup.ts'
import { placeLine } from '../../../kit/messages/place-line.ts'
import { offerButtons } from '../../../kit/messages/render-refusal.ts'
import { plainName, shortName } from '../../../kit/messages/text.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Block, Rendered } from '../../../model/ports/message.ts'
import type { Who } from '../change.ts'
import type { Incident } from './incident.ts'
import { type TimelineEntry, type Times, timesOf, whoText } from './timeline.ts'

export const TIME = '{date_short_pretty} {time}'
/** The maximum number of timeline lines on the card, newest first. */
const MOST_ON_CARD = 8
const LONGEST_ON_CARD = 140

/** `open`, `acknowledged`, `mitigated` or `closed`. */
export const stateOf = ({ acknowledged, mitigated, closed }: Incident): string => {
  if (closed !== undefined) return 'closed'
  if (mitigated !== undefined) return 'mitigated'
  return acknowledged === undefined ? 'open' : 'acknowledged'
}

const SIGNS: Readonly<Record<string, string>> = { open: '🚨', acknowledged: '🚨', mitigated: '🟡', closed: '✅' }

export const titleOf = ({ title, ref }: Pick<Incident, 'title' | 'ref'>): string =>
  plainName(title ?? `Incident on ${ref.service}`, 150)

/** The first line of a message: `🚨 Incident open · high · orders-api: checkout is down`. */
export const headOf = (incident: Incident): string => {
  const { severity, ref, title } = incident
  const state = stateOf(incident)
  const about = title === undefined ? '' : `: ${plainName(title, 150)}`
  return `${SIGNS[state]} Incident ${state} · ${severity} · ${shortName(ref.service)}${about}`
}

export const topicOf = (incident: Incident): string =>
  cut(`${headOf(incident)} · ${incident.ref.account} ${incident.ref.region} ${incident.ref.cluster}`, 250)

/** Renders the card in the incident's channel. The card is updated in place. `notes`: steps that failed. */
export const renderIncident = (
  incident: Incident,
  entries: readonly TimelineEntry[],
  notes: readonly string[] = [],
): Rendered => {
  const left = entries.length - MOST_ON_CARD
  const shown = entries.slice(-MOST_ON_CARD)
  return {
    text: plain(headOf(incident)),
    blocks: [
      richText(section(bold(headOf(incident)))),
      placeLine(incident.ref),
      richText(section(literal(`Opened by ${plainName(incident.by.name, 60)} `), date(incident.at, TIME))),
      ...onCallBlocks(incident),
      ...easedBlocks(incident),
      ...timesBlocks(timesOf(incident)),
      ...(incident.closed === undefined ? [] : [context(`Summary: ${plainName(incident.closed.summary, 280)}`)]),
      ...(left > 0 ? [context(`${left} earlier lines of the timeline: /ecs incident timeline`)] : []),
      ...(shown.length === 0 ? [] : [richText(...shown.map(entry => entryLine(entry, LONGEST_ON_CARD)))]),
      ...notes.map(note => context(note)),
      actionsOf(incident),
    ],
  }
}

const easedBlocks = ({ eased, closed }: Incident): readonly Block[] =>
  eased === undefined || closed !== undefined
    ? []
    : [
        context(
          `The approval rules for incidents hold until ${timeMark(eased.until)}. Access, limits, locks and freezes stay.`,
        ),
      ]

/** The maximum number of people that a message mentions. */
const MOST_MENTIONED = 3

const onCallBlocks = ({ onCall = [], closed }: Incident): readonly Block[] => {
  if (closed !== undefined || onCall.length === 0) return []
  const mentions = onCall
    .slice(0, MOST_MENTIONED)
    .flatMap((user, nth) => [...(nth === 0 ? [] : [literal(', ')]), { type: 'user', user_id: user }])
  const more = onCall.length - MOST_MENTIONED
  return [richText(section(literal('On call: '), ...mentions, ...(more > 0 ? [literal(` and ${more} more`)] : [])))]
}

export const bold = (text: string): JsonObject => ({ type: 'text', text, style: { bold: true } })

export const timesBlocks = (times: Times): readonly Block[] => {
  const { acknowledged, mitigated, resolved, isFromProblem } = times
  const parts = [
    ...(acknowledged === undefined ? [] : [`acknowledged after ${acknowledged}`]),
    ...(mitigated === undefined ? [] : [`mitigated after ${mitigated}`]),
    ...(resolved === undefined ? [] : [`resolved after ${resolved}`]),
  ]
  if (parts.length === 0) return []
  return [context(`${parts.join(', ')}${isFromProblem ? ', counted from the beginning of the problem' : ''}`)]
}

export const entryLine = ({ at, what, who, isBad }: TimelineEntry, most: number): JsonObject =>
  section(date(at, TIME), literal(`  ${isBad ? '❌ ' : ''}${cut(what, most)}`), ...whoParts(who), literal('\n'))

/** Who did something and who approved it, as elements of a message. */
const whoParts = (who: Who | undefined): readonly JsonObject[] => {
  const by = whoText(who)
  if (by === undefined) return []
  const approvers = who?.kind === 'person' ? who.approvers : []
  return [
    literal(` · ${by}`),
    ...approvers.flatMap((user, nth) => [
      literal(nth === 0 ? ', approved by ' : ', '),
      { type: 'user', user_id: user },
    ]),
  ]
}

const actionsOf = (incident: Incident): Block => {
  const service = fullName(incident.ref)
  const { acknowledged, mitigated, closed } = incident
  const of = `--service ${service}`
  if (closed !== undefined)
    return offerButtons([{ label: 'Timeline', invocation: `incident timeline ${incident.id.slice(0, 12)}` }])
  const all: readonly (Button | false)[] = [
    acknowledged === undefined && { label: 'Acknowledge', action: 'run:0', value: `incident acknowledge ${of}` },
    mitigated === undefined && { label: 'Mitigated', action: 'run:1', value: `incident mitigated ${of}` },
    { label: 'Why', action: 'run:2', value: `why ${service}` },
    { label: 'Timeline', action: 'run:3', value: `incident timeline ${incident.id.slice(0, 12)}` },
    { label: 'Close…', action: 'form:4', value: `incident close ${of}` },
  ]
  return buttons(
    'offers',
    all.filter(one => one !== false),
  )
}

/** Renders the message for a channel that people outside the organization can read: without names or details. */
export const renderBareIncident = (): Rendered => {
  const text = 'An incident is open. Its details are in the approval channel, because outsiders read this channel.'
  return { text, blocks: [richText(section(text))] }
}

/**
 * Renders the message in the channel in which the incident was opened. It names the incident's channel. `notes`: what
 * Slack refused, in plain words.
 */
export const renderOpened = (incident: Incident, notes: readonly string[]): Rendered => {
  const { channel, ref } = incident
  const about = `The incident on ${plainName(ref.service)}`
  return {
    text: plain(`${about} has its channel`),
    blocks: [
      richText(
        section(
          ...(channel === undefined
            ? [literal(`${about} has no channel.`)]
            : [literal(`${about} goes on in `), { type: 'channel', channel_id: channel.id }, literal('.')]),
        ),
      ),
      ...notes.map(note => context(note)),
    ],
  }
}
