// Posts a message of an incident once: in its channel, or in the approval channel where outsiders read that one.

import { noteStanding } from '../../../engine/change/records.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { isOutsiders } from '../../../engine/rules/guarded-slack.ts'
import type { Incident } from '../../../features/incidents/incident/incident.ts'
import { renderBareIncident, titleOf } from '../../../features/incidents/incident/render-incident.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import { type Looking, save } from './ports.ts'

export type Part = 'card' | 'snapshot' | 'bare' | 'leases'

type Made = { readonly incident: Incident; readonly posted: Posted }

/** Undefined where no channel takes the message now: the next look tries again. */
export const postOnce = async (
  part: Part,
  message: Rendered,
  incident: Incident,
  looking: Looking,
): Promise<Made | undefined> => {
  const { channel, claimed = [] } = incident
  if (channel === undefined) return undefined
  const wasClaimed = claimed.includes(part)
  const stored = wasClaimed ? incident : await save(incident, { claimed: [...claimed, part] }, looking)
  try {
    return { incident: stored, posted: await postIn(channel.id, part, message, stored, wasClaimed, looking) }
  } catch (error) {
    if (!isElsewhere(error)) return skip(error, stored)
    if (!isOutsiders(error)) logError('incident', incident.id, error)
  }
  const bared = await postBare(stored, looking)
  const { config } = looking
  try {
    return { incident: bared, posted: await postIn(config.channel, part, message, bared, wasClaimed, looking) }
  } catch (error) {
    return skip(error, bared)
  }
}

/** Outsiders read the channel, or Quarterdeck cannot post there: the message goes to the approval channel. */
export const isElsewhere = (error: unknown): boolean =>
  isOutsiders(error) ||
  (error instanceof RemoteError && /^(?:is_archived|is_inactive|channel_not_found|not_in_channel)$/.test(error.code))

const skip = (error: unknown, { id }: Incident): undefined => {
  if (!(error instanceof RemoteError) || error.passing) throw error
  logError('incident', id, error)
}

const postIn = async (
  channel: string,
  part: Part,
  message: Rendered,
  incident: Incident,
  wasClaimed: boolean,
  { slack, ports }: Looking,
): Promise<Posted> => {
  const mark = { operation: `${incident.id}-${part}`, what: 'card' } as const
  const earlier = wasClaimed ? await slack.find(channel, mark, incident.at) : undefined
  const posted = earlier ?? (await slack.post(channel, message, { mark, ...(part === 'bare' && { isBare: true }) }))
  if (part !== 'bare') await noteStanding(channel, `incident#${incident.id}-${part}`, titleOf(incident), ports)
  return posted
}

/** Says in a channel that outsiders read that there is an incident, without its name. */
const postBare = async (incident: Incident, looking: Looking): Promise<Incident> => {
  const { channel, bare, claimed = [] } = incident
  if (bare !== undefined || channel === undefined) return incident
  const wasClaimed = claimed.includes('bare')
  const stored = wasClaimed ? incident : await save(incident, { claimed: [...claimed, 'bare'] }, looking)
  const posted = await postIn(channel.id, 'bare', renderBareIncident(), stored, wasClaimed, looking).catch(error =>
    skip(error, stored),
  )
  return posted === undefined ? stored : save(stored, { bare: posted }, looking)
}

/** Pins a message; without it, the message still stands. */
export const pin = async (posted: Posted, { id }: Incident, { slack }: Looking): Promise<void> =>
  slack.pin(posted).catch((error: unknown) => logError('incident pin', id, error))
