// Finds the services of a cluster or a team, with a tag, or that use a secret. Services that the asker may not view are
// left out.

import { accessOf } from '../../engine/rules/access.ts'
import { teamOf } from '../../engine/rules/teams/teams.ts'
import { type SetText, setText } from '../../kit/language/kinds/set.ts'
import type { Target } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Finding } from './choose-service.ts'
import { compare, oldPlaces, seenIndex, unreadPlaces } from './compared-places.ts'
import { secretName, withSecret } from './find-secret-users.ts'
import { readTags, SERVICE_TAGS, type ServiceIndex, unreadText } from './service-index.ts'

/**
 * The services that one request is about. `text`: the set as typed. `words`: the set in words, such as `in the cluster
 * web` or `tagged team=checkout`.
 */
export type ServiceSet = {
  readonly kind: 'service set'
  readonly text: string
  readonly words: string
  readonly refs: readonly ServiceRef[]
  /** Which services may be missing, and why. */
  readonly unread?: string
}

export const isServiceSet = (value: unknown): value is ServiceSet =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service set'

/** The maximum number of services of a set. Our choice: a person cannot judge a change of more services. */
const MOST = 200

export const findSet = async (
  typed: SetText,
  finding: Finding,
  store: Pick<Store, 'list'>,
): Promise<ServiceSet | Refusal> => {
  const { actor, config, facts, read } = finding
  const index = seenIndex(await read.index(), actor, finding)
  const seen = index.refs.filter(ref => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const found = await searched(typed, seen, { read, store, config })
  if (isRefusal(found)) return found
  const { refs } = found
  const text = setText(typed)
  const clusters = new Set(refs.map(({ account, region, cluster }) => `${account}.${region}/${cluster}`))
  if (typed.by === 'cluster' && clusters.size > 1)
    return refuse(
      `${clusters.size} clusters are named *${plainName(typed.cluster)}*: ${[...clusters]
        .slice(0, 5)
        .map(one => `\`${one}\``)
        .join(', ')}.`,
      'Write one of them behind `cluster:`.',
    )
  if (refs.length === 0)
    return refuse(
      `No service that you may view ${typed.by === 'secret' ? '' : 'is '}${wordsOf(typed).replace('that use', 'uses')}.`,
      unreadText({ places: index.places }),
    )
  if (refs.length > MOST)
    return refuse(`${refs.length} services are ${wordsOf(typed)}; one request changes at most ${MOST}.`)
  const compared = comparedIn(typed, [...clusters], index, finding)
  if (isRefusal(compared)) return compared
  const unread = [compared.note, found.unread].filter(text => text !== undefined).join(' ')
  return {
    kind: 'service set',
    text,
    words: wordsOf(typed),
    refs: refs.toSorted((a, b) => (a.arn < b.arn ? -1 : 1)),
    ...(unread !== '' && { unread }),
  }
}

/**
 * Refuses a change of a cluster if a place that the cluster's name could mean was not compared. For a tag or a secret,
 * services may be missing; the card names the places that could not be read.
 */
const comparedIn = (
  typed: SetText,
  [cluster = '']: readonly string[],
  index: ServiceIndex,
  { facts, isMutation, invocation, print }: Finding,
): { readonly note?: string } | Refusal => {
  const { unread, old } = compare(scopeOf(typed), index, facts.now)
  if (unread.length === 0) return old.length === 0 ? {} : { note: oldPlaces(old, facts.now) }
  const missed = `${unreadPlaces(unread)}.`
  if (typed.by !== 'cluster' || !isMutation) return { note: `Services may be missing: ${missed}` }
  const whole = { kind: 'set', by: 'cluster', cluster } as const
  return refuse(
    `*${plainName(typed.cluster)}* is \`${cluster}\`, but could be elsewhere, too: ${missed}`,
    `Did you mean \`cluster:${cluster}\`?`,
    [{ label: cluster, invocation: print({ ...invocation, values: { ...invocation.values, service: whole } }) }],
  )
}

/** The account and region that the text names. */
const scopeOf = (typed: SetText): Pick<Target, 'account' | 'region'> => {
  if (typed.by === 'secret') return { region: typed.arn.split(':')[3] ?? '' }
  const [, account, region] = (typed.by === 'cluster' && /^([^/.]+)(?:\.([^/]+))?\/./.exec(typed.cluster)) || []
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) }
}

const wordsOf = (typed: SetText): string => {
  if (typed.by === 'secret') return `that use the secret ${plainName(secretName(typed.arn), 60)}`
  if (typed.by === 'team') return `of the team ${plainName(typed.team)}`
  return typed.by === 'cluster'
    ? `in the cluster ${plainName(typed.cluster, 60)}`
    : `tagged ${plainName(`${typed.tag.key}=${typed.tag.value}`, 60)}`
}

type Searched = { readonly refs: readonly ServiceRef[]; readonly unread?: string }

const searched = async (
  typed: SetText,
  seen: readonly ServiceRef[],
  { read, store, config }: Pick<Finding, 'read' | 'config'> & { readonly store: Pick<Store, 'list'> },
): Promise<Searched | Refusal> => {
  if (typed.by === 'secret') return withSecret(typed.arn, seen, read)
  if (typed.by === 'team') return { refs: seen.filter(ref => teamOf(ref, config) === typed.team) }
  return { refs: typed.by === 'cluster' ? inCluster(typed.cluster, seen) : await withTag(typed.tag, seen, store) }
}

const inCluster = (name: string, refs: readonly ServiceRef[]): readonly ServiceRef[] =>
  refs.filter(({ account, region, cluster }) =>
    [cluster, `${account}/${cluster}`, `${account}.${region}/${cluster}`].includes(name),
  )

const withTag = async (
  { key, value }: { readonly key: string; readonly value: string },
  refs: readonly ServiceRef[],
  store: Pick<Store, 'list'>,
): Promise<readonly ServiceRef[]> => {
  const tags = readTags(await store.list(SERVICE_TAGS))
  return refs.filter(({ arn }) => tags.get(arn)?.[key] === value)
}
