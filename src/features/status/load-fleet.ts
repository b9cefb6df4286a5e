// Loads the health of all services from stored ECS events and CloudWatch task counts, without DescribeServices: about
// ten calls for 2,000 services.

import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { noSuchAccount, seenAccounts } from '../../engine/rules/place-access.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError } from '../../model/errors.ts'
import { listKept } from '../logs/redaction.ts'
import { seenIndex } from '../services/compared-places.ts'
import type { ServiceReads } from '../services/reads.ts'
import { readTags, SERVICE_TAGS, unreadText } from '../services/service-index.ts'
import type { Counts, StatusReads } from './reads.ts'
import { type ServiceState, statesOf } from './service-health.ts'

type Reads = Pick<ServiceReads, 'index'> & Pick<StatusReads, 'counts'>

export type Verdict = {
  readonly ref: ServiceRef
  readonly health: 'unhealthy' | 'deploying' | 'healthy' | 'unknown'
  readonly why: string
  /** The time of the newest event or count, ISO 8601. */
  readonly at?: string
}

export type FleetState = {
  readonly verdicts: readonly Verdict[]
  readonly now: string
  /** The number of services for which CloudWatch has task counts. */
  readonly counted: number
  readonly isUnhealthyOnly: boolean
  readonly unread: readonly string[]
}

export type FleetFilters = {
  readonly unhealthy?: true
  readonly account?: string
  readonly cluster?: string
  readonly tag?: { readonly key: string; readonly value: string }
}

export const loadFleet = async (filters: FleetFilters, read: Reads, asker: Asker): Promise<FleetState | Refusal> => {
  const { config, facts, who, store } = asker
  const { account } = filters
  const seen = seenAccounts(who.actor, config, facts)
  if (account !== undefined && !seen.some(({ name, id }) => name === account || id === account))
    return noSuchAccount(account, seen)
  const index = seenIndex(await read.index(), who.actor, asker)
  const visible = index.refs.filter(
    ref => matches(ref, filters) && accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed',
  )
  const refs = filters.tag === undefined ? visible : await withTag(visible, filters.tag, store)
  const unread: string[] = []
  const [states, counts] = await Promise.all([
    readStates(refs, asker).catch(collectError(unread)),
    read.counts(refs, facts.now),
  ])
  return {
    verdicts: refs.map(ref => verdictOf(ref, states?.get(ref.arn), counts.counts.get(ref.arn))),
    now: facts.now,
    counted: counts.counts.size,
    isUnhealthyOnly: filters.unhealthy === true,
    unread: [...[unreadText(index) ?? []].flat(), ...unread, ...counts.unread],
  }
}

const matches = (ref: ServiceRef, { account, cluster }: FleetFilters): boolean =>
  (account === undefined || ref.account === account || ref.accountId === account) &&
  (cluster === undefined || ref.cluster === cluster)

const collectError =
  (unread: string[]) =>
  (error: unknown): undefined => {
    if (!(error instanceof RemoteError)) throw error
    unread.push(error.message)
  }

type Listing = Pick<Asker['store'], 'list'>

/** Reads the stored states, with one store query for each account and region. */
const readStates = async (
  refs: readonly ServiceRef[],
  asker: Pick<Asker, 'store' | 'config'>,
): Promise<ReadonlyMap<string, ServiceState>> => {
  const spots = new Map(refs.map(ref => [statesOf(ref), ref]))
  const items = await Promise.all([...spots.keys()].map(pk => listKept<ServiceState>(pk, {}, asker)))
  const byName = new Map(items.flat().map(({ key, value }) => [`${key.pk} ${key.sk}`, value]))
  return new Map(
    refs.flatMap(ref => {
      const state = byName.get(`${statesOf(ref)} ${ref.cluster}/${ref.service}`)
      return state === undefined ? [] : [[ref.arn, state] as const]
    }),
  )
}

const withTag = async (
  refs: readonly ServiceRef[],
  { key, value }: { readonly key: string; readonly value: string },
  store: Listing,
): Promise<readonly ServiceRef[]> => {
  const tags = readTags(await store.list(SERVICE_TAGS))
  return refs.filter(({ arn }) => tags.get(arn)?.[key] === value)
}

/** The health of a service from both sources: counts are newer, but only events contain the reason. */
export const verdictOf = (ref: ServiceRef, state: ServiceState | undefined, counts: Counts | undefined): Verdict => {
  const missing = counts === undefined ? 0 : counts.desired - counts.running
  const count = counts === undefined ? [] : [`${counts.running} of ${counts.desired} running`]
  const at = counts?.at ?? state?.at
  const aged = at === undefined ? {} : { at }
  const reason = state === undefined || state.kind === 'steady' ? [] : [state.why]
  const why = [...count, ...reason].join('; ')
  if (state?.kind === 'impaired' || state?.kind === 'failed') return { ref, health: 'unhealthy', why, at: state.at }
  if (state?.kind === 'deploying') return { ref, health: 'deploying', why, ...aged }
  if (missing > 0) return { ref, health: 'unhealthy', why, ...aged }
  if (counts === undefined && state === undefined) return { ref, health: 'unknown', why: 'no events or counts yet' }
  return { ref, health: 'healthy', why: why || 'steady', ...aged }
}
