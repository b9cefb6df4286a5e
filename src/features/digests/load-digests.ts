// Loads /ecs digest list and /ecs digest preview.

import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { Digest } from '../../engine/rules/config.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Picture } from '../../model/ports/message.ts'
import { type CollectReads, collect } from './collect.ts'
import { nextDue } from './due.ts'
import { trendOf } from './picture-digest.ts'
import { lastTold, loadRuns, loadSeen, type Run } from './records.ts'
import { sinceOf } from './since.ts'
import { type DigestView, viewOf } from './view.ts'

export type ListedDigest = { readonly digest: Digest; readonly next?: string; readonly last?: Run }

export const loadDigests = async ({ config, store, facts }: Asker): Promise<readonly ListedDigest[]> => {
  const listed = await Promise.all(
    config.digests.map(async (digest): Promise<ListedDigest> => {
      const [last] = await loadRuns(digest.name, store, 1)
      const next = nextDue(digest, facts.now)
      return { digest, ...(next !== undefined && { next }), ...(last !== undefined && { last: last.value }) }
    }),
  )
  return listed.toSorted((a, b) => ((a.next ?? '9') < (b.next ?? '9') ? -1 : 1))
}

export type Preview = {
  readonly view: DigestView
  readonly next?: string
  readonly pictures: readonly Picture[]
}

/** What the digest would tell now, of the services that the asker may view. */
export const loadPreview = async (name: string, read: CollectReads, asker: Asker): Promise<Preview | Refusal> => {
  const { config, store, facts, who } = asker
  const digest = config.digests.find(one => one.name === name)
  if (digest === undefined) return refuseUnknown(name, config.digests)
  const runs = await loadRuns(name, store)
  const before = lastTold(runs, digest.channel)
  const { now } = facts
  const collected = await collect({
    ...{ digest, config, store, read, now, turn: before?.next ?? 0 },
    since: sinceOf(before?.due, now),
    maySee: ref => accessOf(who.actor, 'viewer', ref, config, facts).kind === 'allowed',
  })
  const seen = before === undefined ? {} : await loadSeen(name, before.due, store)
  const next = nextDue(digest, now)
  return {
    view: viewOf(digest, collected, seen, { now, ...(before !== undefined && { since: before.due }) }),
    pictures: trendOf(
      name,
      runs.map(({ value }) => value),
    ),
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
