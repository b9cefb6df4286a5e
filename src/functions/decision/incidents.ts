// What the decision function does for incidents: finds the one that a line means, decides, and stores the change. The
// schedule function makes the channel and updates its messages.

import type { AnySetting, SettingChange } from '../../commands/command.ts'
import type { Ports } from '../../commands/ports.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { armIncidentLook } from '../../engine/jobs/timers.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { isResponder } from '../../engine/rules/incidents/incident-rule.ts'
import { type OpenIncident, openKey } from '../../engine/rules/incidents/open-incidents.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { ease, hasVariant } from '../../features/incidents/incident/ease.ts'
import {
  channelKey,
  expiryOf,
  type Incident,
  incidentKey,
  incidentsIn,
  readIncident,
  updateIncident,
} from '../../features/incidents/incident/incident.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { SettingJob } from '../../model/ports/job.ts'
import { isServiceRef, type Prepared } from '../prepare/prepare.ts'
import type { DecisionPorts } from './ports.ts'

type Decided = {
  readonly change: SettingChange
  readonly text: string
  readonly target: string
  readonly accountId: string
}

/** Decides about a line of `/ecs incident`. A service that the asker may not view does not exist for them. */
export const decideIncident = async (
  job: SettingJob,
  { command, values, own }: Prepared<AnySetting>,
  ports: Ports,
): Promise<Decided | Refusal> => {
  const { channel, thread } = job.place
  const named = isServiceRef(values['service']) ? values['service'] : undefined
  const isOpening = command.name === 'incident open'
  const incident = isOpening ? undefined : await incidentOf(named, channel, own, ports)
  if (isRefusal(incident)) return incident
  const ref = incident?.ref ?? named
  if (ref === undefined) return refuse('There is no open incident here.', 'Add `--service <service>`.')
  const decided = command.change(values, {
    ...{ actor: job.actor, now: ports.now(), facts: own.facts, channel, request: job.id },
    ...{ place: undefined, index: [], here: undefined, halt: undefined, subscriptions: [] },
    ...(thread !== undefined && { thread }),
    ...(incident !== undefined && { incident }),
    ...(incident !== undefined && mayConfirm(incident, job.actor, own) && { mayConfirm: true }),
  })
  if (isRefusal(decided)) return decided
  const refused = isOpening ? await claim(ref, job, ports) : undefined
  return refused ?? { ...decided, target: ref.arn, accountId: ref.accountId }
}

/** The second person: on call by a look-up that succeeded, with the right to change the service, and not who opened it. */
const mayConfirm = (
  { by, ref, onCall = [], isOnCallKnown }: Incident,
  actor: Actor,
  { config, facts }: Asker,
): boolean =>
  hasVariant(config) &&
  isOnCallKnown === true &&
  onCall.includes(actor.user) &&
  !isSamePerson(by, actor, config) &&
  isResponder(actor.user, ref, config, facts)

/** The open incident of the named service; without a name, the only open one of the channel. */
const incidentOf = async (
  named: ServiceRef | undefined,
  channel: string,
  { who, config, facts }: Asker,
  { store }: Ports,
): Promise<Incident | undefined | Refusal> => {
  if (named !== undefined) {
    const open = (await store.get<OpenIncident>(openKey(named)))?.value
    return open === undefined || open.isClaimed === true ? undefined : readIncident(open.incident, store)
  }
  const here = (await incidentsIn(channel, store)).filter(
    ({ closed, ref }) => closed === undefined && accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed',
  )
  if (here.length > 1) return refuse(`This channel has ${here.length} open incidents.`, 'Add `--service <service>`.')
  return here[0]
}

/** A claim whose function died is forgotten after this. */
const CLAIM_SECONDS = 600

/** Claims the service for this request. A service has one open incident. */
const claim = async (ref: ServiceRef, { id }: SettingJob, ports: Ports): Promise<Refusal | undefined> => {
  const { store, now } = ports
  const claimed: OpenIncident = { incident: id, at: now(), severity: 'high', isClaimed: true }
  const until = Math.floor(Date.parse(now()) / 1_000) + CLAIM_SECONDS
  if (await store.create(openKey(ref), claimed, until)) return undefined
  const other = (await store.get<OpenIncident>(openKey(ref)))?.value
  if (other === undefined) return refuse('Somebody changed this at the same moment.', 'Try again.')
  if (other.incident === id) return undefined
  const card = (await readIncident(other.incident, ports.store))?.card
  const url = card === undefined ? '' : await (await ports.slack()).permalink(card).catch(() => '')
  return {
    ...refuse(
      `*${plainName(ref.service)}* already has an open incident.`,
      '`/ecs incident timeline` lists those that are open.',
    ),
    ...(url !== '' && { link: { text: 'Its card', url } }),
  }
}

type Change = Extract<SettingChange, { kind: 'open incident' | 'incident step' }>

export const isOfIncidents = (change: SettingChange): change is Change =>
  change.kind === 'open incident' || change.kind === 'incident step'

/** Stores a change and has the incident's messages updated. Idempotent. */
export const applyToIncidents = async (change: Change, ports: DecisionPorts): Promise<void> => {
  const { store } = ports
  const id = change.kind === 'open incident' ? change.incident.id : change.incident
  if (change.kind === 'open incident') await storeOpened(change.incident, ports)
  else {
    await storeStep(change, ports)
    await confirm(change, ports)
  }
  // Armed first: it is the retry of the call below.
  await armIncidentLook(id, ports).catch((error: unknown) => logError('incident', id, error))
  if ((await readIncident(id, store)) !== undefined)
    await ports.lookAtIncident(id).catch((error: unknown) => logError('incident', id, error))
}

const storeOpened = async (incident: Incident, { store }: DecisionPorts): Promise<void> => {
  const { id, ref, at, severity, channel } = incident
  // Delivered again, it repairs what a function that died has left, and opens nothing that is closed.
  if (!(await store.create(incidentKey(id), incident)) && (await readIncident(id, store))?.closed !== undefined) return
  const open: OpenIncident = { incident: id, at, severity }
  const claimed = await store.get<OpenIncident>(openKey(ref))
  if (claimed === undefined) await store.create(openKey(ref), open)
  else if (claimed.value.incident === id && claimed.value.isClaimed === true)
    await store.replace(claimed.key, open, claimed.version)
  if (channel !== undefined) await store.create(channelKey(channel.id, id), { incident: id })
}

const confirm = async (
  { incident: id, confirmedBy }: Extract<Change, { kind: 'incident step' }>,
  ports: DecisionPorts,
): Promise<void> => {
  const incident = confirmedBy === undefined ? undefined : await readIncident(id, ports.store)
  if (incident === undefined || confirmedBy === undefined) return
  const why = 'a second person on call acknowledged the incident'
  await ease(incident, { why, responder: confirmedBy }, await ports.config(), ports)
}

/** What was said first counts. */
const storeStep = async (
  { incident: id, set }: Extract<Change, { kind: 'incident step' }>,
  { store }: DecisionPorts,
): Promise<void> => {
  if (set === undefined) return
  const after = await updateIncident(id, incident => ({ ...set, ...incident }), store)
  if (after?.closed === undefined) return
  const open = await store.get<OpenIncident>(openKey(after.ref))
  if (open?.value.incident === id) await store.remove(open.key, open.version)
  if (after.channel === undefined) return
  const here = await store.get(channelKey(after.channel.id, id))
  if (here !== undefined)
    await store.replace(here.key, here.value as { incident: string }, here.version, expiryOf(after))
}
