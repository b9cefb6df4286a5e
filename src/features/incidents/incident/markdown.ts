// Pure: the review of an incident as a Markdown file.

import type { LeaseBook } from '../../../engine/leases/book.ts'
import { leasesOf } from '../../../engine/leases/book.ts'
import { leaseLine } from '../../../engine/leases/render-leases.ts'
import { withoutMarkup } from '../../../kit/messages/markup.ts'
import { placeText } from '../../../kit/messages/place-line.ts'
import type { SlackFile } from '../../../model/ports/slack.ts'
import type { Incident } from './incident.ts'
import { stateOf, titleOf } from './render-incident.ts'
import { type TimelineEntry, timesOf, whoText } from './timeline.ts'

const UTC = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`

/** Escapes text from people and AWS, because it must not become headings, links or HTML. */
const literally = (text: string): string => text.replace(/[\\`*_{}[\]<>#|!~]/g, '\\$&').replace(/\s+/g, ' ')

export const markdownOf = (
  incident: Incident,
  entries: readonly TimelineEntry[],
  book: LeaseBook | undefined,
): string => {
  const { ref, severity, by, at, closed, acknowledged, mitigated } = incident
  const times = timesOf(incident)
  const leases = book === undefined ? [] : leasesOf(book)
  const row = (what: string, took: string | undefined, who: string | undefined): string =>
    `| ${what} | ${took ?? 'not recorded'} | ${who === undefined ? '' : literally(who)} |`
  return [
    `# ${literally(titleOf(incident))}`,
    '',
    `- Service: ${literally(ref.service)}, cluster ${literally(ref.cluster)}, ${literally(placeText(ref))}`,
    `- Severity: ${severity}`,
    `- State: ${stateOf(incident)}`,
    `- Opened: ${UTC(at)} by ${literally(by.name)}`,
    ...(times.isFromProblem ? [`- The problem began: ${UTC(times.from)}`] : []),
    '',
    '| Time to | Duration | By |',
    '| --- | --- | --- |',
    row('acknowledge', times.acknowledged, acknowledged?.by.name),
    row('mitigate', times.mitigated, mitigated?.by.name),
    row('resolve', times.resolved, closed?.by.name),
    '',
    '## Summary',
    '',
    closed === undefined ? 'The incident is open.' : literally(closed.summary),
    '',
    '## Timeline',
    '',
    ...easedLines(incident),
    ...(entries.length === 0
      ? ['Nothing was done through Quarterdeck.']
      : entries.map(entry => entryText(entry, incident))),
    '',
    '## Temporary changes that are still open',
    '',
    ...(leases.length === 0 ? ['None.'] : leases.map(lease => `- ${literally(withoutMarkup(leaseLine(lease)))}`)),
    '',
  ].join('\n')
}

/**
 * The lines that say when the approval rules for incidents applied. Everything that was done in this time is marked.
 */
const easedLines = ({ eased, closed }: Incident): readonly string[] => {
  if (eased === undefined) return []
  const end = closed !== undefined && closed.at < eased.until ? closed.at : eased.until
  return [
    `The approval rules for incidents held from ${UTC(eased.since)} to ${UTC(end)}. Lines of this time have a †.`,
    '',
  ]
}

const entryText = ({ at, what, who, isBad }: TimelineEntry, { eased }: Incident): string => {
  const approvers =
    who?.kind === 'person' && who.approvers.length > 0 ? `, approved by ${who.approvers.join(', ')}` : ''
  const by = whoText(who)
  const mark = eased !== undefined && who !== undefined && at >= eased.since && at < eased.until ? '† ' : ''
  return `- ${UTC(at)} ${mark}${isBad ? '(failed) ' : ''}${literally(what)}${by === undefined ? '' : `, ${literally(`${by}${approvers}`)}`}`
}

export const reviewFile = (
  incident: Incident,
  entries: readonly TimelineEntry[],
  book: LeaseBook | undefined,
): SlackFile => ({
  name: `incident-${incident.at.slice(0, 10)}-${incident.ref.service}.md`,
  title: `Review: ${titleOf(incident)}`,
  alt: `The review of the incident on ${incident.ref.service}: times, summary and ${entries.length} lines of the timeline`,
  bytes: new TextEncoder().encode(markdownOf(incident, entries, book)),
})
