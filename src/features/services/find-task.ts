// A task by its id alone: in which of the clusters it runs, or stopped within the last hour, and whose it is there.

import type { ServiceRef, TaskOwner } from '../../model/ecs.ts'
import type { ServiceReads } from './reads.ts'

/** How many clusters are asked for a task at once: a call each for a whole id, else two and one for each hundred tasks. */
const AT_ONCE = 20
const MOST_CLUSTERS = 200
/** Of an account and region, for the beginning of an id: its bucket holds 100 reads of tasks (ECS, request throttling). */
const MOST_IN_REGION = 40

export const isWholeId = (id: string): boolean => id.replaceAll('-', '').length === 32

/** Then nothing is asked. */
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

/** A whole id is looked for until it is found, the beginning of one in all of them: several tasks may have it. */
export const tasksIn = async (
  clusters: readonly ServiceRef[],
  id: string,
  refs: readonly ServiceRef[],
  read: Pick<ServiceReads, 'taskOwners'>,
): Promise<readonly Owned[]> => {
  const found: Owned[] = []
  const failures: unknown[] = []
  for (let at = 0; at < clusters.length && (!isWholeId(id) || found.length === 0); at += AT_ONCE) {
    const looked = await Promise.allSettled(
      clusters.slice(at, at + AT_ONCE).map(async cluster => ({ cluster, tasks: await read.taskOwners(cluster, id) })),
    )
    found.push(...looked.flatMap(one => (one.status === 'fulfilled' ? ownedBy(one.value, refs) : [])))
    failures.push(...looked.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : [])))
  }
  if (failures.length > 0 && failures.length === clusters.length) throw failures[0]
  return found
}

/** One service of each cluster: what a cluster is asked by. */
export const clustersOf = (refs: readonly ServiceRef[]): readonly ServiceRef[] => [
  ...new Map(refs.map(ref => [`${ref.accountId} ${ref.region} ${ref.cluster}`, ref])).values(),
]

export type Owned = { readonly id: string; readonly ref: ServiceRef }
type Looked = { readonly cluster: ServiceRef; readonly tasks: readonly TaskOwner[] }

const ownedBy = ({ cluster, tasks }: Looked, refs: readonly ServiceRef[]): readonly Owned[] =>
  tasks.flatMap(({ id, service }) => {
    const isOwner = (ref: ServiceRef) =>
      ref.service === service &&
      ref.accountId === cluster.accountId &&
      ref.region === cluster.region &&
      ref.cluster === cluster.cluster
    const ref = refs.find(isOwner)
    return ref === undefined ? [] : [{ id, ref }]
  })
