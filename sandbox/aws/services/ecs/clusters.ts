// The operations on clusters and their capacity providers.

import type {
  CapacityProvider,
  CreateClusterRequest,
  DescribeCapacityProvidersRequest,
  DescribeClustersRequest,
  ListClustersRequest,
  PutClusterCapacityProvidersRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import { type Cluster, isAlive } from '../../../world/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectCluster, findCluster, missing, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { builtIn, checkStrategy } from './strategy-rules.ts'
import { tagsFrom, viewCluster } from './views.ts'

const checkProviders = (names: readonly string[]) => {
  const unknown = names.find(name => !builtIn.includes(name))
  if (unknown !== undefined)
    throw invalid('The specified capacity provider does not exist. Specify a valid name or ARN and try again.')
}

const createCluster = (fleet: Fleet, input: CreateClusterRequest, call: Call) => {
  const { clusterName = 'default', capacityProviders = [], defaultCapacityProviderStrategy = [] } = input
  if (!/^[a-zA-Z][\w-]{0,254}$/.test(clusterName))
    throw invalid(
      'Cluster names can contain only letters, numbers, underscores and hyphens, and must begin with a letter.',
    )
  checkProviders(capacityProviders)
  checkStrategy(defaultCapacityProviderStrategy, capacityProviders)
  const site = siteOf(fleet, call)
  const known = findCluster(site, clusterName)
  const cluster =
    known?.status === 'ACTIVE'
      ? known
      : fleet.createCluster(site, clusterName, {
          capacityProviders,
          defaultStrategy: defaultCapacityProviderStrategy,
          tags: tagsFrom(input.tags),
          ...(input.settings && { settings: input.settings }),
          ...(input.configuration && { configuration: input.configuration }),
        })
  return { cluster: viewCluster(cluster, ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) }
}

const describeClusters = (fleet: Fleet, input: DescribeClustersRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const { clusters: given = ['default'], include } = input
  if (given.length > 100) throw invalid('clusters can have at most 100 items.')
  const found = given.map(name => findCluster(site, name))
  return {
    clusters: found.filter(cluster => cluster !== undefined).map(cluster => viewCluster(cluster, include)),
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

const putProviders = (fleet: Fleet, input: PutClusterCapacityProvidersRequest, call: Call) => {
  const cluster = expectCluster(siteOf(fleet, call), input.cluster)
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = input
  checkProviders(capacityProviders)
  checkStrategy(defaultCapacityProviderStrategy, capacityProviders)
  const used = usedBy(cluster)
  if (cluster.capacityProviders.some(name => used.has(name) && !capacityProviders.includes(name)))
    throw new AwsError(
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed from the cluster.',
    )
  cluster.capacityProviders = capacityProviders
  cluster.defaultStrategy = defaultCapacityProviderStrategy
  return { cluster: viewCluster(cluster, ['SETTINGS', 'TAGS']) }
}

const typeOf = (site: Site, name: string): Partial<CapacityProvider> => {
  const group = site.capacityProviders.get(name)
  if (group !== undefined) return { type: 'EC2_AUTOSCALING', autoScalingGroupProvider: group }
  return { type: name === 'FARGATE' ? 'FARGATE' : 'FARGATE_SPOT' }
}

const viewProvider = (site: Site, name: string): CapacityProvider => ({
  capacityProviderArn: `arn:aws:ecs:${site.region}:${site.account}:capacity-provider/${name}`,
  name,
  status: 'ACTIVE',
  ...typeOf(site, name),
  tags: [],
})

const describeProviders = (fleet: Fleet, input: DescribeCapacityProvidersRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const known = [...builtIn, ...site.capacityProviders.keys()]
  const given = input.capacityProviders ?? known
  const nameOf = (name: string) => name.replace(/^arn:aws:ecs:[^:]*:\d*:capacity-provider\//, '')
  return {
    capacityProviders: given
      .map(nameOf)
      .filter(name => known.includes(name))
      .map(name => viewProvider(site, name)),
    failures: given.filter(name => !known.includes(nameOf(name))).map(name => missing(site, 'capacity-provider', name)),
  }
}

export const clusterOperations = (fleet: Fleet) =>
  ({
    CreateCluster: (input: CreateClusterRequest, call) => createCluster(fleet, input, call),
    DescribeClusters: (input: DescribeClustersRequest, call) => describeClusters(fleet, input, call),
    ListClusters: (input: ListClustersRequest, call) => listClusters(fleet, input, call),
    PutClusterCapacityProviders: (input: PutClusterCapacityProvidersRequest, call) => putProviders(fleet, input, call),
    DescribeCapacityProviders: (input: DescribeCapacityProvidersRequest, call) => describeProviders(fleet, input, call),
  }) satisfies Record<string, Operation>
