// The operations on capacity providers. A create, update or delete takes several steps, which the status reports.

import type {
  CapacityProvider,
  CreateCapacityProviderRequest,
  DeleteCapacityProviderRequest,
  DescribeCapacityProvidersRequest,
  UpdateCapacityProviderRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import { changeProvider, isChanging, isFargateType, type Provider } from '../../../world/providers.ts'
import { type Cluster, isAlive } from '../../../world/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { clientError, invalid } from './errors.ts'
import { expectCluster, findProvider, missing, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { checkGroup, checkManaged, checkProvider, groupOf } from './provider-rules.ts'
import { tagsFrom, viewTags } from './views.ts'

const MOST_NAMES = 100
const MOST_PER_CLUSTER = 20

const view = (provider: Provider, include: readonly string[] = []): CapacityProvider => ({
  capacityProviderArn: provider.arn,
  name: provider.name,
  type: provider.type,
  status: provider.status,
  ...(provider.cluster !== undefined && { cluster: provider.cluster }),
  ...(provider.updateStatus && { updateStatus: provider.updateStatus }),
  ...(provider.updateStatusReason !== undefined && { updateStatusReason: provider.updateStatusReason }),
  ...(provider.group && { autoScalingGroupProvider: provider.group }),
  ...(provider.managed && { managedInstancesProvider: provider.managed }),
  tags: include.includes('TAGS') ? viewTags(provider.tags) : [],
})

const create = (fleet: Fleet, input: CreateCapacityProviderRequest, call: Call) => {
  const site = siteOf(fleet, call)
  checkProvider(site, input)
  const { name = '', autoScalingGroupProvider, managedInstancesProvider } = input
  const tags = tagsFrom(input.tags)
  if (autoScalingGroupProvider) {
    const settings = groupOf({}, autoScalingGroupProvider)
    checkGroup(settings)
    const { autoScalingGroupArn } = autoScalingGroupProvider
    return {
      capacityProvider: view(fleet.addProvider(site, { name, tags, group: { ...settings, autoScalingGroupArn } }), [
        'TAGS',
      ]),
    }
  }
  const cluster = expectCluster(site, input.cluster)
  if (cluster.capacityProviders.length >= MOST_PER_CLUSTER)
    throw invalid('The maximum number of capacity providers per cluster has been exceeded.')
  const provider = fleet.addProvider(site, {
    name,
    tags,
    cluster: cluster.name,
    managed: managedInstancesProvider ?? {},
  })
  changeProvider(fleet.clock, provider, { status: 'PROVISIONING', kind: 'CREATE', after: 'ACTIVE' })
  return { capacityProvider: view(provider, ['TAGS']) }
}

/** Finds a provider that a request may change. Throws if the provider is missing or may not be changed. */
const expectProvider = (site: Site, given: string, cluster: string | undefined): Provider => {
  const provider = findProvider(site, given)
  if (!provider || provider.status === 'INACTIVE')
    throw invalid('The specified capacity provider does not exist. Specify a valid name or ARN and try again.')
  // The text of this error is a guess.
  if (isFargateType(provider.type))
    throw clientError('The specified capacity provider is reserved and cannot be changed or deleted.')
  if (provider.cluster !== undefined && cluster === undefined)
    throw clientError('The specified capacity provider already exists with cluster scope')
  if (provider.cluster === undefined && cluster !== undefined)
    throw clientError('Capacity provider is not Amazon ECS Managed Instances capacity provider')
  if (cluster !== undefined && expectCluster(site, cluster).name !== provider.cluster)
    throw clientError('Capacity provider active cluster name does not match the cluster name in the request')
  // AWS documents this error; its text is a guess.
  if (isChanging(provider))
    throw new AwsError(
      'UpdateInProgressException',
      'The specified capacity provider is being updated. Wait for the update to complete and try again.',
    )
  return provider
}

const update = (fleet: Fleet, input: UpdateCapacityProviderRequest, call: Call) => {
  const provider = expectProvider(siteOf(fleet, call), input.name ?? '', input.cluster)
  const { autoScalingGroupProvider, managedInstancesProvider } = input
  if (managedInstancesProvider && !provider.managed)
    throw clientError('Capacity provider is not Amazon ECS Managed Instances capacity provider')
  if (provider.group && autoScalingGroupProvider) {
    const settings = groupOf(provider.group, autoScalingGroupProvider)
    checkGroup(settings)
    provider.group = { ...provider.group, ...settings }
  } else if (managedInstancesProvider) {
    checkManaged(managedInstancesProvider)
    const { instanceLaunchTemplate, ...others } = managedInstancesProvider
    provider.managed = {
      ...provider.managed,
      ...others,
      instanceLaunchTemplate: { ...provider.managed?.instanceLaunchTemplate, ...instanceLaunchTemplate } as never,
    }
  }
  changeProvider(fleet.clock, provider, { status: provider.status, kind: 'UPDATE', after: provider.status })
  return { capacityProvider: view(provider) }
}

const isUsedIn = ({ tasks, services }: Cluster, { name }: Provider): boolean =>
  [...tasks.values()].some(task => isAlive(task) && task.capacityProvider === name) ||
  [...services.values()].some(
    ({ status, deployments }) =>
      status === 'ACTIVE' &&
      deployments.some(({ revision }) =>
        revision.spec.capacityProviderStrategy.some(({ capacityProvider }) => capacityProvider === name),
      ),
  )

/** The reason why a provider cannot be deleted; undefined if it can. The text about Managed Instances is a guess. */
const obstacleTo = (site: Site, provider: Provider): string | undefined => {
  const clusters = [...site.clusters.values()].filter(({ capacityProviders }) =>
    capacityProviders.includes(provider.name),
  )
  if (provider.cluster === undefined && clusters[0])
    return `The capacity provider cannot be deleted because it is associated with cluster: ${clusters[0].name}. Remove the capacity provider from the cluster and try again.`
  if (clusters.some(cluster => isUsedIn(cluster, provider)))
    return 'The capacity provider cannot be deleted because it is used by services or tasks. Remove the capacity provider from their strategies and try again.'
  return undefined
}

/** DeleteCapacityProvider. A provider in use gives an update status in the answer, not an error (seen in the field). */
const remove = (fleet: Fleet, input: DeleteCapacityProviderRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const provider = expectProvider(site, input.capacityProvider ?? '', input.cluster)
  const obstacle = obstacleTo(site, provider)
  if (obstacle !== undefined) {
    Object.assign(provider, { updateStatus: 'DELETE_FAILED', updateStatusReason: obstacle })
    return { capacityProvider: view(provider) }
  }
  changeProvider(fleet.clock, provider, { status: 'DEPROVISIONING', kind: 'DELETE', after: 'INACTIVE' })
  for (const cluster of site.clusters.values())
    cluster.capacityProviders = cluster.capacityProviders.filter(name => name !== provider.name)
  return { capacityProvider: view(provider) }
}

/** The providers that are described if a request names no provider. */
const allIn = (site: Site, cluster: Cluster | undefined): readonly Provider[] =>
  [...site.capacityProviders.values()].filter(
    ({ name, status }) => status !== 'INACTIVE' && (cluster?.capacityProviders.includes(name) ?? true),
  )

const describe = (fleet: Fleet, input: DescribeCapacityProvidersRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const { capacityProviders: given, include } = input
  if ((given?.length ?? 0) > MOST_NAMES) throw invalid(`capacityProviders can have at most ${MOST_NAMES} items.`)
  const cluster = input.cluster === undefined ? undefined : expectCluster(site, input.cluster)
  const isHere = ({ name }: Provider) => cluster?.capacityProviders.includes(name) ?? true
  const named = given?.map(name => ({ name, provider: findProvider(site, name) }))
  const found = named?.flatMap(({ provider }) => (provider && isHere(provider) ? [provider] : []))
  const { page, ...next } = pageOf([...new Set(found ?? allIn(site, cluster))], ({ arn }) => arn, input, {
    usual: 10,
    most: 10,
  })
  return {
    capacityProviders: page.map(provider => view(provider, include)),
    failures: (named ?? [])
      .filter(({ provider }) => !provider || !isHere(provider))
      .map(({ name }) => missing(site, 'capacity-provider', name)),
    ...next,
  }
}

export const capacityProviderOperations = (fleet: Fleet) =>
  ({
    CreateCapacityProvider: (input: CreateCapacityProviderRequest, call) => create(fleet, input, call),
    UpdateCapacityProvider: (input: UpdateCapacityProviderRequest, call) => update(fleet, input, call),
    DeleteCapacityProvider: (input: DeleteCapacityProviderRequest, call) => remove(fleet, input, call),
    DescribeCapacityProviders: (input: DescribeCapacityProvidersRequest, call) => describe(fleet, input, call),
  }) satisfies Record<string, Operation>
