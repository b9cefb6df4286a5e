// An incident on one service, as it is stored, and the keys of its items.

import { type Eased, INCIDENTS, listOpen, type OpenIncident } from '../../../engine/rules/incidents/open-incidents.ts'
import type { Severity } from '../../../kit/language/severity.ts'
import type { Actor, Place, ServiceRef } from '../../../model/ecs.ts'
import type { Channel, Posted } from '../../../model/ports/slack.ts'
import type { Item, Key, Store } from '../../../model/ports/store.ts'

/** A statement of a person about an incident, such as that it is mitigated. `at`: ISO 8601. */
export type Step = { readonly by: Actor; readonly at: string }

export type Incident = {
  /** The id of the request that opened the incident. */
  readonly id: string
  readonly ref: ServiceRef
  readonly severity: Severity
  readonly title?: string
  readonly by: Actor
  /** When the incident was opened, ISO 8601. */
  readonly at: string
  /** Where the incident was opened. */
  readonly place: Place
  readonly acknowledged?: Step
  readonly mitigated?: Step
  readonly closed?: Step & { readonly summary: string }
  /** The beginning of the problem that was open when the incident was opened, ISO 8601. */
  readonly began?: string
  /**
   * The incident's channel. `isOwn`: whether the channel was created for the incident. If not, the channel existed
   * before.
   */
  readonly channel?: Channel & { readonly isOwn: boolean }
  /** Whether the creation of the incident's channel was started. The channel may exist. */
  readonly isMaking?: true
  /** The names of messages that may already have been posted. */
  readonly claimed?: readonly string[]
  /**
   * The card in the incident's channel. `hash`: a hash of what the card shows. `state`: the state that the card shows.
   */
  readonly card?: Posted & { readonly hash: string; readonly state: string }
  readonly snapshot?: Posted
  /** The message without details, posted to a channel that people outside the organization can read. */
  readonly bare?: Posted
  /** When the approval rules for incidents began to apply, and when they stop applying at the latest. */
  readonly eased?: Eased
  /** Steps that failed, each described in plain words. */
  readonly notes?: readonly string[]
  readonly isInvited?: true
  /** The Slack ids of the people on call. */
  readonly onCall?: readonly string[]
  /** Whether the people on call could be looked up. */
  readonly isOnCallKnown?: boolean
  readonly isAnnounced?: true
  readonly isReviewed?: true
}

export const incidentKey = (id: string): Key => ({ pk: INCIDENTS, sk: `incident#${id}` })

/** The key of the item that assigns an incident to a channel. */
export const channelKey = (channel: string, id: string): Key => ({ pk: INCIDENTS, sk: `channel#${channel}#${id}` })

/** The key of an incident's work lock: only one function works on an incident at a time. */
export const workKey = (id: string): Key => ({ pk: INCIDENTS, sk: `work#${id}` })

const DAY_SECONDS = 86_400
/** The number of days for which a closed incident is stored: about 13 months. */
const KEPT_DAYS = 400

/** When the items of a closed incident expire, in epoch seconds; undefined while the incident is open. */
export const expiryOf = ({ closed }: Incident): number | undefined =>
  closed === undefined ? undefined : Math.floor(Date.parse(closed.at) / 1_000) + KEPT_DAYS * DAY_SECONDS

export const readIncident = async (id: string, store: Pick<Store, 'get'>): Promise<Incident | undefined> =>
  (await store.get<Incident>(incidentKey(id)))?.value

/** Finds an incident by its id or the first characters of its id. Undefined if no incident or more than one matches. */
export const incidentWithId = async (id: string, store: Pick<Store, 'list'>): Promise<Incident | undefined> => {
  const [first, second] = await store.list<Incident>(INCIDENTS, { prefix: `incident#${id}`, limit: 2 })
  return second === undefined ? first?.value : undefined
}

/** The open incidents of these services, oldest first. Takes one query for any number of services. */
export const openOn = async (
  refs: readonly Pick<ServiceRef, 'arn'>[],
  store: Pick<Store, 'list'>,
): Promise<readonly OpenIncident[]> => {
  const arns = new Set(refs.map(({ arn }) => arn))
  return (await listOpen(store)).filter(({ arn }) => arns.has(arn)).toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** The incidents of a channel, newest first. */
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

/**
 * Changes a stored incident. If another function writes at the same time, the change is tried again. If `change`
 * returns undefined, nothing is written.
 */
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
