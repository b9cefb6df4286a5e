// The operations on clusters and their capacity providers.

import type {
  CreateClusterRequest,
  DescribeClustersRequest,
  ListClustersRequest,
  PutClusterCapacityProvidersRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import { type Cluster, isAlive } from '../../../world/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { clientError, invalid } from './errors.ts'
import { expectCluster, findCluster, findProvider, missing, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { checkActive, checkStrategy, normalStrategy } from './strategy-rules.ts'
import { tagsFrom, viewCluster } from './views.ts'

const MOST_PROVIDERS = 20

/** How long ECS updates the attachments of a cluster, in milliseconds. This is a guess. */
const ATTACHING_MS = 10_000

/** The names of the capacity providers that a cluster may have. A provider of Managed Instances has its own cluster. */
const namesOf = (site: Site, given: readonly string[], cluster: string): string[] => {
  const names = given.map(name => {
    const provider = findProvider(site, name)
    if (!provider || provider.status === 'INACTIVE')
      throw invalid('The specified capacity provider does not exist. Specify a valid name or ARN and try again.')
    if (provider.cluster !== undefined && provider.cluster !== cluster)
      throw clientError('Capacity provider active cluster name does not match the cluster name in the request')
    checkActive(provider)
    return provider.name
  })
  if (names.length > MOST_PROVIDERS)
    throw invalid('The maximum number of capacity providers per cluster has been exceeded.')
  return [...new Set(names)]
}

const createCluster = (fleet: Fleet, input: CreateClusterRequest, call: Call) => {
  const { clusterName = 'default', capacityProviders = [], defaultCapacityProviderStrategy = [] } = input
  if (!/^[a-zA-Z][\w-]{0,254}$/.test(clusterName))
    throw invalid(
      'Cluster names can contain only letters, numbers, underscores and hyphens, and must begin with a letter.',
    )
  const site = siteOf(fleet, call)
  const names = namesOf(site, capacityProviders, clusterName)
  checkStrategy(defaultCapacityProviderStrategy, { site, associated: names })
  const known = findCluster(site, clusterName)
  const cluster =
    known?.status === 'ACTIVE'
      ? known
      : fleet.createCluster(site, clusterName, {
          capacityProviders: names,
          defaultStrategy: normalStrategy(site, defaultCapacityProviderStrategy),
          tags: tagsFrom(input.tags),
          ...(input.settings && { settings: input.settings }),
          ...(input.configuration && { configuration: input.configuration }),
        })
  return { cluster: viewCluster(cluster, fleet.clock.now(), ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) }
}

const describeClusters = (fleet: Fleet, input: DescribeClustersRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const { clusters: given = ['default'], include } = input
  if (given.length > 100) throw invalid('clusters can have at most 100 items.')
  const found = given.map(name => findCluster(site, name))
  return {
    clusters: found
      .filter(cluster => cluster !== undefined)
      .map(cluster => viewCluster(cluster, fleet.clock.now(), include)),
    failures: given.filter((_, index) => !found[index]).map(name => missing(site, 'cluster', name)),
  }
}

const listClusters = (fleet: Fleet, input: ListClustersRequest, call: Call) => {
  const clusters = [...siteOf(fleet, call).clusters.values()].filter(({ status }) => status === 'ACTIVE')
  const { page, ...next } = pageOf(clusters, ({ arn }) => arn, input, { usual: 100, most: 100 })
  return { clusterArns: page.map(({ arn }) => arn), ...next }
}

const usedBy = (cluster: Cluster): ReadonlySet<string | undefined> =>
  new Set([...cluster.tasks.values()].filter(isAlive).map(({ capacityProvider }) => capacityProvider))

/** Whether `names` has a provider with an Auto Scaling group that is not in `others`. ECS then changes attachments. */
const hasGroupOnlyIn = (site: Site, names: readonly string[], others: readonly string[]): boolean =>
  names.some(name => !others.includes(name) && site.capacityProviders.get(name)?.group !== undefined)

/**
 * PutClusterCapacityProviders: replaces the list of providers. The cluster keeps its providers of Managed Instances, even if
 * the request does not name them.
 */
const putProviders = (fleet: Fleet, input: PutClusterCapacityProvidersRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = input
  if ((cluster.attachingUntil ?? 0) > fleet.clock.now())
    throw new AwsError(
      'UpdateInProgressException',
      'The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated. Wait and try again.',
    )
  const own = cluster.capacityProviders.filter(name => site.capacityProviders.get(name)?.cluster !== undefined)
  const names = [...new Set([...namesOf(site, capacityProviders, cluster.name), ...own])]
  checkStrategy(defaultCapacityProviderStrategy, { site, associated: names })
  const used = usedBy(cluster)
  if (cluster.capacityProviders.some(name => used.has(name) && !names.includes(name)))
    throw new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.')
  const before = cluster.capacityProviders
  if (hasGroupOnlyIn(site, names, before) || hasGroupOnlyIn(site, before, names))
    cluster.attachingUntil = fleet.clock.now() + ATTACHING_MS
  cluster.capacityProviders = names
  cluster.defaultStrategy = normalStrategy(site, defaultCapacityProviderStrategy)
  return { cluster: viewCluster(cluster, fleet.clock.now(), ['SETTINGS', 'TAGS', 'ATTACHMENTS']) }
}

export const clusterOperations = (fleet: Fleet) =>
  ({
    CreateCluster: (input: CreateClusterRequest, call) => createCluster(fleet, input, call),
    DescribeClusters: (input: DescribeClustersRequest, call) => describeClusters(fleet, input, call),
    ListClusters: (input: ListClustersRequest, call) => listClusters(fleet, input, call),
    PutClusterCapacityProviders: (input: PutClusterCapacityProvidersRequest, call) => putProviders(fleet, input, call),
  }) satisfies Record<string, Operation>
