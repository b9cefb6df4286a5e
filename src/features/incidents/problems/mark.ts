// Marks a service for which new data is stored, and starts the notifier (named "teller" in the code), which posts the
// cards of problems. If an event is stored while the notifier reads, the event renews the mark, and the notifier reads
// the service again in its next poll.

import { createHash } from 'node:crypto'
import { isRecord } from '../../../model/json.ts'
import type { Item, Key, Store } from '../../../model/ports/store.ts'
import { stopIn } from '../../status/stopped-tasks.ts'
import { causeOf } from '../../status/why-stopped.ts'
import { signalIn } from '../signals.ts'
import { KIND_OF_STOP } from './kinds.ts'
import { isSign, noticeIn } from './notice.ts'

/**
 * A service with new data. `from`: the time of the earliest event since the notifier's last poll. `isTaken`: the
 * notifier is reading the data of the service.
 */
export type Mark = { readonly service: string; readonly from: string; readonly isTaken?: true }

/** The number of partitions of the marks, because DynamoDB accepts 1,000 writes a second per partition. */
const SHARDS = 8
export const MARK_SHARDS: readonly string[] = Array.from({ length: SHARDS }, (_, at) => `problem-marks#${at}`)
const MARK_SECONDS = 2 * 86_400

export const markKey = (service: string): Key => {
  const [first = 0] = createHash('sha256').update(service).digest()
  return { pk: MARK_SHARDS[first % SHARDS] ?? '', sk: service }
}

export type Marking = Pick<Mark, 'service' | 'from'>

/** The services to mark for an event; empty if the event is no sign of a problem. */
export const marksIn = (event: unknown): readonly Marking[] => {
  const stop = stopIn(event)
  if (stop !== undefined)
    return KIND_OF_STOP[causeOf(stop.task).kind] === undefined
      ? []
      : [{ service: stop.service, from: stop.task.stoppedAt }]
  const notice = noticeIn(event)
  if (notice !== undefined) return isSign(notice.notice) ? [{ service: notice.service, from: notice.notice.at }] : []
  const signal = signalIn(event)?.signal
  if (signal === undefined || !isRecord(event)) return []
  const partition = String(event['region']).startsWith('cn-') ? 'aws-cn' : 'aws'
  const arn = `arn:${partition}:ecs:${event['region']}:${event['account']}:service/`
  return signal.services.map(name => ({ service: `${arn}${name}`, from: signal.at }))
}

const MAX_TRIES = 10

/**
 * Stores the mark of a service before it returns. The mark covers all data that was stored before the call. `now`: ISO
 * 8601. Throws after MAX_TRIES conflicting writes.
 */
export const markService = async (
  { service, from }: Marking,
  store: Pick<Store, 'create' | 'get' | 'replace'>,
  now: string,
): Promise<void> => {
  const key = markKey(service)
  const until = Math.floor(Date.parse(now) / 1_000) + MARK_SECONDS
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const before: Item<Mark> | undefined = await store.get<Mark>(key)
    if (before === undefined) {
      if (await store.create(key, { service, from }, until)) return
      continue
    }
    const { from: earlier, isTaken } = before.value
    if (earlier <= from && isTaken !== true) return
    const next: Mark = { service, from: earlier < from ? earlier : from }
    if (await store.replace(key, next, before.version, until)) return
  }
  throw new Error(`could not mark ${service}: ${MAX_TRIES} conflicting writes`)
}

/**
 * The lock that lets only one run of the notifier work. `holder`: the run that works; empty while a run is being
 * started.
 */
export type TellerLease = { readonly holder: string }
export const TELLER: Key = { pk: 'problem-teller', sk: 'lease' }
/** The time after which a run of the notifier that does not renew its lock counts as dead. */
export const LEASE_SECONDS = 60

/** Starts the notifier, unless a run of it works or is being started. */
export const callTeller = async (
  store: Pick<Store, 'create' | 'get'>,
  now: string,
  call: () => Promise<void>,
): Promise<void> => {
  if ((await store.get(TELLER)) !== undefined) return
  const until = Math.floor(Date.parse(now) / 1_000) + LEASE_SECONDS
  // If the start fails, the scheduled poll of the next minutes does the work.
  if (await store.create(TELLER, { holder: '' } satisfies TellerLease, until)) await call()
}
