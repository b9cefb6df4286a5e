// From a target as typed to the one service that it means: by the index, by the channel's defaults, or by a task's id. What
// could mean several is asked about by buttons, never guessed.

import { accessOf } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { Invocation } from '../../kit/language/invocation.ts'
import {
  fullName,
  isInScope,
  looksLikeTaskId,
  printTarget,
  readAsTask,
  resolveTarget,
  type Target,
  targetOffers,
} from '../../kit/language/target.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import { type ChannelDefaults, hereKey, isElsewhere, preferredIn } from './channel-defaults.ts'
import { clustersOf, isTooMany, isWholeId, type Owned, tasksIn } from './find-task.ts'
import type { ServiceReads } from './reads.ts'
import { arnOf, asOf, INDEX_MINUTES, type ServiceIndex, unreadWords } from './service-index.ts'

type Reads = Pick<ServiceReads, 'index' | 'service' | 'taskOwners'>

export type Finding = {
  readonly actor: Actor
  readonly config: Config
  readonly facts: RuleInputs
  readonly read: Reads
  readonly store: Pick<Store, 'get'>
  readonly invocation: Invocation
  /** Its canonical text. */
  readonly print: (invocation: Invocation) => string
  readonly isMutation: boolean
  /** Where it was asked; nothing is defaulted without it. */
  readonly channel?: string
}

/** The service, and what the target said besides. */
export type Found = {
  readonly kind: 'found'
  readonly service: ServiceRef
  readonly task?: string
  readonly container?: string
}

export const findTarget = async (target: Target, finding: Finding): Promise<Found | Refusal> => {
  const found = await findPlain(target, finding)
  if (isRefusal(found) || target.container === undefined) return found
  return { ...found, container: target.container }
}

const found = (service: ServiceRef, task?: string): Found => ({
  kind: 'found',
  service,
  ...(task !== undefined && { task }),
})

const findPlain = async (target: Target, finding: Finding): Promise<Found | Refusal> => {
  const outright = await namedOutright(target, finding)
  if (outright !== undefined) return isRefusal(outright) ? outright : found(outright, target.task)
  const { actor, config, facts, read } = finding
  const index = await read.index()
  const refs = index.refs.filter(ref => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const resolved = resolveTarget(target, refs)
  if (resolved.kind === 'one') return onlyOne(target, resolved.ref, finding)
  if (resolved.kind === 'several') return oneOf(target, resolved.refs, finding)
  const made = await justMade(target, refs, finding)
  if (made !== undefined) return found(made, target.task)
  const task = await findTask(target, refs, finding)
  if (task !== undefined) return task
  // Whoever carries out a change can wait for a place that does not answer just now; whoever only looks is told.
  const silent = index.places.find(({ problem }) => problem?.passing)
  if (finding.isMutation && silent?.problem !== undefined)
    throw new RemoteError(silent.problem.text, { code: 'place_silent', passing: true })
  return notFound(target, resolved.nearestServices, index, finding)
}

const MOST_PLACES = 6

/** A service that is younger than the index, in a cluster that is known: a read for each cluster of that name. */
const justMade = async (
  target: Target,
  refs: readonly ServiceRef[],
  { actor, config, facts, read }: Finding,
): Promise<ServiceRef | undefined> => {
  if (target.cluster === undefined) return undefined
  const siblings = clustersOf(refs.filter(ref => isInScope(target, ref))).slice(0, MOST_PLACES)
  const looked = await Promise.allSettled(
    siblings.map(async sibling => {
      const { service } = target
      const ref = { ...sibling, service, arn: arnOf({ ...sibling, service }) }
      const isSeen = accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed'
      return isSeen ? (await read.service(ref))?.ref : undefined
    }),
  )
  const there = looked.flatMap(one => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []))
  return there.length === 1 ? there[0] : undefined
}

/** A full name needs no index: one read tells whether it is there. Plans that are made again always have one. */
const namedOutright = async (
  { account, region, cluster, service }: Target,
  { actor, config, facts, read }: Finding,
): Promise<ServiceRef | Refusal | undefined> => {
  const place = config.accounts.find(({ name, id }) => name === account || id === account)
  if (place === undefined || region === undefined || cluster === undefined || !place.regions.includes(region))
    return undefined
  const named = { accountId: place.id, region, cluster, service }
  const ref: ServiceRef = { account: place.name, ...named, arn: arnOf(named) }
  const seen = accessOf(actor, 'viewer', ref, config, facts)
  if (seen.kind === 'refusal') return seen
  return (await read.service(ref))?.ref
}

const loadHere = async ({ channel, store }: Finding): Promise<ChannelDefaults | undefined> =>
  channel === undefined ? undefined : (await store.get<ChannelDefaults>(hereKey(channel)))?.value

