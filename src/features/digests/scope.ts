// The services that a digest is about: those of its places, with its tag, that its readers may view.

import type { Pending } from '../../engine/change/open-request.ts'
import type { Digest } from '../../engine/rules/config.ts'
import { matchesGlob } from '../../kit/language/glob.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Store } from '../../model/ports/store.ts'
import type { ServiceReads } from '../services/reads.ts'
import { asOf, readTags, refOf, SERVICE_TAGS } from '../services/service-index.ts'
import type { Unread } from './item.ts'

/** Whether one of the readers may view a service, an account and region, or each service of a request. */
export type MaySee = {
  readonly service: (ref: ServiceRef) => boolean
  readonly place: (spot: Pick<ServiceRef, 'account' | 'accountId' | 'region'>) => boolean
  readonly request: (request: Pending) => boolean
}

export type DigestScope = {
  readonly refs: readonly ServiceRef[]
  /** By ARN. */
  readonly byArn: ReadonlyMap<string, ServiceRef>
  /** Also for a service that is gone, unless the digest has a tag: nobody knows the tags that it had. */
  readonly covers: (ref: ServiceRef) => boolean
  /** When the oldest place of the index was read, ISO 8601; absent if one was never read. */
  readonly asOf?: string
  /** Places of the index that could not be read, and that its readers may view. */
  readonly unread: readonly Unread[]
}

export const loadDigestScope = async (
  digest: Digest,
  maySee: MaySee,
  read: Pick<ServiceReads, 'index'>,
  store: Pick<Store, 'list'>,
): Promise<DigestScope> => {
  const { tag } = digest
  const index = await read.index()
  const tags = tag && readTags(await store.list(SERVICE_TAGS))
  const inPlace = index.refs.filter(ref => isInScope(digest, ref))
  const refs = inPlace.filter(
    ref => (tag === undefined || tags?.get(ref.arn)?.[tag.key] === tag.value) && maySee.service(ref),
  )
  const indexed = new Set(index.refs.map(({ arn }) => arn))
  const byArn = new Map(refs.map(ref => [ref.arn, ref]))
  const at = asOf(index)
  return {
    ...{ refs, byArn, ...(at !== undefined && { asOf: at }) },
    covers: ref =>
      byArn.has(ref.arn) ||
      (tag === undefined && !indexed.has(ref.arn) && isInScope(digest, ref) && maySee.service(ref)),
    unread: index.places
      .filter(
        ({ problem, ...spot }) =>
          problem !== undefined && isInPlaces(digest, { ...spot, cluster: '' }) && maySee.place(spot),
      )
      .map(({ account, region, problem }) => ({
        key: `index ${account} ${region}`,
        text: `${account} in ${region}: ${problem?.text ?? ''}`,
      })),
  }
}

const isInScope = (digest: Digest, ref: ServiceRef): boolean =>
  isInPlaces(digest, ref) &&
  (digest.targets?.some(pattern => matchesGlob(pattern, `${ref.cluster}/${ref.service}`)) ?? true)

type Spot = Pick<ServiceRef, 'account' | 'region' | 'cluster'>

/** An empty cluster: any cluster of the region. */
export const isInPlaces = ({ places }: Pick<Digest, 'places'>, { account, region, cluster }: Spot): boolean =>
  places === undefined ||
  places.some(place => {
    const [spot = '', named] = place.split('/')
    return (
      (spot === account || spot === `${account}.${region}`) &&
      (named === undefined || cluster === '' || named === cluster)
    )
  })

const SERVICE_ARN = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service\/([\w-]+)\/([\w-]+)$/

/** The service of an ARN in an audit record; undefined for other targets. `accounts`: names by id. */
export const refOfArn = (arn: string, accounts: ReadonlyMap<string, string>): ServiceRef | undefined => {
  const [, region = '', accountId = '', cluster = '', service = ''] = SERVICE_ARN.exec(arn) ?? []
  const account = accounts.get(accountId)
  return account === undefined || service === ''
    ? undefined
    : { ...refOf({ account, accountId, region }, `${cluster}/${service}`), arn }
}
