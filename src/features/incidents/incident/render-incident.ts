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
  withoutMarkup,
} from '../../../kit/messages/markup.ts'
import { placeLine } from '../../../kit/messages/place-line.ts'
import { offerButtons } from '../../../kit/messages/render-refusal.ts'
import { plainName, shortName } from '../../../kit/messages/text.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Block, Rendered } from '../../../model/ports/message.ts'
import type { Incident } from './incident.ts'
import { type TimelineEntry, type Times, timesOf, whoText } from './timeline.ts'

const TIME = '{date_short_pretty} {time}'
/** The newest lines on the card. */
const MOST_ON_CARD = 8
const MOST_LISTED = 40
const LONGEST_ON_CARD = 140
const LONGEST = 300

/** `open`, `acknowledged`, `mitigated` or `closed`. */
export const stateOf = ({ acknowledged, mitigated, closed }: Incident): string => {
  if (closed !== undefined) return 'closed'
  if (mitigated !== undefined) return 'mitigated'
  return acknowledged === undefined ? 'open' : 'acknowledged'
}

const SIGNS: Readonly<Record<string, string>> = { open: '🚨', acknowledged: '🚨', mitigated: '🟡', closed: '✅' }

export const titleOf = ({ title, ref }: Pick<Incident, 'title' | 'ref'>): string =>
  plainName(title ?? `Incident on ${ref.service}`, 150)

/** `🚨 Incident open · high · orders-api: checkout is down`. */
export const headOf = (incident: Incident): string => {
  const { severity, ref, title } = incident
  const state = stateOf(incident)
  const about = title === undefined ? '' : `: ${plainName(title, 150)}`
  return `${SIGNS[state]} Incident ${state} · ${severity} · ${shortName(ref.service)}${about}`
}

export const topicOf = (incident: Incident): string =>
  cut(`${headOf(incident)} · ${incident.ref.account} ${incident.ref.region} ${incident.ref.cluster}`, 250)

/** The card in the incident's channel, updated in place. `notes`: what could not be done. */
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

/** A message mentions at most three people. */
const MOST_MENTIONED = 3

const onCallBlocks = ({ onCall = [], closed }: Incident): readonly Block[] => {
  if (closed !== undefined || onCall.length === 0) return []
  const mentions = onCall
    .slice(0, MOST_MENTIONED)
    .flatMap((user, nth) => [...(nth === 0 ? [] : [literal(', ')]), { type: 'user', user_id: user }])
  const more = onCall.length - MOST_MENTIONED
  return [richText(section(literal('On call: '), ...mentions, ...(more > 0 ? [literal(` and ${more} more`)] : [])))]
}

const bold = (text: string): JsonObject => ({ type: 'text', text, style: { bold: true } })

const timesBlocks = (times: Times): readonly Block[] => {
  const { acknowledged, mitigated, resolved, isFromProblem } = times
  const parts = [
    ...(acknowledged === undefined ? [] : [`acknowledged after ${acknowledged}`]),
    ...(mitigated === undefined ? [] : [`mitigated after ${mitigated}`]),
    ...(resolved === undefined ? [] : [`resolved after ${resolved}`]),
  ]
  if (parts.length === 0) return []
  return [context(`${parts.join(', ')}${isFromProblem ? ', counted from the beginning of the problem' : ''}`)]
}

const entryLine = ({ at, what, who, isBad }: TimelineEntry, most: number): JsonObject => {
  const by = whoText(who)
  return section(
    date(at, TIME),
    literal(`  ${isBad ? '❌ ' : ''}${cut(what, most)}${by === undefined ? '' : ` · ${by}`}\n`),
  )
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
    { label: 'Status', action: 'run:2', value: `status ${service}` },
    { label: 'Why', action: 'run:3', value: `why ${service}` },
    { label: 'Timeline', action: 'run:4', value: `incident timeline ${incident.id.slice(0, 12)}` },
  ]
  return buttons(
    'offers',
    all.filter(one => one !== false),
  )
}

/** For a channel that outsiders read: no name, no detail. */
export const renderBareIncident = (): Rendered => {
  const text = 'An incident is open. Its details are in the approval channel, because outsiders read this channel.'
  return { text, blocks: [richText(section(text))] }
}

/** Where the incident goes on, in the channel in which it was opened. `notes`: what Slack refused, in plain words. */
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

export type TimelineState = {
  readonly incident: Incident
  readonly entries: readonly TimelineEntry[]
}

export const renderTimeline = ({ incident, entries }: TimelineState): Rendered => {
  const shown = entries.slice(-MOST_LISTED)
  const left = entries.length - shown.length
  return {
    text: plain(`Timeline. ${headOf(incident)}`),
    blocks: [
      richText(section(bold(headOf(incident)))),
      placeLine(incident.ref),
      ...timesBlocks(timesOf(incident)),
      ...(left > 0 ? [context(`${left} earlier lines are in the file: --file`)] : []),
      ...(shown.length === 0
        ? [context('Nothing has been done through Quarterdeck yet.')]
        : [richText(...shown.map(entry => entryLine(entry, LONGEST)))]),
    ],
  }
}

const MOST_OPEN = 10

/** Where a channel has no incident: those that are open. */
export const renderOpenIncidents = (incidents: readonly Incident[]): Rendered => {
  const head =
    incidents.length === 0
      ? 'No incident is open. `/ecs incident open <service>` opens one.'
      : `${incidents.length} ${incidents.length === 1 ? 'incident is' : 'incidents are'} open`
  const shown = incidents.slice(0, MOST_OPEN)
  return {
    text: plain(withoutMarkup(head)),
    blocks: [
      richText(section(head)),
      ...(shown.length === 0
        ? []
        : [
            richText(
              ...shown.map(one =>
                section(
                  literal(`${headOf(one)}, since `),
                  date(one.at, TIME),
                  ...(one.channel === undefined ? [] : [literal(' '), { type: 'channel', channel_id: one.channel.id }]),
                  literal('\n'),
                ),
              ),
            ),
            offerButtons(
              shown.slice(0, 5).map(one => ({
                label: `Timeline of ${one.ref.service}`.slice(0, 75),
                invocation: `incident timeline ${one.id.slice(0, 12)}`,
              })),
            ),
          ]),
      ...(incidents.length > shown.length ? [context(`and ${incidents.length - shown.length} more`)] : []),
    ],
  }
}
