// Remembers which cluster the commands of a channel were about, so that a change elsewhere stands out.

import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Key, Store } from '../../model/ports/store.ts'

const KEPT_MS = 3_600_000

/** `purpose`: the request that stored it; `before`: what the place was before that request. */
type ChannelPlace = { readonly name: string; readonly purpose: string; readonly at: string; readonly before?: string }

const placeKey = (channel: string): Key => ({ pk: `channel-place#${channel}`, sk: 'last' })

type Request = { readonly channel: string; readonly purpose: string; readonly now: string }

/** Stores the place of this request, and returns the place of the last hour's commands where it differs. */
export const leftPlace = async (
  { account, region, cluster }: ServiceRef,
  { channel, purpose, now }: Request,
  store: Pick<Store, 'get' | 'create' | 'replace'>,
): Promise<string | undefined> => {
  const key = placeKey(channel)
  const item = await store.get<ChannelPlace>(key)
  const last = item?.value
  const isRecent = last !== undefined && Date.parse(now) - Date.parse(last.at) < KEPT_MS
  const before = !isRecent ? undefined : last.purpose === purpose ? last.before : last.name
  const name = `${account}.${region}/${cluster}`
  const place: ChannelPlace = { name, purpose, at: now, ...(before !== undefined && { before }) }
  const until = Math.floor((Date.parse(now) + KEPT_MS) / 1_000)
  await (item === undefined ? store.create(key, place, until) : store.replace(key, place, item.version, until))
  return before === undefined || before === name ? undefined : before
}

/** One sentence for the card. */
export const leftPlaceText = (ref: ServiceRef, before: string): string =>
  `In *${fullName(ref).split('/').slice(0, 2).join('/')}*; the last commands here: ${before}.`
