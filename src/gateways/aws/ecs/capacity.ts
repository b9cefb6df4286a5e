// Reads the capacity settings of a service: its strategy, the providers that it may use, and what its task definition allows.
import {
  type CapacityProvider,
  type Cluster,
  DescribeCapacityProvidersCommand,
  type DescribeCapacityProvidersCommandInput,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Config } from '../../../engine/rules/config.ts'
import type { CapacityReads, Fit, Provider, ServiceCapacity } from '../../../features/capacity/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { missingCluster, pages } from './pages.ts'
import { readDetail } from './read-detail.ts'
import { describeService } from './services.ts'
import { shortName } from './tasks.ts'

export const createCapacityReaders = (
  config: Config,
  sessions: Sessions,
): Pick<CapacityReads, 'capacity' | 'provider' | 'taskFit'> => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    capacity: ref =>
      askAws(`reading the capacity of ${ref.service}`, async () => loadCapacity(await clientOf(ref), ref)),
    taskFit: (ref, definition) =>
      askAws(`reading the task definition ${shortName(definition)}`, async () =>
        loadFit(await clientOf(ref), definition),
      ),
    provider: (ref, name) =>
      askAws(`reading the capacity provider ${name}`, async () => {
        const client = await clientOf(ref)
        const [[found], { capacityProviders: attached = [] }] = await Promise.all([
          describeProviders(client, { capacityProviders: [name] }),
          describeCluster(client, ref.cluster),
        ])
        return found && readProvider(found, attached, ref.cluster)
      }),
  }
}

const loadCapacity = async (client: ECSClient, ref: ServiceRef): Promise<ServiceCapacity | undefined> => {
  const [service, cluster, found] = await Promise.all([
    describeService(client, ref),
    describeCluster(client, ref.cluster),
    describeProviders(client, { cluster: ref.cluster }),
  ])
  if (service === undefined) return undefined
  const { capacityProviders: attached = [], defaultCapacityProviderStrategy: standard = [] } = cluster
  const definition = service.taskDefinition ?? service.deployments?.[0]?.taskDefinition ?? ''
  return {
    detail: readDetail(ref, service),
    ...(service.launchType !== undefined && { launchType: service.launchType }),
    ...(service.platformVersion !== undefined && { platform: service.platformVersion }),
    providers: found.map(provider => readProvider(provider, attached, ref.cluster)),
    attached,
    defaultStrategy: standard.map(({ capacityProvider: provider = '', weight = 0, base = 0 }) => ({
      provider,
      weight,
      base,
    })),
    isAttaching: cluster.attachmentsStatus === 'UPDATE_IN_PROGRESS',
    fit: await loadFit(client, definition),
  }
}

const describeCluster = async (client: ECSClient, name: string): Promise<Cluster> => {
  const { clusters = [] } = await client.send(
    new DescribeClustersCommand({ clusters: [name], include: ['ATTACHMENTS'] }),
  )
  const [cluster] = clusters
  if (cluster === undefined) throw missingCluster(name)
  return cluster
}

/**
 * Reads capacity providers. `which`: at most 100 names, or a cluster, for the providers that the cluster may use. Reads all
 * pages: a page has ten providers if the request gives no page size.
 */
export const describeProviders = (
  client: ECSClient,
  which: Pick<DescribeCapacityProvidersCommandInput, 'capacityProviders' | 'cluster'>,
): Promise<readonly CapacityProvider[]> =>
  pages(async nextToken => {
    const { capacityProviders = [], nextToken: next } = await client.send(
      new DescribeCapacityProvidersCommand({ ...which, ...(nextToken !== undefined && { nextToken }) }),
    )
    return { items: capacityProviders, next }
  })

/**
 * Converts a provider. `attached`: the providers that are attached to the cluster; `ours`: the name of the cluster. A provider
 * of Managed Instances belongs to one cluster and needs no attachment. Source: ECS API reference, CapacityProvider.
 */
const readProvider = (
  { name = '', type, status, cluster }: CapacityProvider,
  attached: readonly string[],
  ours: string,
): Provider => ({
  name,
  type: type ?? 'EC2_AUTOSCALING',
  status: status ?? 'unknown',
  isAttached: cluster === undefined ? attached.includes(name) : shortName(cluster) === ours,
})

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((all, number = 0) => all + number, 0)

const loadFit = async (client: ECSClient, name: string): Promise<Fit> =>
  readFit((await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))).taskDefinition ?? {})

const readFit = (definition: TaskDefinition): Fit => {
  const containers = definition.containerDefinitions ?? []
  const essential = containers.filter(({ essential = true }) => essential)
  const timeouts = essential.map(({ stopTimeout }) => stopTimeout)
  const known = timeouts.filter(seconds => seconds !== undefined)
  return {
    name: shortName(definition.taskDefinitionArn),
    cpu: Number(definition.cpu ?? 0) || sum(containers.map(({ cpu }) => cpu)),
    memory: Number(definition.memory ?? 0) || sum(containers.map(({ memory }) => memory)),
    compatibilities: (definition.compatibilities ?? definition.requiresCompatibilities ?? []).filter(Boolean),
    networkMode: definition.networkMode ?? '',
    isWindows: definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    architecture: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'ARM64' : 'X86_64',
    ...(known.length > 0 && known.length === timeouts.length && { stopSeconds: Math.min(...known) }),
  }
}
