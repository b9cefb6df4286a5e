// Finds a task by its id or its first characters: searches clusters for tasks that are running or stopped within the
// last hour.

import type { ServiceRef, TaskOwner } from '../../model/ecs.ts'
import type { ServiceReads } from './reads.ts'

/**
 * The number of clusters searched at once. Each needs one call for a full id; else two, plus one for each hundred
 * tasks.
 */
const AT_ONCE = 20
const MOST_CLUSTERS = 200
/**
 * The maximum number of clusters of one account and region that are searched by the first characters of an id. ECS
 * allows a burst of 100 task reads (ECS, request throttling).
 */
const MOST_IN_REGION = 40

export const isWholeId = (id: string): boolean => id.replaceAll('-', '').length === 32

/** The id of a task that can be asked for directly; undefined for its first characters. */
export const wholeId = (id: string | undefined): string | undefined =>
  id !== undefined && isWholeId(id) ? id : undefined

/** Whether a search would need too many calls, so that it is not made. */
export const isTooMany = (clusters: readonly ServiceRef[], id: string): boolean =>
  clusters.length > MOST_CLUSTERS || (!isWholeId(id) && mostInRegion(clusters) > MOST_IN_REGION)

const mostInRegion = (clusters: readonly ServiceRef[]): number => {
  const counts = new Map<string, number>()
  for (const { accountId, region } of clusters) {
    const spot = `${accountId} ${region}`
    counts.set(spot, (counts.get(spot) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

/**
 * Searches the clusters. For a full id, stops when it is found; for its first characters, searches all, because several
 * tasks may match.
 */
export const tasksIn = async (
  clusters: readonly ServiceRef[],
  id: string,
  refs: readonly ServiceRef[],
  read: Pick<ServiceReads, 'taskOwners'>,
): Promise<Tasks> => {
  const found: Owned[] = []
  let isPartial = false
  const failures: unknown[] = []
  for (let at = 0; at < clusters.length && (!isWholeId(id) || found.length === 0); at += AT_ONCE) {
    const searches = await Promise.allSettled(
      clusters.slice(at, at + AT_ONCE).map(async cluster => ({ cluster, ...(await read.taskOwners(cluster, id)) })),
    )
    found.push(...searches.flatMap(one => (one.status === 'fulfilled' ? ownedBy(one.value, refs) : [])))
    isPartial ||= searches.some(one => one.status === 'rejected' || one.value.isPartial)
    failures.push(...searches.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : [])))
  }
  if (failures.length > 0 && failures.length === clusters.length) throw failures[0]
  return { found, isPartial }
}

/** One service of each cluster. Reads address a cluster by any of its services. */
export const clustersOf = (refs: readonly ServiceRef[]): readonly ServiceRef[] => [
  ...new Map(refs.map(ref => [`${ref.accountId} ${ref.region} ${ref.cluster}`, ref])).values(),
]

/** `isPartial`: there are tasks that were not read. */
export type Tasks = { readonly found: readonly Owned[]; readonly isPartial: boolean }

/** `ref`: the task's service; for a standalone task, a service of its cluster. */
export type Owned = { readonly id: string; readonly ref: ServiceRef; readonly isStandalone?: true }
type Searched = { readonly cluster: ServiceRef; readonly tasks: readonly TaskOwner[] }

const ownedBy = ({ cluster, tasks }: Searched, refs: readonly ServiceRef[]): readonly Owned[] =>
  tasks.flatMap(({ id, service }) => {
    if (service === undefined) return [{ id, ref: cluster, isStandalone: true as const }]
    const isOwner = (ref: ServiceRef) =>
      ref.service === service &&
      ref.accountId === cluster.accountId &&
      ref.region === cluster.region &&
      ref.cluster === cluster.cluster
    const ref = refs.find(isOwner)
    return ref === undefined ? [] : [{ id, ref }]
  })
