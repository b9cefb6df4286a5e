// Checks the services and clusters of a place, one page of services at a time, with a bounded number of calls.

import type { Place } from '../../kit/language/place.ts'
import { fullName } from '../../kit/language/target.ts'
import { groupBy } from '../../model/batches.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, type RemoteError, refuse } from '../../model/errors.ts'
import type { Extent } from '../services/places.ts'
import { type Flaw, flawsOf, type Named, worstFirst } from './check.ts'
import { clusterChecks } from './cluster-checks.ts'
import { definitionChecks } from './definition-checks.ts'
import { imageChecks } from './image-checks.ts'
import { readRegion, withScans } from './load-workloads.ts'
import type { ClusterPosture, Workload } from './posture.ts'
import type { Reading } from './reading.ts'
import type { CheckReads } from './reads.ts'
import { serviceChecks } from './service-checks.ts'

export type Checked = {
  readonly place: Place
  readonly flaws: readonly Flaw[]
  /** The number of services that were checked. */
  readonly services: number
  /** How many services are on the pages before and after this one. */
  readonly before: number
  readonly left: number
  /** The canonical text of the command that shows the next page. */
  readonly next?: string
  /** The canonical text of the command that shows all findings. */
  readonly more?: string
  readonly clusters: number
  /** The number of images whose scans were not read, because the number of calls is limited. */
  readonly leftImages: number
  /** The names of clusters with more tasks than were read. */
  readonly crowded: readonly string[]
  /** The reads that failed, one sentence each. */
  readonly unread: readonly string[]
}

/**
 * The size of a page. DescribeTaskDefinition allows a burst of 50, then 20 a second, shared by the whole account (ECS
 * API reference).
 */
export const MOST_SERVICES = 50

/** Checks one page. `page`: from 1; services are ordered by name. If nothing could be read, throws the first error. */
export const checkPlace = async ({ place, refs, unread }: Extent, read: CheckReads, page = 1): Promise<Checked> => {
  const before = (page - 1) * MOST_SERVICES
  const ordered = refs.toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1))
  const chosen = ordered.slice(before, before + MOST_SERVICES)
  const problems: RemoteError[] = []
  const reading: Reading = { read, problems, crowded: [], isOneService: place.scope.service !== undefined }
  const regions = await Promise.all(groupBy(chosen, spotOf).map(services => readRegion(services, reading)))
  const { workloads, leftImages } = await withScans(
    regions.flatMap(region => region.workloads),
    reading,
  )
  const clusters = regions.flatMap(region => region.clusters)
  const [first] = problems
  if (workloads.length === 0 && clusters.length === 0 && first !== undefined) throw first
  return {
    place,
    flaws: worstFirst([
      ...flawsOf(imageChecks, namedServices(workloads, place)),
      ...flawsOf(definitionChecks, namedServices(workloads, place)),
      ...flawsOf(serviceChecks, namedServices(workloads, place)),
      ...flawsOf(clusterChecks, namedClusters(clusters, place)),
    ]),
    services: workloads.length,
    before,
    left: ordered.length - before - chosen.length,
    clusters: clusters.length,
    leftImages,
    crowded: reading.crowded,
    unread: [...new Set([...(unread === undefined ? [] : [unread]), ...problems.map(({ message }) => message)])],
  }
}

export const refusePage = ({ place: { name }, refs }: Extent, page: number): Refusal | undefined => {
  const pages = Math.max(1, Math.ceil(refs.length / MOST_SERVICES))
  if (page <= pages) return undefined
  return refuse(`*${name}* has no page ${page}.`, pages === 1 ? 'Leave out `--page`.' : `The last page is ${pages}.`)
}

/** The workloads, each with the shortest name that is unique within the place. */
const namedServices = (workloads: readonly Workload[], { scope }: Place): readonly Named<Workload>[] =>
  workloads.map(subject => {
    const { region, cluster, service } = subject.service.ref
    if (scope.service !== undefined) return { where: '', subject }
    return { where: scope.cluster === undefined ? `${region}/${cluster}/${service}` : service, subject }
  })

const namedClusters = (clusters: readonly ClusterPosture[], { scope }: Place): readonly Named<ClusterPosture>[] =>
  clusters.map(subject => {
    const { region, cluster } = subject
    return { where: scope.cluster === undefined ? `${region}/${cluster}` : `cluster ${cluster}`, subject }
  })

const spotOf = ({ accountId, region }: ServiceRef): string => `${accountId} ${region}`
