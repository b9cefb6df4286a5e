// The stored items of digests: when one was first known, its runs, and what it has told.

import type { DigestTopic } from '../../engine/rules/config.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Item, Key, Store } from '../../model/ports/store.ts'
import { inShards } from '../services/service-index.ts'
import type { Seen } from './seen.ts'

/** Since when the digest has this cron and zone: what was due before is not posted. */
export type Known = { readonly at: string; readonly schedule: string }

/** What is told of a topic. `open`: all items, `told`: those of them that are new or changed. */
export type Count = { readonly open: number; readonly told: number }

/**
 * One run, written before its message. `at`: when it began, or began again; empty after a failure that may pass. `tries`: how often
 * it began and did not end. `result`: absent until it has ended.
 */
export type Run = {
  readonly due: string
  readonly at: string
  readonly tries: number
  readonly channel: string
  readonly result?: 'posted' | 'nothing' | 'outsiders' | 'nobody' | 'refused' | 'failed'
  readonly posted?: Posted
  /** Slack's code, of a message that it refused. */
  readonly code?: string
  readonly counts?: { readonly [T in DigestTopic]?: Count }
  /** US dollars a month that could be saved: of all items, and of those that are told. */
  readonly savings?: { readonly open: number; readonly told: number }
  /** The first bucket of services whose posture the next run checks. */
  readonly next?: number
}

/** How long runs are kept: the picture shows eight weeks, and a digest may run once a month. */
const KEPT_SECONDS = 100 * 86_400
const MOST_RUNS = 120

const pkOf = (digest: string): string => `digest#${digest}`
export const knownKey = (digest: string): Key => ({ pk: pkOf(digest), sk: 'known' })
/** `due`: ISO 8601. */
export const runKey = (digest: string, due: string): Key => ({ pk: pkOf(digest), sk: `run ${due}` })
const seenPrefix = (due: string): string => `seen ${due} `

export const keptUntil = (now: string): number => Math.floor(Date.parse(now) / 1_000) + KEPT_SECONDS

/** The latest runs, newest first. */
export const loadRuns = async (
  digest: string,
  store: Pick<Store, 'list'>,
  limit = MOST_RUNS,
): Promise<readonly Item<Run>[]> => store.list<Run>(pkOf(digest), { prefix: 'run ', newestFirst: true, limit })

/** Whether what was told then is what readers of the channel know. */
const isTold =
  (channel: string) =>
  ({ result, channel: where }: Run): boolean =>
    where === channel && (result === 'posted' || result === 'nothing')

/** The last run that told something, or that there was nothing; undefined before the first in this channel. */
export const lastTold = (runs: readonly Item<Run>[], channel: string, before?: string): Run | undefined =>
  runs.map(({ value }) => value).find(run => isTold(channel)(run) && (before === undefined || run.due < before))

export const loadSeen = async (digest: string, due: string, store: Pick<Store, 'list'>): Promise<Seen> => {
  const shards = await store.list<Seen>(pkOf(digest), { prefix: seenPrefix(due) })
  return Object.assign({}, ...shards.map(({ value }) => value)) as Seen
}

/** Writes what the run will have told, before its message. */
export const saveSeen = async (
  digest: string,
  due: string,
  seen: Seen,
  { store, now }: { readonly store: Pick<Store, 'create' | 'get' | 'replace'>; readonly now: () => string },
): Promise<void> => {
  const shards = inShards(Object.entries(seen))
  for (const [number, entries] of shards.entries()) {
    const key = { pk: pkOf(digest), sk: `${seenPrefix(due)}${number}` }
    const value = Object.fromEntries(entries)
    if (await store.create(key, value, keptUntil(now()))) continue
    const item = await store.get(key)
    if (item !== undefined) await store.replace(key, value, item.version, keptUntil(now()))
  }
}
