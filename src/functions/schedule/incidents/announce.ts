// Says where the incident goes on, in the channel in which it was opened, and what could not be done.

import { logError } from '../../../engine/jobs/log-error.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { renderOpened } from '../../../features/incidents/incident/render-incident.ts'
import { type Looking, save } from './ports.ts'

/** Stored before it is posted: at most once. Where the channel does not take it, the opener is told alone. */
export const announce = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const { channel, place, by, notes = [], isAnnounced } = incident
  if (isAnnounced === true || channel === undefined) return incident
  const stored = await save(incident, { isAnnounced: true }, looking)
  if (channel.id === place.channel && notes.length === 0) return stored
  const { slack } = looking
  const message = renderOpened(incident, notes)
  const thread = place.thread === undefined ? {} : { thread: place.thread }
  await slack
    .post(place.channel, message, thread)
    .catch(() => slack.whisper(place, by.user, message))
    .catch((error: unknown) => logError('incident', incident.id, error))
  return stored
}
