// Loads services with their task definitions, tasks, log groups and image scans, and their clusters.

import { groupBy, inBatches } from '../../model/batches.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { DefinitionPosture, ImageScan, RunningTask, ServicePosture, Workload } from './posture.ts'
import { orElse, type Reading } from './reading.ts'

/** Reads the workloads and clusters of the services in one account and region. */
export const readRegion = async (refs: readonly [ServiceRef, ...ServiceRef[]], reading: Reading) => {
  const [{ account, accountId, region }] = refs
  const byCluster = groupBy(refs, ({ cluster }) => cluster)
  const names = byCluster.map(([{ cluster }]) => cluster)
  const spot = { account, accountId, region }
  const [clusters, loaded] = await Promise.all([
    orElse(reading.read.clusterPostures(spot, names), [], reading),
    inBatches(byCluster, services => readCluster(services, reading)),
  ])
  const workloads = await withLogs(loaded.flat(), spot, reading)
  return {
    workloads,
    clusters: clusters.map(cluster => ({ ...cluster, execServices: execServices(workloads, cluster.cluster) })),
  }
}

const execServices = (workloads: readonly Loaded[], cluster: string): readonly string[] =>
  workloads.flatMap(({ service: { ref, hasExec } }) => (hasExec && ref.cluster === cluster ? [ref.service] : []))

type Loaded = Omit<Workload, 'endlessLogs' | 'scans'>

const readCluster = async (
  refs: readonly [ServiceRef, ...ServiceRef[]],
  reading: Reading,
): Promise<readonly Loaded[]> => {
  const [cluster] = refs
  const { read, isOneService } = reading
  const services = await orElse(read.servicePostures(cluster, refs), [], reading)
  if (services.length === 0) return []
  const tasksRead = read.tasksIn(cluster, isOneService ? cluster.service : undefined)
  const [definitions, { tasks, isPartial }] = await Promise.all([
    readDefinitions(services, reading),
    orElse(tasksRead, { tasks: [], isPartial: false }, reading),
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
  const each = groupBy(services, ({ definition }) => definition).map(([service]) => service)
  const definitions = await inBatches(each, async service => {
    const definition = await orElse(reading.read.definitionPosture(service), undefined, reading)
    return definition === undefined ? [] : [[service.definition, definition] as const]
  })
  return new Map(definitions.flat())
}

const withLogs = async (
  loaded: readonly Loaded[],
  { accountId }: Pick<ServiceRef, 'accountId'>,
  reading: Reading,
): Promise<readonly Omit<Workload, 'scans'>[]> => {
  const all = loaded.flatMap(({ definition }) => definition.logGroups)
  const endless = await inBatches(
    groupBy(all, ({ region }) => region),
    async groups => {
      const [{ region }] = groups
      const names = [...new Set(groups.map(({ name }) => name))]
      const unlimited = await orElse(reading.read.endlessLogs({ accountId, region }, names), [], reading)
      return unlimited.map(name => `${region} ${name}`)
    },
  )
  const isEndless = new Set(endless.flat())
  return loaded.map(one => ({
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

/** The maximum number of image digests whose scans are read. */
const MOST_IMAGES = 40

/** Adds the scans of running images; reads each digest once. */
export const withScans = async (loaded: readonly Omit<Workload, 'scans'>[], reading: Reading) => {
  const running = new Map(loaded.flatMap(({ tasks }) => tasks.flatMap(imagesOf)).map(image => [image.digest, image]))
  const checked = [...running.values()].slice(0, MOST_IMAGES)
  const read = await inBatches(checked, async image => {
    const scan = await orElse(reading.read.imageScan(image), undefined, reading)
    return scan === undefined ? [] : [[image.digest, scan] as const]
  })
  const scans = new Map(read.flat())
  return {
    workloads: loaded.map(one => ({ ...one, scans: scansOf(one, scans) })),
    leftImages: running.size - checked.length,
  }
}

const imagesOf = ({ containers }: RunningTask) =>
  containers.flatMap(({ name, image, digest }) => (digest === undefined ? [] : [{ name, image, digest }]))

const scansOf = ({ tasks }: Loaded, scans: ReadonlyMap<string, ImageScan>): Workload['scans'] => {
  const images = new Map(tasks.flatMap(imagesOf).map(image => [`${image.name} ${image.digest}`, image]))
  return [...images.values()].flatMap(({ name, digest }) => {
    const scan = scans.get(digest)
    return scan === undefined ? [] : [{ container: name, scan }]
  })
}
