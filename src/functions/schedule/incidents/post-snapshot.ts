// Posts and pins what the service was like when the incident was opened: health, alarms, stopped tasks, and what changed.

import { logError } from '../../../engine/jobs/log-error.ts'
import { SYSTEM } from '../../../engine/rules/asker.ts'
import { loadGroupsAlone } from '../../../engine/rules/load-rule-inputs.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { loadWhy } from '../../../features/incidents/load-why.ts'
import { renderWhy } from '../../../features/incidents/render-why.ts'
import { fullName } from '../../../kit/language/target.ts'
import { timeMark, withNote } from '../../../kit/messages/markup.ts'
import { renderRefusal } from '../../../kit/messages/render-refusal.ts'
import { isRefusal } from '../../../model/errors.ts'
import type { Picture, Rendered } from '../../../model/ports/message.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import { UTC } from '../../../model/time.ts'
import { type Looking, save } from './ports.ts'
import { pin, postOnce } from './post-once.ts'

/** A snapshot that could not be read until then says nothing about the beginning. */
const LATEST_MS = 30 * 60_000

export const postSnapshot = async (incident: Incident, looking: Looking): Promise<Incident> => {
  if (incident.snapshot !== undefined || incident.closed !== undefined) return incident
  if (incident.channel === undefined || Date.parse(looking.ports.now()) - Date.parse(incident.at) > LATEST_MS)
    return incident
  const { pictures = [], ...message } = await loadSnapshot(incident, looking)
  const made = await postOnce('snapshot', message, incident, looking)
  if (made === undefined) return incident
  await pin(made.posted, incident, looking)
  const stored = await save(made.incident, { snapshot: made.posted }, looking)
  await sendPictures(pictures, made.posted, looking)
  return stored
}

/** In the thread of the snapshot; without them it still stands. */
const sendPictures = async (
  pictures: readonly Picture[],
  { channel, ts }: Posted,
  { slack }: Looking,
): Promise<void> => {
  if (pictures.length === 0) return
  const { draw } = await import('../../../kit/pictures/draw.ts')
  for (const picture of pictures) {
    const { name, title, alt } = picture
    await slack
      .upload({ channel, thread: ts }, { name, title, alt, bytes: draw(picture) })
      .catch((error: unknown) => logError('incident picture', channel, error))
  }
}

const loadSnapshot = async ({ ref }: Incident, { config, ports }: Looking): Promise<Rendered> => {
  const { store, now } = ports
  const why = await loadWhy(
    ref,
    {},
    {
      read: ports.readers(config, SYSTEM, 'schedule'),
      asker: {
        store,
        config,
        facts: await loadGroupsAlone(config, ports),
        zone: async () => UTC,
        again: () => `why ${fullName(ref)} --all`,
      },
    },
  )
  const message = isRefusal(why) ? renderRefusal(why) : renderWhy(why, { share: true })
  return withNote(message, `As it was at ${timeMark(now())}.`)
}
