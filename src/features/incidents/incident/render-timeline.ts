// Renders the timeline of an incident, and the list of open incidents.

import { context, date, literal, plain, richText, section, withoutMarkup } from '../../../kit/messages/markup.ts'
import { placeLine } from '../../../kit/messages/place-line.ts'
import { offerButtons } from '../../../kit/messages/render-refusal.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { Incident } from './incident.ts'
import { bold, entryLine, headOf, TIME, timesBlocks } from './render-incident.ts'
import { type TimelineEntry, timesOf } from './timeline.ts'

const MOST_LISTED = 40
const LONGEST = 300

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

/** Renders the open incidents, for a channel that has no incident. */
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
