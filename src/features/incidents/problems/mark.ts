// Marks a service of which something new is stored, and calls the teller. A mark that the teller has taken is renewed by the
// next event, so an event that is stored while the teller reads is read at its next look.

import { createHash } from 'node:crypto'
import { isRecord } from '../../../model/json.ts'
import type { Item, Key, Store } from '../../../model/ports/store.ts'
import { stopIn } from '../../status/stopped-tasks.ts'
import { causeOf } from '../../status/why-stopped.ts'
import { signalIn } from '../signals.ts'
import { KIND_OF_STOP } from './kinds.ts'
import { isSign, noticeIn } from './notice.ts'

/** `from`: the time of the earliest event since the last look. `isTaken`: the teller reads what is stored. */
export type Mark = { readonly service: string; readonly from: string; readonly isTaken?: true }

/** DynamoDB takes 1,000 writes a second in one partition. */
const SHARDS = 8
export const MARK_SHARDS: readonly string[] = Array.from({ length: SHARDS }, (_, at) => `problem-marks#${at}`)
const MARK_SECONDS = 2 * 86_400

export const markKey = (service: string): Key => {
  const [first = 0] = createHash('sha256').update(service).digest()
  return { pk: MARK_SHARDS[first % SHARDS] ?? '', sk: service }
}

export type Marking = Pick<Mark, 'service' | 'from'>

/** The services about whose problems an event says something. */
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

/** Stored before it returns: the mark covers everything that was stored before. `now`: ISO 8601. */
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

/** `holder`: the teller; empty while one is called. */
export type TellerLease = { readonly holder: string }
export const TELLER: Key = { pk: 'problem-teller', sk: 'lease' }
/** A teller that is silent for so long is dead. */
export const LEASE_SECONDS = 60

/** Calls a teller, unless one works or is called already. */
export const callTeller = async (
  store: Pick<Store, 'create' | 'get'>,
  now: string,
  call: () => Promise<void>,
): Promise<void> => {
  if ((await store.get(TELLER)) !== undefined) return
  const until = Math.floor(Date.parse(now) / 1_000) + LEASE_SECONDS
  // A call that fails is made up for by the look of the next minutes.
  if (await store.create(TELLER, { holder: '' } satisfies TellerLease, until)) await call()
}
