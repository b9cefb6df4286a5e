// The checks of a place: what it is, what is read of it in a bounded number of calls, and what was found. Each part is read
// for itself: one that cannot be read says why, and the others still answer.

import type { Place } from '../../kit/language/place.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { Extent } from '../services/places.ts'
import { type Flaw, flawsOf, type Named, worstFirst } from './check.ts'
import { clusterChecks } from './cluster-checks.ts'
import { definitionChecks } from './definition-checks.ts'
import { imageChecks } from './image-checks.ts'
import type { ClusterPosture, DefinitionPosture, ImageScan, RunningTask, ServicePosture, Workload } from './posture.ts'
import type { CheckReads } from './reads.ts'
import { serviceChecks } from './service-checks.ts'

type Reads = CheckReads

export type Checked = {
  readonly place: Place
  readonly flaws: readonly Flaw[]
  /** How many services were looked at. */
  readonly services: number
  /** How many were not, as they would have been too many: those of the pages before this one, and of those after it. */
  readonly before: number
  readonly left: number
  /** The canonical text that checks the page after this one. */
  readonly next?: string
  readonly clusters: number
  /** How many images ECR was not asked about, as they would have been too many. */
  readonly leftImages: number
  /** Clusters of whose tasks only the first were looked at. */
  readonly crowded: readonly string[]
  /** What could not be read, in sentences. */
  readonly unread: readonly string[]
}

/** ECS lets 50 task definitions be read at once and 20 a second after that, by everyone together (ECS API reference). */
export const MOST_SERVICES = 50
const AT_ONCE = 4

/** `page`: of the services by name, from 1. */
export const checkPlace = async ({ place, refs, unread }: Extent, read: Reads, page = 1): Promise<Checked> => {
  const before = (page - 1) * MOST_SERVICES
  const ordered = refs.toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1))
  const chosen = ordered.slice(before, before + MOST_SERVICES)
  const problems: RemoteError[] = []
  const reading: Reading = { read, problems, crowded: [], isOneService: place.scope.service !== undefined }
  const regions = await Promise.all(grouped(chosen, spotOf).map(some => readRegion(some, reading)))
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
  return refuse(`*${name}* has no page ${page}.`, pages === 1 ? 'Leave out `--page`.' : `The last one is ${pages}.`)
}

/** As short as it is told apart within the place. */
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

type Reading = {
  readonly read: Reads
  /** What went wrong; added to. */
  readonly problems: RemoteError[]
  /** Names of clusters with more tasks than are looked at; added to. */
  readonly crowded: string[]
  readonly isOneService: boolean
}

/** Without it, the rest still answers. */
const orElse = async <T>(asked: Promise<T>, otherwise: T, { problems }: Reading): Promise<T> => {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    problems.push(error)
    return otherwise
  }
}

