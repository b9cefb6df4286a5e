// How many services are, and which of them is not well: from what ECS's events said and CloudWatch counted, with the age of
// each. No service is described: 2,000 of them are some ten calls.

import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { ServiceReads } from '../services/reads.ts'
import { readTags, SERVICE_TAGS, unreadWords } from '../services/service-index.ts'
import type { Counts, StatusReads } from './reads.ts'
import { type ServiceState, statesOf } from './service-health.ts'

type Reads = Pick<ServiceReads, 'index'> & Pick<StatusReads, 'counts'>

export type Verdict = {
  readonly ref: ServiceRef
  readonly is: 'unhealthy' | 'deploying' | 'healthy' | 'unknown'
  readonly why: string
  /** Of what was said or counted last. */
  readonly at?: string
}

export type FleetState = {
  readonly verdicts: readonly Verdict[]
  readonly now: string
  /** How many of them CloudWatch counts tasks of. */
  readonly counted: number
  readonly isUnhealthyOnly: boolean
  readonly unread: readonly string[]
}

export type FleetAsked = {
  readonly unhealthy?: true
  readonly account?: string
  readonly cluster?: string
  readonly tag?: { readonly key: string; readonly value: string }
}

export const loadFleet = async (asked: FleetAsked, read: Reads, own: Asker): Promise<FleetState | Refusal> => {
  const { config, facts, who, store } = own
  const { account } = asked
  if (account !== undefined && !config.accounts.some(({ name, id }) => name === account || id === account))
    return refuse(
      `*${account}* is not an account here.`,
      `There are ${config.accounts.map(({ name }) => name).join(', ')}.`,
    )
  const index = await read.index()
  const seen = index.refs.filter(
    ref => isWanted(ref, asked) && accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed',
  )
  const refs = asked.tag === undefined ? seen : await tagged(seen, asked.tag, store)
  const unread: string[] = []
  const [states, counts] = await Promise.all([
    readStates(refs, store).catch(sayUnread(unread)),
    read.counts(refs, facts.now),
  ])
  return {
    verdicts: refs.map(ref => verdictOf(ref, states?.get(ref.arn), counts.counts.get(ref.arn))),
    now: facts.now,
    counted: counts.counts.size,
    isUnhealthyOnly: asked.unhealthy === true,
    unread: [...[unreadWords(index) ?? []].flat(), ...unread, ...counts.unread],
  }
}

const isWanted = (ref: ServiceRef, { account, cluster }: FleetAsked): boolean =>
  (account === undefined || ref.account === account || ref.accountId === account) &&
  (cluster === undefined || ref.cluster === cluster)

const sayUnread =
  (unread: string[]) =>
  (error: unknown): undefined => {
    if (!(error instanceof RemoteError)) throw error
    unread.push(error.message)
  }

type Listing = Pick<Asker['store'], 'list'>

/** A query for each account and region that is asked about. */
const readStates = async (refs: readonly ServiceRef[], store: Listing): Promise<ReadonlyMap<string, ServiceState>> => {
  const spots = new Map(refs.map(ref => [statesOf(ref), ref]))
  const items = await Promise.all([...spots.keys()].map(pk => store.list<ServiceState>(pk)))
  const byName = new Map(items.flat().map(({ key, value }) => [`${key.pk} ${key.sk}`, value]))
  return new Map(
    refs.flatMap(ref => {
      const state = byName.get(`${statesOf(ref)} ${ref.cluster}/${ref.service}`)
      return state === undefined ? [] : [[ref.arn, state] as const]
    }),
  )
}

const tagged = async (
  refs: readonly ServiceRef[],
  { key, value }: { readonly key: string; readonly value: string },
  store: Listing,
): Promise<readonly ServiceRef[]> => {
  const tags = readTags(await store.list(SERVICE_TAGS))
  return refs.filter(({ arn }) => tags.get(arn)?.[key] === value)
}

/** What is counted is newer than what was said, but only what was said knows why. */
export const verdictOf = (ref: ServiceRef, state: ServiceState | undefined, counts: Counts | undefined): Verdict => {
  const short = counts === undefined ? 0 : counts.desired - counts.running
  const count = counts === undefined ? [] : [`${counts.running} of ${counts.desired} running`]
  const at = counts?.at ?? state?.at
  const aged = at === undefined ? {} : { at }
  const said = state === undefined || state.kind === 'steady' ? [] : [state.why]
  const why = [...count, ...said].join('; ')
  if (state?.kind === 'impaired' || state?.kind === 'failed') return { ref, is: 'unhealthy', why, at: state.at }
  if (state?.kind === 'deploying') return { ref, is: 'deploying', why, ...aged }
  if (short > 0) return { ref, is: 'unhealthy', why, ...aged }
  if (counts === undefined && state === undefined) return { ref, is: 'unknown', why: 'nothing said or counted yet' }
  return { ref, is: 'healthy', why: why || 'steady', ...aged }
}
