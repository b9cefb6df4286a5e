// Makes the channel of an incident. Where Slack does not let it, the incident goes on in the channel where it was opened.

import { logError } from '../../../engine/jobs/log-error.ts'
import { mayAllView } from '../../../engine/rules/access.ts'
import { channelNames } from '../../../features/incidents/incident/channel-name.ts'
import { channelKey, type Incident, incidentsIn } from '../../../features/incidents/incident/incident.ts'
import { topicOf } from '../../../features/incidents/incident/render-incident.ts'
import type { Problem } from '../../../features/incidents/problems/problem.ts'
import { PROBLEMS } from '../../../features/incidents/problems/problem.ts'
import { isDirectMessage } from '../../../features/services/channel-defaults.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Channel } from '../../../model/ports/slack.ts'
import { addNote, type Looking, save } from './ports.ts'

export const makeChannel = async (incident: Incident, looking: Looking): Promise<Incident> => {
  if (incident.channel !== undefined) return incident
  const { ports, slack } = looking
  const claimed = await save(incident, { isMaking: true, ...(await beganOf(incident, looking)) }, looking)
  const made = await make(claimed, incident.isMaking === true, looking).catch((error: unknown) => {
    if (!(error instanceof RemoteError) || error.passing) throw error
    return refusedText(error)
  })
  const isOwn = typeof made !== 'string'
  const channel = isOwn ? { ...made, isOwn } : { id: fallbackOf(incident, looking), name: '', isOwn }
  await ports.store.create(channelKey(channel.id, incident.id), { incident: incident.id })
  const stored = await save(claimed, { channel }, looking)
  if (!isOwn) return addNote(stored, made, looking)
  await slack.setTopic(channel.id, topicOf(stored)).catch((error: unknown) => logError('incident', 'topic', error))
  return stored
}

/** Nobody else reads a direct message: then it is the approval channel. */
const fallbackOf = ({ place }: Incident, { config }: Looking): string =>
  isDirectMessage(place.channel) || place.channel === '' ? config.channel : place.channel

const make = async (
  incident: Incident,
  isRetry: boolean,
  { config, slack, ports }: Looking,
): Promise<Channel | string> => {
  const { template, isPrivate } = config.incidents
  const names = channelNames(incident, template)
  for (const name of names) {
    // The answer of an earlier try may have been lost.
    const own = isRetry ? await slack.ownChannel(name, incident.at) : undefined
    if (own !== undefined && (await incidentsIn(own.id, ports.store)).length === 0) return own
    const made = await slack.createChannel(name, isPrivate || !mayAllView(incident.ref, config))
    if (made !== 'taken') return made
  }
  return `No channel was created: the names ${names[0]} to ${names.at(-1)} are taken.`
}

const WORDS: Readonly<Record<string, string>> = {
  restricted_action: 'a setting of the workspace does not let apps create channels',
  missing_scope: 'the Slack app lacks a scope; install it again from manifest.yml',
}

const refusedText = ({ code }: RemoteError): string =>
  `No channel was created: ${WORDS[code] ?? 'Slack refused it'} (${code}). The incident goes on here.`

/** When the open problem of the service began. Without it, times count from the opening. */
const beganOf = async ({ ref, at }: Incident, { ports }: Looking): Promise<Partial<Incident>> => {
  const problems = await ports.store.list<Problem>(PROBLEMS).catch(() => [])
  const began = problems
    .flatMap(({ value }) => (value.state === 'open' ? (value.parts[ref.arn]?.first ?? []) : []))
    .toSorted()[0]
  return began === undefined || began > at ? {} : { began }
}
