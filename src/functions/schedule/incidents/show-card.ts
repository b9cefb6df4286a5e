// Posts the card of an incident and updates it in place: state, times, and the newest lines of the timeline.

import { createHash } from 'node:crypto'
import { logError } from '../../../engine/jobs/log-error.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { renderIncident, stateOf, topicOf } from '../../../features/incidents/incident/render-incident.ts'
import { loadTimeline } from '../../../features/incidents/incident/timeline.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import { type Looking, save } from './ports.ts'
import { isElsewhere, pin, postOnce } from './post-once.ts'

export const showCard = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const entries = await loadTimeline(incident, looking.ports.store)
  const message = renderIncident(incident, entries, incident.notes)
  const hash = createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16)
  if (incident.card === undefined) return post(incident, message, hash, looking)
  return incident.card.hash === hash ? incident : update(incident, incident.card, message, hash, looking)
}

const post = async (incident: Incident, message: Rendered, hash: string, looking: Looking): Promise<Incident> => {
  const made = await postOnce('card', message, incident, looking)
  if (made === undefined) return incident
  await pin(made.posted, incident, looking)
  return save(made.incident, { card: { ...made.posted, hash, state: stateOf(incident) } }, looking)
}

/** The channel has outsiders since, or is archived: the card goes on in the approval channel. */
const moved = async (incident: Incident, message: Rendered, hash: string, looking: Looking): Promise<Incident> => {
  const claimed = (incident.claimed ?? []).filter(part => part !== 'card')
  const { card: _, ...without } = await save(incident, { claimed }, looking)
  return post(without, message, hash, looking)
}

/** A message that was deleted is not updated; a failure is tried at the next look. */
const update = async (
  incident: Incident,
  card: NonNullable<Incident['card']>,
  message: Rendered,
  hash: string,
  looking: Looking,
): Promise<Incident> => {
  const { slack } = looking
  const state = stateOf(incident)
  try {
    await slack.update(card, message)
  } catch (error) {
    logError('incident', incident.id, error)
    if (isElsewhere(error) && card.channel !== looking.config.channel) return moved(incident, message, hash, looking)
    const isOver = error instanceof RemoteError && !error.passing
    return isOver ? save(incident, { card: { ...card, hash } }, looking) : incident
  }
  const { channel } = incident
  if (card.state !== state && channel?.isOwn === true)
    await slack
      .setTopic(channel.id, topicOf(incident))
      .catch((error: unknown) => logError('incident topic', incident.id, error))
  return save(incident, { card: { ...card, hash, state } }, looking)
}
