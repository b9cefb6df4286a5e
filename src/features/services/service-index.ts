// The service index as data: the names of all services by account, region and cluster. Names and tags are in separate
// partitions, since ingress reads only names.

import type { Config } from '../../engine/rules/config.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Item, Key } from '../../model/ports/store.ts'

/** The interval of refreshes by EventBridge Scheduler, in minutes. */
export const INDEX_MINUTES = 10

export const SERVICES = 'services'
export const SERVICE_TAGS = 'service-tags'

/**
 * The service names of one account and region by cluster, or the part of them that fits into one item. `of`: the number
 * of items.
 */
export type Shard = {
  readonly at: string
  readonly of: number
  readonly clusters: Readonly<Record<string, readonly string[]>>
  /** Why the last refresh failed, and when. */
  readonly problem?: { readonly at: string; readonly text: string }
}

/** Service tags, keyed by `cluster/service`. */
export type TagShard = {
  readonly at: string
  readonly of: number
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A service that an event reported as created or deleted. The note counts until the next refresh of the index. */
export type Note = { readonly kind: 'seen' | 'gone'; readonly at: string; readonly ref: NoteRef }
type NoteRef = Pick<ServiceRef, 'accountId' | 'region' | 'cluster' | 'service'>

export type Spot = Pick<ServiceRef, 'accountId' | 'region'>

const spotOf = ({ accountId, region }: Spot): string => `${accountId}#${region}#`
export const shardKey = (spot: Spot, number: number): Key => ({ pk: SERVICES, sk: `${spotOf(spot)}${number}` })
export const tagKey = (spot: Spot, number: number): Key => ({ pk: SERVICE_TAGS, sk: `${spotOf(spot)}${number}` })
export const noteKey = ({ ref }: Note): Key => ({
  pk: SERVICES,
  sk: `${spotOf(ref)}note#${ref.cluster}/${ref.service}`,
})

/** The maximum size of a shard in bytes. A DynamoDB item has at most 400 KB, including attribute names. */
export const MOST_BYTES = 300_000

/** Splits entries into shards, each of which fits into one item as JSON. There is always at least one shard. */
export const inShards = <T>(entries: readonly T[], most = MOST_BYTES): readonly (readonly T[])[] => {
  const shards: T[][] = [[]]
  let size = 0
  for (const entry of entries) {
    const bytes = Buffer.byteLength(JSON.stringify(entry)) + 4
    if (size > 0 && size + bytes > most) {
      shards.push([])
      size = 0
    }
    shards.at(-1)?.push(entry)
    size += bytes
  }
  return shards
}

/** An account and region in the index. If `at` is absent, it was never read. */
export type IndexedPlace = Spot & {
  readonly account: string
  readonly at?: string
  /** The last failure to read the place. `passing`: the failure is temporary, so a retry may succeed. */
  readonly problem?: { readonly at: string; readonly text: string; readonly passing?: true }
}

export type ServiceIndex = { readonly refs: readonly ServiceRef[]; readonly places: readonly IndexedPlace[] }

/** The ARN of a service. It is correct only in commercial regions (partition `aws`). */
export const arnOf = ({ accountId, region, cluster, service }: NoteRef): string =>
  `arn:aws:ecs:${region}:${accountId}:service/${cluster}/${service}`

type Stored = Pick<Item<unknown>, 'key' | 'value'>

/** Builds the index of the configured accounts and regions from the items of the partition SERVICES. */
export const readIndex = (items: readonly Stored[], { accounts }: Pick<Config, 'accounts'>): ServiceIndex => {
  const byKey = new Map(items.map(({ key, value }) => [key.sk, value]))
  const places = accounts.flatMap(({ name, id, regions }) =>
    regions.map(region => ({ account: name, accountId: id, region })),
  )
  const read = places.map(place => readPlace(place, byKey))
  return { refs: read.flatMap(({ refs }) => refs), places: read.map(({ place }) => place) }
}

type Bare = Spot & { readonly account: string }

const readPlace = (place: Bare, items: ReadonlyMap<string, unknown>) => {
  const head = items.get(shardKey(place, 0).sk)
  if (!isShard(head)) return { place, refs: [] }
  const shards = Array.from({ length: head.of }, (_, number) => items.get(shardKey(place, number).sk)).filter(isShard)
  const names = new Set(shards.flatMap(({ clusters }) => namesIn(clusters)))
  for (const note of notesOf(place, items)) {
    if (note.at <= head.at) continue
    const name = `${note.ref.cluster}/${note.ref.service}`
    if (note.kind === 'seen') names.add(name)
    else names.delete(name)
  }
  const { at, problem } = head
  return {
    place: { ...place, ...(at !== '' && { at }), ...(problem !== undefined && { problem }) },
    refs: [...names].map(name => refOf(place, name)),
  }
}

const namesIn = (clusters: Shard['clusters']): readonly string[] =>
  Object.entries(clusters).flatMap(([cluster, services]) => services.map(service => `${cluster}/${service}`))

export const refOf = ({ account, accountId, region }: Bare, name: string): ServiceRef => {
  const [cluster = '', service = ''] = name.split('/')
  return { account, accountId, region, cluster, service, arn: arnOf({ accountId, region, cluster, service }) }
}

const notesOf = (place: Spot, items: ReadonlyMap<string, unknown>): readonly Note[] => {
  const prefix = `${spotOf(place)}note#`
  return [...items].flatMap(([sk, value]) => (sk.startsWith(prefix) && isNote(value) ? [value] : []))
}

const isShard = (value: unknown): value is Shard =>
  isRecord(value) && typeof value['at'] === 'string' && isRecord(value['clusters']) && Number.isInteger(value['of'])

const isNote = (value: unknown): value is Note => isRecord(value) && 'ref' in value && typeof value['at'] === 'string'

/** Service tags by ARN, from the items of the partition SERVICE_TAGS. */
export const readTags = (items: readonly Stored[]): ReadonlyMap<string, Readonly<Record<string, string>>> =>
  new Map(
    items.flatMap(({ key, value }) => {
      const [accountId = '', region = ''] = key.sk.split('#')
      const { tags = {} } = value as Partial<TagShard>
      return Object.entries(tags).map(([name, serviceTags]) => {
        const [cluster = '', service = ''] = name.split('/')
        return [arnOf({ accountId, region, cluster, service }), serviceTags] as const
      })
    }),
  )

/** When the oldest place of the index was read; undefined if a place was never read. */
export const asOf = ({ places }: ServiceIndex): string | undefined => {
  const times = places.map(({ at }) => at)
  return times.includes(undefined) ? undefined : times.toSorted()[0]
}

/** The places that could not be read for the index, and why. */
export const unreadText = ({ places }: Pick<ServiceIndex, 'places'>): string | undefined => {
  const [first, ...more] = places.filter(({ problem }) => problem !== undefined)
  if (first === undefined) return undefined
  const since = first.at === undefined ? '' : ` since ${timeMark(first.at)}`
  const others = more.length === 0 ? '' : `, and ${more.length} more places`
  return `${first.account} in ${first.region}${others} could not be read${since}: ${first.problem?.text}.`
}

const SERVICE_ARN = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service\/([\w-]+)\/([\w-]+)$/

/**
 * Makes a note from an EventBridge event about a created or deleted service: a deployment that begins (ECS Deployment
 * State Change), or CreateService and DeleteService (CloudTrail). Undefined for every other event.
 */
export const noteFromEvent = (event: unknown): Note | undefined => {
  if (!isRecord(event) || !isRecord(event['detail']) || typeof event['time'] !== 'string') return undefined
  const { detail, time, account } = event
  const begins =
    event['detail-type'] === 'ECS Deployment State Change' && detail['eventName'] === 'SERVICE_DEPLOYMENT_IN_PROGRESS'
  if (begins)
    return noteOf('seen', Array.isArray(event['resources']) ? event['resources'][0] : undefined, time, account)
  if (event['detail-type'] !== 'AWS API Call via CloudTrail' || detail['errorCode'] !== undefined) return undefined
  const kind = { CreateService: 'seen', DeleteService: 'gone' }[String(detail['eventName'])] as Note['kind'] | undefined
  const service = isRecord(detail['responseElements']) ? detail['responseElements']['service'] : undefined
  return kind === undefined || !isRecord(service) ? undefined : noteOf(kind, service['serviceArn'], time, account)
}

/** Makes a note; undefined if the ARN or the time is invalid, or if the ARN names another account than the event. */
const noteOf = (kind: Note['kind'], arn: unknown, time: string, account: unknown): Note | undefined => {
  const [, region = '', accountId = '', cluster = '', service = ''] = SERVICE_ARN.exec(String(arn)) ?? []
  const at = Date.parse(time)
  if (service === '' || accountId !== account || Number.isNaN(at)) return undefined
  return { kind, at: new Date(at).toISOString(), ref: { accountId, region, cluster, service } }
}
