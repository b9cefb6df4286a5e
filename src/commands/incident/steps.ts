// /ecs incident note, acknowledge, mitigated and close: what people say about an incident.

import { tookText } from '../../features/incidents/incident/timeline.ts'
import { plainName } from '../../kit/messages/text.ts'
import { refuse } from '../../model/errors.ts'
import { type SettingState, setting } from '../command.ts'

/** Which incident, where the channel does not tell. */
const which = { service: { kind: 'service', hint: 'its service, outside its channel' } } as const

const incidentOf = ({ incident, actor, now }: SettingState) =>
  incident === undefined
    ? undefined
    : {
        incident,
        who: plainName(actor.name, 60),
        service: plainName(incident.ref.service),
        step: { by: actor, at: now },
      }

const NONE = refuse('There is no open incident here.', 'Add `--service <service>`.')

export const noteIncident = setting({
  name: 'incident note',
  summary: 'Add a note to the timeline of an incident',
  args: { text: { kind: 'text' } },
  options: which,
  examples: ['incident note "payments confirmed that cards work again"'],
  reads: [],
  right: 'incident',
  change: ({ text }, state) => {
    const about = incidentOf(state)
    if (about === undefined) return NONE
    return {
      change: { kind: 'incident step', incident: about.incident.id },
      text: `Note by ${about.who}: ${plainName(text, 500)}`,
    }
  },
})

export const acknowledgeIncident = setting({
  name: 'incident acknowledge',
  summary: 'Say that you work on an incident',
  args: {},
  options: which,
  examples: ['incident acknowledge'],
  reads: [],
  right: 'incident',
  change: (_, state) => {
    const about = incidentOf(state)
    if (about === undefined) return NONE
    const { incident, who, service, step } = about
    const confirms = state.mayConfirm === true && incident.eased === undefined
    if (incident.acknowledged !== undefined && !confirms)
      return refuse(`${plainName(incident.acknowledged.by.name, 60)} has already acknowledged it.`)
    return {
      change: {
        ...{ kind: 'incident step', incident: incident.id, set: { acknowledged: step } },
        ...(confirms && { confirmedBy: step.by.user }),
      },
      text: `${who} acknowledged the incident on *${service}* after ${tookText(incident.at, step.at)}.`,
    }
  },
})

export const mitigateIncident = setting({
  name: 'incident mitigated',
  summary: 'Say that users are no longer affected by an incident',
  args: {},
  options: which,
  examples: ['incident mitigated'],
  reads: [],
  right: 'incident',
  change: (_, state) => {
    const about = incidentOf(state)
    if (about === undefined) return NONE
    const { incident, who, service, step } = about
    if (incident.mitigated !== undefined) return refuse('It is mitigated already.')
    return {
      change: { kind: 'incident step', incident: incident.id, set: { mitigated: step } },
      text: `${who} says that the incident on *${service}* is mitigated, after ${tookText(incident.at, step.at)}.`,
    }
  },
})

export const closeIncident = setting({
  name: 'incident close',
  summary: 'Close an incident with a summary',
  args: { summary: { kind: 'text', optional: true } },
  options: which,
  examples: ['incident close "image 8 leaked memory; rolled back to 7"'],
  reads: [],
  right: 'incident',
  change: ({ summary }, state) => {
    const about = incidentOf(state)
    if (about === undefined) return NONE
    if (summary === undefined)
      return refuse('The review needs a summary.', 'For example `incident close "image 8 leaked memory"`.')
    const { incident, who, service, step } = about
    return {
      change: { kind: 'incident step', incident: incident.id, set: { closed: { ...step, summary } } },
      text: `${who} closed the incident on *${service}* after ${tookText(incident.at, step.at)}: ${plainName(summary, 500)}`,
    }
  },
})
