// An incident on one service, as it is stored, and the keys of its items.

import { type Eased, INCIDENTS, listOpen, type OpenIncident } from '../../../engine/rules/incidents/open-incidents.ts'
import type { Severity } from '../../../kit/language/severity.ts'
import type { Actor, Place, ServiceRef } from '../../../model/ecs.ts'
import type { Channel, Posted } from '../../../model/ports/slack.ts'
import type { Item, Key, Store } from '../../../model/ports/store.ts'

/** Something that a person said about an incident. `at`: ISO 8601. */
export type Step = { readonly by: Actor; readonly at: string }

export type Incident = {
  /** The id of the request that opened it. */
  readonly id: string
  readonly ref: ServiceRef
  readonly severity: Severity
  readonly title?: string
  readonly by: Actor
  /** When it was opened, ISO 8601. */
  readonly at: string
  /** Where it was opened. */
  readonly place: Place
  readonly acknowledged?: Step
  readonly mitigated?: Step
  readonly closed?: Step & { readonly summary: string }
  /** When the problem began that was open at the time, ISO 8601. */
  readonly began?: string
  /** `isOwn`: made for the incident; else the incident uses a channel that was there. */
  readonly channel?: Channel & { readonly isOwn: boolean }
  /** Its channel may have been made. */
  readonly isMaking?: true
  /** Messages that may have been posted. */
  readonly claimed?: readonly string[]
  /** The messages in the channel. `hash` and `state`: of what the card shows. */
  readonly card?: Posted & { readonly hash: string; readonly state: string }
  readonly snapshot?: Posted
  /** The bare message in a channel that outsiders read. */
  readonly bare?: Posted
  /** When the approval rules for incidents began to hold, and until when they do at most. */
  readonly eased?: Eased
  /** What could not be done, in plain words. */
  readonly notes?: readonly string[]
  readonly isInvited?: true
  /** The Slack ids of the people on call. */
  readonly onCall?: readonly string[]
  /** Whether the look-up of the people on call succeeded. */
  readonly isOnCallKnown?: boolean
  readonly isAnnounced?: true
  readonly isReviewed?: true
}

export const incidentKey = (id: string): Key => ({ pk: INCIDENTS, sk: `incident#${id}` })

/** Which incidents a channel has. */
export const channelKey = (channel: string, id: string): Key => ({ pk: INCIDENTS, sk: `channel#${channel}#${id}` })

/** One function at a time works on an incident. */
export const workKey = (id: string): Key => ({ pk: INCIDENTS, sk: `work#${id}` })

const DAY_SECONDS = 86_400
/** A closed incident is kept for a year and a month. */
const KEPT_DAYS = 400

/** When the items of an incident that is closed expire, in epoch seconds. */
export const expiryOf = ({ closed }: Incident): number | undefined =>
  closed === undefined ? undefined : Math.floor(Date.parse(closed.at) / 1_000) + KEPT_DAYS * DAY_SECONDS

export const readIncident = async (id: string, store: Pick<Store, 'get'>): Promise<Incident | undefined> =>
  (await store.get<Incident>(incidentKey(id)))?.value

/** By its id, or the id's first characters. */
export const incidentWithId = async (id: string, store: Pick<Store, 'list'>): Promise<Incident | undefined> => {
  const [first, second] = await store.list<Incident>(INCIDENTS, { prefix: `incident#${id}`, limit: 2 })
  return second === undefined ? first?.value : undefined
}

/** The incidents that are open on these services, the oldest first. One query, for any number of services. */
export const openOn = async (
  refs: readonly Pick<ServiceRef, 'arn'>[],
  store: Pick<Store, 'list'>,
): Promise<readonly OpenIncident[]> => {
  const arns = new Set(refs.map(({ arn }) => arn))
  return (await listOpen(store)).filter(({ arn }) => arns.has(arn)).toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** The incidents of a channel, the newest first. */
export const incidentsIn = async (
  channel: string,
  store: Pick<Store, 'get' | 'list'>,
): Promise<readonly Incident[]> => {
  const known = await store.list<{ readonly incident: string }>(INCIDENTS, { prefix: `channel#${channel}#` })
  const found = await Promise.all(known.map(({ value }) => readIncident(value.incident, store)))
  return found.flatMap(one => one ?? []).toSorted((a, b) => (a.at < b.at ? 1 : -1))
}

export const openIncidents = async (store: Pick<Store, 'get' | 'list'>): Promise<readonly Incident[]> => {
  const open = await listOpen(store)
  const found = await Promise.all(open.map(({ incident }) => readIncident(incident, store)))
  return found.flatMap(one => one ?? []).toSorted((a, b) => (a.at < b.at ? 1 : -1))
}

const MAX_TRIES = 10

/** Changes a stored incident; tried again where another function writes at the same time. Undefined: nothing is changed. */
export const updateIncident = async (
  id: string,
  change: (incident: Incident) => Incident | undefined,
  store: Pick<Store, 'get' | 'replace'>,
): Promise<Incident | undefined> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const item: Item<Incident> | undefined = await store.get<Incident>(incidentKey(id))
    if (item === undefined) return undefined
    const after = change(item.value)
    if (after === undefined) return item.value
    if (await store.replace(item.key, after, item.version, expiryOf(after))) return after
  }
  throw new Error(`could not update incident ${id}: ${MAX_TRIES} conflicting writes`)
}
