// Brings an incident's channel and messages up to date: makes the channel, invites people, posts the snapshot and the card,
// and the review at the end. A job may come twice or die: each part is claimed in the store before, and found after.

import { logError } from '../../../engine/jobs/log-error.ts'
import { armIncidentLook } from '../../../engine/jobs/timers.ts'
import { type Incident, readIncident, workKey } from '../../../features/incidents/incident/incident.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { IncidentJob } from '../../../model/ports/job.ts'
import { announce } from './announce.ts'
import { confirm } from './confirm.ts'
import { gatherPeople } from './gather-people.ts'
import { makeChannel } from './make-channel.ts'
import type { IncidentPorts } from './ports.ts'
import { postReview } from './post-review.ts'
import { postSnapshot } from './post-snapshot.ts'
import { showCard } from './show-card.ts'

/** Longer than the function may run. */
const WORK_SECONDS = 200
const MINUTE_MS = 60_000
/** The card is brought up to date this often: in the first hours, and later. */
const OFTEN_MS = 5 * MINUTE_MS
const SELDOM_MS = 60 * MINUTE_MS
const OFTEN_FOR_MS = 4 * 60 * MINUTE_MS
/** What Slack or AWS refuse is tried again each minute for so long. */
const TRIED_FOR_MS = 30 * MINUTE_MS
/** An incident that nobody closes is left alone after a week. */
const LONGEST_MS = 7 * 24 * 60 * MINUTE_MS

export const lookAtIncident = async ({ operation: id }: IncidentJob, ports: IncidentPorts): Promise<void> => {
  const { store, now } = ports
  const incident = await readIncident(id, store)
  if (incident === undefined || isDone(incident)) return
  const until = Math.floor(Date.parse(now()) / 1_000) + WORK_SECONDS
  // Whoever works is followed by the look that was armed with the change.
  if (!(await store.create(workKey(id), { at: now() }, until))) return
  await armNext(incident, ports)
  try {
    await bringUp(incident, ports)
  } finally {
    await store.remove(workKey(id), 1).catch(() => false)
  }
}

const isDone = ({ isReviewed }: Incident): boolean => isReviewed === true

const armNext = async (incident: Incident, ports: IncidentPorts): Promise<void> => {
  const { id, at, closed } = incident
  const age = Date.parse(ports.now()) - Date.parse(closed?.at ?? at)
  if (age > (closed === undefined ? LONGEST_MS : TRIED_FOR_MS)) return
  const isBusy = closed !== undefined || (!isWhole(incident) && age < TRIED_FOR_MS)
  const wait = isBusy ? MINUTE_MS : age < OFTEN_FOR_MS ? OFTEN_MS : SELDOM_MS
  await armIncidentLook(id, ports, wait).catch((error: unknown) => logError('incident', id, error))
}

const isWhole = ({ card, snapshot, isInvited }: Incident): boolean =>
  card !== undefined && snapshot !== undefined && isInvited === true

/** Each part returns the incident as it is then stored. The card comes before what needs AWS. */
const PARTS = [makeChannel, gatherPeople, confirm, showCard, announce, postSnapshot, postReview] as const

const bringUp = async (incident: Incident, ports: IncidentPorts): Promise<void> => {
  const config = await ports.config()
  const slack = await ports.slack()
  let current = incident
  for (const part of PARTS)
    current = await part(current, { config, slack, ports }).catch(async (error: unknown) => {
      // What fails keeps nothing else: the next look tries it again.
      if (!(error instanceof RemoteError)) throw error
      logError(`incident ${part.name}`, incident.id, error)
      return (await readIncident(incident.id, ports.store)) ?? current
    })
}