const spotOf = ({ accountId, region }: ServiceRef): string => `${accountId} ${region}`

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] => {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

const readRegion = async (refs: readonly [ServiceRef, ...ServiceRef[]], reading: Reading) => {
  const [{ account, accountId, region }] = refs
  const byCluster = grouped(refs, ({ cluster }) => cluster)
  const names = byCluster.map(([{ cluster }]) => cluster)
  const spot = { account, accountId, region }
  const [clusters, found] = await Promise.all([
    orElse(reading.read.clusterPostures(spot, names), [], reading),
    inTurns(byCluster, some => readCluster(some, reading)),
  ])
  const workloads = await withLogs(found.flat(), spot, reading)
  return {
    workloads,
    clusters: clusters.map(cluster => ({ ...cluster, execServices: execServices(workloads, cluster.cluster) })),
  }
}

const execServices = (workloads: readonly Found[], cluster: string): readonly string[] =>
  workloads.flatMap(({ service: { ref, hasExec } }) => (hasExec && ref.cluster === cluster ? [ref.service] : []))

type Found = Omit<Workload, 'endlessLogs' | 'scans'>

const readCluster = async (
  refs: readonly [ServiceRef, ...ServiceRef[]],
  reading: Reading,
): Promise<readonly Found[]> => {
  const [cluster] = refs
  const { read, isOneService } = reading
  const services = await orElse(read.servicePostures(cluster, refs), [], reading)
  if (services.length === 0) return []
  const asked = read.tasksIn(cluster, isOneService ? cluster.service : undefined)
  const [definitions, { tasks, isPartial }] = await Promise.all([
    readDefinitions(services, reading),
    orElse(asked, { tasks: [], isPartial: false }, reading),
  ])
  if (isPartial) reading.crowded.push(cluster.cluster)
  return services.flatMap(service => {
    const definition = definitions.get(service.definition)
    return definition === undefined ? [] : [{ service, definition, tasks: tasksOf(tasks, service) }]
  })
}

const tasksOf = (tasks: readonly RunningTask[], { ref }: ServicePosture): readonly RunningTask[] =>
  tasks.filter(({ service }) => service === ref.service)

const readDefinitions = async (
  services: readonly ServicePosture[],
  reading: Reading,
): Promise<ReadonlyMap<string, DefinitionPosture>> => {
  const each = grouped(services, ({ definition }) => definition).map(([service]) => service)
  const known = await inTurns(each, async service => {
    const definition = await orElse(reading.read.definitionPosture(service), undefined, reading)
    return definition === undefined ? [] : [[service.definition, definition] as const]
  })
  return new Map(known.flat())
}

const withLogs = async (
  found: readonly Found[],
  { accountId }: Pick<ServiceRef, 'accountId'>,
  reading: Reading,
): Promise<readonly Omit<Workload, 'scans'>[]> => {
  const all = found.flatMap(({ definition }) => definition.logGroups)
  const endless = await inTurns(
    grouped(all, ({ region }) => region),
    async groups => {
      const [{ region }] = groups
      const names = [...new Set(groups.map(({ name }) => name))]
      const kept = await orElse(reading.read.endlessLogs({ accountId, region }, names), [], reading)
      return kept.map(name => `${region} ${name}`)
    },
  )
  const isEndless = new Set(endless.flat())
  return found.map(one => ({
    ...one,
    endlessLogs: [
      ...new Set(
        one.definition.logGroups
          .filter(({ name, region }) => isEndless.has(`${region} ${name}`))
          .map(({ name }) => name),
      ),
    ],
  }))
}

/** Each digest is asked about once, however many tasks run it. */
const MOST_IMAGES = 40

const withScans = async (found: readonly Omit<Workload, 'scans'>[], reading: Reading) => {
  const running = new Map(found.flatMap(({ tasks }) => tasks.flatMap(imagesOf)).map(image => [image.digest, image]))
  const asked = [...running.values()].slice(0, MOST_IMAGES)
  const read = await inTurns(asked, async image => {
    const scan = await orElse(reading.read.imageScan(image), undefined, reading)
    return scan === undefined ? [] : [[image.digest, scan] as const]
  })
  const scans = new Map(read.flat())
  return {
    workloads: found.map(one => ({ ...one, scans: scansOf(one, scans) })),
    leftImages: running.size - asked.length,
  }
}

const imagesOf = ({ containers }: RunningTask) =>
  containers.flatMap(({ name, image, digest }) => (digest === undefined ? [] : [{ name, image, digest }]))

const scansOf = ({ tasks }: Found, scans: ReadonlyMap<string, ImageScan>): Workload['scans'] => {
  const images = new Map(tasks.flatMap(imagesOf).map(image => [`${image.name} ${image.digest}`, image]))
  return [...images.values()].flatMap(({ name, digest }) => {
    const scan = scans.get(digest)
    return scan === undefined ? [] : [{ container: name, scan }]
  })
}

/** A few at once: the buckets are everyone's. */
const inTurns = async <T, Answer>(items: readonly T[], ask: (item: T) => Promise<Answer>): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(ask))))
  return answers
}
