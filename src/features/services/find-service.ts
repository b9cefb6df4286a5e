// Resolves a typed target to one service, by the index, the channel's defaults or a task id. For an ambiguous target,
// returns buttons.

import { accessOf } from '../../engine/rules/access.ts'
import {
  isInScope,
  looksLikeTaskId,
  readAsTask,
  resolveTarget,
  type Target,
  targetOffers,
} from '../../kit/language/target.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { accept, type Finding, type Found, foundService, invocationFor, oneOf, onlyOne } from './choose-service.ts'
import { compare, seenIndex } from './compared-places.ts'
import { clustersOf, isTooMany, isWholeId, type Tasks, tasksIn } from './find-task.ts'
import { arnOf, asOf, INDEX_MINUTES, type ServiceIndex, unreadText } from './service-index.ts'

export const findTarget = async (target: Target, finding: Finding): Promise<Found | Refusal> => {
  const found = await findPlain(target, finding)
  if (isRefusal(found) || target.container === undefined) return found
  return { ...found, container: target.container }
}

const findPlain = async (target: Target, finding: Finding): Promise<Found | Refusal> => {
  const service = await findByFullName(target, finding)
  if (service !== undefined) return isRefusal(service) ? service : foundService(service, target.task)
  const { actor, config, facts, read } = finding
  const index = seenIndex(await read.index(), actor, finding)
  const refs = index.refs.filter(ref => accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed')
  const resolved = resolveTarget(target, refs)
  if (resolved.kind === 'one') return onlyOne(target, resolved.ref, index, finding)
  if (resolved.kind === 'several') return oneOf(target, resolved.refs, index, finding)
  const created = await findNewService(target, refs, finding)
  if (created !== undefined) return accept(target, created, index, finding)
  const task = await findTask(target, refs, index, finding)
  if (task !== undefined) return task
  // While a place temporarily fails to answer, a change is retried. A query reports the failure instead.
  const unavailable = index.places.find(({ problem }) => problem?.passing)
  if (finding.isMutation && unavailable?.problem !== undefined)
    throw new RemoteError(unavailable.problem.text, { code: 'place_silent', passing: true })
  return notFound(target, resolved.nearestServices, index, finding)
}

const MOST_PLACES = 6

/** Finds a service that is newer than the index, in a known cluster: one read for each cluster of that name. */
const findNewService = async (
  target: Target,
  refs: readonly ServiceRef[],
  { actor, config, facts, read }: Finding,
): Promise<ServiceRef | undefined> => {
  if (target.cluster === undefined) return undefined
  const siblings = clustersOf(refs.filter(ref => isInScope(target, ref))).slice(0, MOST_PLACES)
  const reads = await Promise.allSettled(
    siblings.map(async sibling => {
      const { service } = target
      const ref = { ...sibling, service, arn: arnOf({ ...sibling, service }) }
      const isSeen = accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed'
      return isSeen ? (await read.service(ref))?.ref : undefined
    }),
  )
  const existing = reads.flatMap(one => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []))
  return existing.length === 1 ? existing[0] : undefined
}

/**
 * Finds a service by its fully qualified name, with one read and without the index. A plan that is made again always
 * has such a name.
 */
const findByFullName = async (
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

const notFound = (target: Target, nearest: readonly ServiceRef[], index: ServiceIndex, finding: Finding): Refusal => {
  const [closest] = nearest
  const hint =
    closest === undefined ? 'Write `cluster/service` as ECS names them.' : `Did you mean *${closest.service}*?`
  const unread = unreadText(index) ?? staleText(index, finding.facts.now)
  return refuse(
    looksLikeTaskId(target.service)
      ? `No service or recent task is named *${target.service}*.`
      : `No service is named *${target.service}*.`,
    unread === undefined ? hint : `${hint}\n${unread}`,
    targetOffers(nearest, invocationFor(finding, target)),
  )
}

/**
 * A warning about an old index. The index is refreshed every ten minutes, so an old one means that the refresh does not
 * run.
 */
const staleText = (index: ServiceIndex, now: string): string | undefined => {
  const at = asOf(index)
  return at === undefined || Date.parse(now) - Date.parse(at) < 3 * INDEX_MINUTES * 60_000
    ? undefined
    : `The service index dates from ${timeMark(at)}. For a newer service, write \`cluster/service\`.`
}

/** Finds a task by `orders-api/3f2a91c0`, or by its id alone in any cluster. Undefined if the text cannot be a task. */
const findTask = async (
  target: Target,
  refs: readonly ServiceRef[],
  index: ServiceIndex,
  finding: Finding,
): Promise<Found | Refusal | undefined> => {
  const ofService = readAsTask(target)
  const resolved = ofService && resolveTarget(ofService, refs)
  if (ofService !== undefined && resolved?.kind === 'one') return onlyOne(ofService, resolved.ref, index, finding)
  if (ofService !== undefined && resolved?.kind === 'several') return oneOf(ofService, resolved.refs, index, finding)
  if (!looksLikeTaskId(target.service)) return undefined
  const clusters = clustersOf(refs.filter(ref => isInScope(target, ref)))
  if (isTooMany(clusters, target.service))
    return refuse(
      `*${target.service}* looks like a task id, but ${clusters.length} clusters are too many to search.`,
      `Name the cluster: \`web/${target.service}\`${isWholeId(target.service) ? '' : ', or write the full task id'}.`,
    )
  return oneTask(target, await tasksIn(clusters, target.service, refs, finding.read), index, finding)
}

const UNSEARCHED = 'Not all tasks were searched.'

const oneTask = (
  target: Target,
  { found, isPartial }: Tasks,
  index: ServiceIndex,
  finding: Finding,
): Found | Refusal | undefined => {
  const { isMutation, takesTask } = finding
  const tasks = found.filter(({ isStandalone }) => isStandalone !== true || (isMutation && takesTask))
  const [first, ...more] = tasks
  const isUnsure = isPartial && !isWholeId(target.service)
  if (first === undefined)
    return isUnsure
      ? refuse(`No task id that was searched begins with *${target.service}*.`, `${UNSEARCHED} Write the full task id.`)
      : undefined
  const owners = [...new Map(tasks.map(({ ref }) => [ref.arn, ref])).values()]
  if (isMutation && !takesTask)
    return refuse(
      `*${target.service}* is a task of *${first.ref.service}*; \`${finding.invocation.command}\` takes a service.`,
      'Did you mean the whole service?',
      targetOffers(owners, invocationFor(finding, {})),
    )
  const isElsewhere = compare(target, index, finding.facts.now).unread.length > 0
  if (isMutation && !isWholeId(target.service) && (isUnsure || isElsewhere))
    return refuse(`Another task id could begin with *${target.service}*, too.`, `${UNSEARCHED} Write the full task id.`)
  if (more.length === 0)
    return foundService(
      first.ref,
      first.id,
      isUnsure ? `${UNSEARCHED} Another task id could begin with ${target.service}, too.` : undefined,
    )
  return refuse(
    `${isUnsure ? 'At least ' : ''}${tasks.length} task ids begin with *${target.service}*.`,
    'Which one?',
    tasks.slice(0, 5).map(({ id, ref }) => ({
      label: `${ref.service} ${id.slice(0, 12)}`.slice(-75),
      invocation: invocationFor(finding, { ...target, task: id })(ref),
    })),
  )
}
