// Loads /ecs digest list and /ecs digest preview.

import { isAmong } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { Digest } from '../../engine/rules/config.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import type { Place } from '../../kit/language/place.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Picture } from '../../model/ports/message.ts'
import { type CollectReads, collect } from './collect.ts'
import { nextDue } from './due.ts'
import { seenBy } from './owners.ts'
import { trendOf } from './picture-digest.ts'
import { lastTold, loadRuns, loadSeen, type Run } from './records.ts'
import { sinceOf } from './since.ts'
import { type DigestView, viewOf } from './view.ts'

export type ListedDigest = { readonly digest: Digest; readonly next?: string; readonly last?: Run }

export const loadDigests = async (asker: Asker): Promise<readonly ListedDigest[]> => {
  const { store, facts } = asker
  const listed = await Promise.all(
    digestsFor(asker).map(async (digest): Promise<ListedDigest> => {
      const [last] = await loadRuns(digest.name, store, 1)
      const next = nextDue(digest, facts.now)
      return { digest, ...(next !== undefined && { next }), ...(last !== undefined && { last: last.value }) }
    }),
  )
  return listed.toSorted((a, b) => ((a.next ?? '9') < (b.next ?? '9') ? -1 : 1))
}

/** The digests with those of their places that the asker may view. One that has no other places is not named. */
const digestsFor = ({ config, facts, who }: Asker): readonly Digest[] =>
  config.digests.flatMap(digest => {
    if (digest.places === undefined) return [digest]
    const places = digest.places.filter(place => {
      const found = placeNamed(place, config)
      return found !== undefined && maySeePlace(who.actor, found, config, facts)
    })
    return places.length === 0 ? [] : [{ ...digest, places }]
  })

/** `text`: `prod`, `prod.us-east-1` or `prod.us-east-1/web`. */
const placeNamed = (text: string, { accounts }: Asker['config']): Place | undefined => {
  const [, name = '', region, cluster] = /^([a-z0-9-]+)(?:\.([a-z0-9-]+))?(?:\/(.+))?$/.exec(text) ?? []
  const accountId = accounts.find(account => account.name === name)?.id
  if (accountId === undefined) return undefined
  return { scope: { accountId, ...(region && { region }), ...(cluster && { cluster }) }, name: text, account: name }
}

export type Preview = {
  readonly view: DigestView
  readonly next?: string
  /** Of what the owners may view: for them alone. */
  readonly pictures: readonly Picture[]
}

/** What the digest would tell now, of the services that the asker may view. */
export const loadPreview = async (name: string, read: CollectReads, asker: Asker): Promise<Preview | Refusal> => {
  const { config, store, facts, who } = asker
  const known = digestsFor(asker)
  const digest = known.find(one => one.name === name)
  if (digest === undefined) return refuseUnknown(name, known)
  const runs = await loadRuns(name, store)
  const before = lastTold(runs, digest.channel)
  const { now } = facts
  const collected = await collect({
    ...{ digest, config, store, read, now, turn: before?.next ?? 0 },
    since: sinceOf(before?.due, now),
    maySee: seenBy([who.actor], config, facts),
  })
  const seen = before === undefined ? {} : await loadSeen(name, before.due, store)
  const next = nextDue(digest, now)
  return {
    view: viewOf(digest, collected, seen, { now, ...(before !== undefined && { since: before.due }) }),
    pictures: isAmong(digest.owners, who.actor.user, config, facts)
      ? trendOf(
          name,
          runs.map(({ value }) => value),
        )
      : [],
    ...(next !== undefined && { next }),
  }
}

/** Names that begin alike come first. */
const refuseUnknown = (name: string, digests: readonly Digest[]): Refusal => {
  if (digests.length === 0) return refuse('There are no digests.', '`digests` in quarterdeck.yaml adds them.')
  const names = digests.map(digest => digest.name)
  const alike = (other: string): number => [...other].findIndex((letter, at) => letter !== name[at])
  const near = names
    .toSorted((a, b) => (alike(b) < 0 ? b.length : alike(b)) - (alike(a) < 0 ? a.length : alike(a)))
    .slice(0, 5)
  return refuse(
    `No digest is named *${name}*.`,
    `Digests: ${near.map(one => `\`${one}\``).join(', ')}.`,
    near.map(one => ({ label: one, invocation: `digest preview ${one}` })),
  )
}
