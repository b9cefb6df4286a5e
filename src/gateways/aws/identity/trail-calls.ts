// Reads API calls about a service from CloudTrail's event history: one page for each API name. CloudTrail allows two LookupEvents
// requests a second in an account and region (CloudTrail API reference). So requests are spaced, and a page is cached for one
// minute. A page contains the calls about all services.
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { CallAtAws, Period } from '../../../features/incidents/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { isRecord, type JsonObject } from '../../../model/json.ts'
import { askAws } from '../translate.ts'
import { changeOf, isAbout, isOwn, type Json, recordOf } from './cloudtrail.ts'
import type { Sessions } from './sessions.ts'

type Page = { readonly records: readonly Json[]; readonly isPartial: boolean }

/** What all requests of this process share. `next`: when the next LookupEvents request may start, by account and region. */
type Shared = {
  readonly pages: Map<string, { readonly until: number; readonly page: Promise<Page> }>
  readonly next: Map<string, number>
}

type Surroundings = { readonly shared: Shared; readonly pause: (ms: number) => Promise<unknown> }

const ofProcess: Shared = { pages: new Map(), next: new Map() }

const MINUTE_MS = 60_000
/** Two requests may start together, then one every 550 ms: half a second, and some margin for network delays. */
const APART_MS = 550
const AT_ONCE = 2
const TIMEOUT_MS = 10_000

export const newShared = (): Shared => ({ pages: new Map(), next: new Map() })

export const createCallReader = (
  config: Config,
  sessions: Sessions,
  { shared, pause }: Surroundings = { shared: ofProcess, pause: sleep },
): Readers['callsAtAws'] => {
  const clientFor = sessions.each(settings => new CloudTrailClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  const pageOf = (ref: ServiceRef, name: string, span: Span): Promise<Page> => {
    const key = JSON.stringify([ref.accountId, ref.region, name, span])
    const known = shared.pages.get(key)
    if (known !== undefined && known.until > Date.now()) return known.page
    for (const [old, { until }] of shared.pages) if (until <= Date.now()) shared.pages.delete(old)
    const page = (async () => {
      const wait = waitFor(`${ref.accountId} ${ref.region}`, shared)
      if (wait > 0) await pause(wait)
      return readPage(await clientOf(ref), name, span)
    })()
    shared.pages.set(key, { until: Date.now() + MINUTE_MS, page })
    // A failed read is not cached.
    page.catch(() => shared.pages.delete(key))
    return page
  }
  return (ref, name, period) =>
    askAws(`reading ${name} in CloudTrail`, async () => {
      const { records, isPartial } = await pageOf(ref, name, spanOf(period))
      const account = accountOf(config, ref)
      return {
        isPartial,
        calls: records.filter(record => isAbout(record, ref)).map(one => callOf(one, isOwn(one, account))),
      }
    })
}

/** Reserves the next free start time for a request in this account and region. Returns the milliseconds until then. */
const waitFor = (place: string, { next }: Shared): number => {
  const now = Date.now()
  const at = Math.max(next.get(place) ?? 0, now - (AT_ONCE - 1) * APART_MS)
  next.set(place, at + APART_MS)
  return Math.max(0, at - now)
}

/** A time span in epoch milliseconds, in whole minutes, so that requests of the same minute share a page. */
type Span = { readonly from: number; readonly until: number }

const spanOf = ({ from, until }: Period): Span => ({
  from: Math.floor(Date.parse(from) / MINUTE_MS) * MINUTE_MS,
  until: Math.floor(Date.parse(until) / MINUTE_MS) * MINUTE_MS,
})

const readPage = async (client: CloudTrailClient, name: string, { from, until }: Span): Promise<Page> => {
  const { Events = [], NextToken } = await client.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
      StartTime: new Date(from),
      EndTime: new Date(until),
    }),
    { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
  )
  return { records: Events.flatMap(recordIn), isPartial: NextToken !== undefined }
}

/** The record of a call, as a list of one. Empty if AWS refused the call, because it then changed nothing. */
const recordIn = ({ CloudTrailEvent = '{}' }: Event): readonly Json[] => {
  try {
    const record = recordOf(JSON.parse(CloudTrailEvent))
    return record['errorCode'] === undefined ? [record] : []
  } catch {
    return []
  }
}

const callOf = (record: Json, isQuarterdeck: boolean): CallAtAws => {
  const { eventID, eventName, requestID, requestParameters, userIdentity } = record
  const { invokedBy } = recordOf(userIdentity)
  const { by, at } = changeOf(record)
  const time = Date.parse(at)
  return {
    id: textOf(eventID),
    at: Number.isNaN(time) ? '' : new Date(time).toISOString(),
    action: textOf(eventName),
    by,
    ...(typeof invokedBy === 'string' && { via: invokedBy.replace(/\.amazonaws\.com$/, '') }),
    isOwn: isQuarterdeck,
    ...(typeof requestID === 'string' && { requestId: requestID }),
    ...requestOf(recordOf(requestParameters)),
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const requestOf = (parameters: Json): Pick<CallAtAws, 'request' | 'also'> => {
  const request: Record<string, JsonObject[string]> = {}
  const also: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') request[name] = value
    else if (isRecord(value) || (Array.isArray(value) && value.length > 0)) also.push(name)
  }
  return { request, also }
}