/** The same invocation about this service, in full. */
const meaning =
  ({ invocation, print }: Finding, { task, container }: Partial<Target>) =>
  ({ account, region, cluster, service }: ServiceRef): string => {
    const inFull = { account, region, cluster, service, ...(task && { task }), ...(container && { container }) }
    const named = 'place' in invocation.values ? { place: { text: printTarget(inFull) } } : { service: inFull }
    return print({ ...invocation, values: { ...invocation.values, ...named } })
  }

/** The one of that name; a change that leaves the place which this channel is about is asked about all the same. */
const onlyOne = async (target: Target, ref: ServiceRef, finding: Finding): Promise<Found | Refusal> => {
  const isBare = target.account === undefined && target.cluster === undefined
  const here = finding.isMutation && isBare ? await loadHere(finding) : undefined
  if (!isElsewhere(ref, here)) return found(ref, target.task)
  return refuse(
    `*${ref.service}* is not in \`${here?.place?.name}\`, which this channel is about.`,
    `It is \`${fullName(ref)}\`: is that what you mean?`,
    targetOffers([ref], meaning(finding, target)),
  )
}

const oneOf = async (target: Target, refs: readonly ServiceRef[], finding: Finding): Promise<Found | Refusal> => {
  const meant = preferredIn(refs, await loadHere(finding))
  const [first, second] = meant
  if (first !== undefined && second === undefined) return found(first, target.task)
  const likeliestFirst = [...meant, ...refs.filter(ref => !meant.includes(ref))]
  return refuse(severalWords(target, refs), 'Which one?', targetOffers(likeliestFirst, meaning(finding, target)))
}

const severalWords = ({ cluster, service }: Target, refs: readonly ServiceRef[]): string =>
  cluster !== undefined && refs.some(ref => ref.cluster !== cluster)
    ? `*${cluster}* is a cluster and an account here: ${refs.length} services could be meant.`
    : `There are ${refs.length} services named *${service}*.`

const notFound = (target: Target, nearest: readonly ServiceRef[], index: ServiceIndex, finding: Finding): Refusal => {
  const [near] = nearest
  const hint =
    near === undefined ? 'Write `cluster/service` with a name that ECS knows.' : `Did you mean *${near.service}*?`
  const unread = unreadWords(index) ?? staleWords(index, finding.facts.now)
  return refuse(
    looksLikeTaskId(target.service)
      ? `*${target.service}* is neither a service here nor a task that ran within the last hour.`
      : `*${target.service}* is not a service here.`,
    unread === undefined ? hint : `${hint}\n${unread}`,
    targetOffers(nearest, meaning(finding, target)),
  )
}

/** It is refreshed every ten minutes: what is older says that nothing refreshes it. */
const staleWords = (index: ServiceIndex, now: string): string | undefined => {
  const at = asOf(index)
  return at === undefined || Date.parse(now) - Date.parse(at) < 3 * INDEX_MINUTES * 60_000
    ? undefined
    : `What services there are was last looked up at ${at.slice(0, 16).replace('T', ' ')} UTC; with its cluster, a newer one is found.`
}

/** `orders-api/3f2a91c0`, or a task by its id alone, wherever it runs. Undefined when it is nothing of the kind. */
const findTask = async (
  target: Target,
  refs: readonly ServiceRef[],
  finding: Finding,
): Promise<Found | Refusal | undefined> => {
  const ofService = readAsTask(target)
  const resolved = ofService && resolveTarget(ofService, refs)
  if (ofService !== undefined && resolved?.kind === 'one') return onlyOne(ofService, resolved.ref, finding)
  if (ofService !== undefined && resolved?.kind === 'several') return oneOf(ofService, resolved.refs, finding)
  if (!looksLikeTaskId(target.service)) return undefined
  const clusters = clustersOf(refs.filter(ref => isInScope(target, ref)))
  if (isTooMany(clusters, target.service))
    return refuse(
      `*${target.service}* looks like a task, and there are ${clusters.length} clusters to look in.`,
      `Say in which: \`web/${target.service}\`${isWholeId(target.service) ? '' : ', or write its whole id'}.`,
    )
  return oneTask(target, await tasksIn(clusters, target.service, refs, finding.read), finding)
}

const oneTask = (target: Target, tasks: readonly Owned[], finding: Finding): Found | Refusal | undefined => {
  const [first, ...more] = tasks
  if (first === undefined) return undefined
  const owners = [...new Map(tasks.map(({ ref }) => [ref.arn, ref])).values()]
  if (finding.isMutation)
    return refuse(
      `*${target.service}* is a task of *${first.ref.service}*; \`${finding.invocation.command}\` is about a service.`,
      'Do you mean the whole service?',
      targetOffers(owners, meaning(finding, {})),
    )
  if (more.length === 0) return found(first.ref, first.id)
  return refuse(
    `${tasks.length} tasks begin with *${target.service}*.`,
    'Which one?',
    tasks.slice(0, 5).map(({ id, ref }) => ({
      label: `${ref.service} ${id.slice(0, 12)}`.slice(-75),
      invocation: meaning(finding, { ...target, task: id })(ref),
    })),
  )
}
