// Lists services, and reads one service, from Amazon ECS.
import {
  DescribeServicesCommand,
  type ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  ListClustersCommand,
  ListServicesCommand,
} from '@aws-sdk/client-ecs'
import type { Account } from '../../../model/account.ts'
import type { Deployment, Service, ServiceRef } from '../../../model/ecs.ts'
import { chunks, pages } from './pages.ts'
import { iso, shortName } from './tasks.ts'

/** Lists services. A page has 10 services by default, and at most 100 (ECS API reference, ListServices). */
export const listServices = async (
  client: ECSClient,
  account: Account,
  region: string,
): Promise<readonly ServiceRef[]> => {
  const clusters = await pages(async nextToken => {
    const { clusterArns = [], nextToken: next } = await client.send(
      new ListClustersCommand({ ...(nextToken && { nextToken }) }),
    )
    return { items: clusterArns, next }
  })
  const found: ServiceRef[] = []
  for (const cluster of clusters) {
    const arns = await pages(async nextToken => {
      const { serviceArns = [], nextToken: next } = await client.send(
        new ListServicesCommand({ cluster, maxResults: 100, ...(nextToken && { nextToken }) }),
      )
      return { items: serviceArns, next }
    })
    found.push(...arns.filter(arn => arn !== '').map(arn => refOf(account, region, arn, shortName(cluster))))
  }
  return found
}

/** Creates the reference from an ARN: `…:service/cluster/name`, or `…:service/name` in the old format (ECS developer guide). */
const refOf = (account: Account, region: string, arn: string, cluster: string): ServiceRef => {
  const service = shortName(arn)
  return { account: account.name, accountId: account.id, region, cluster, service, arn }
}

/** Calls DescribeServices for one service; undefined if it is absent or INACTIVE. */
export const describeService = async (client: ECSClient, ref: ServiceRef): Promise<EcsService | undefined> => {
  const { services = [] } = await client.send(
    new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.arn], include: ['TAGS'] }),
  )
  const [service] = services
  return service?.status === 'INACTIVE' ? undefined : service
}

/** The maximum number of services, all of one cluster, in DescribeServices (ECS API reference). */
const MOST_DESCRIBED = 10

/** Reads services of one cluster, with sequential calls. Leaves out services that are absent or INACTIVE. */
export const describeServices = async (client: ECSClient, refs: readonly ServiceRef[]): Promise<readonly Service[]> => {
  const byArn = new Map(refs.map(ref => [ref.arn, ref]))
  const found: Service[] = []
  for (const some of chunks(refs, MOST_DESCRIBED)) {
    const { services = [] } = await client.send(
      new DescribeServicesCommand({
        cluster: some[0]?.cluster,
        services: some.map(({ arn }) => arn),
        include: ['TAGS'],
      }),
    )
    for (const service of services) {
      const ref = byArn.get(service.serviceArn ?? '')
      if (ref !== undefined && service.status !== 'INACTIVE') found.push(readService(ref, service))
    }
  }
  return found
}

/** The minimum and maximum healthy percent, which only rolling deployments use; empty for other strategies. */
const percentsOf = ({ deploymentConfiguration: given = {} }: EcsService): Partial<Service> =>
  (given.strategy ?? 'ROLLING') !== 'ROLLING'
    ? {}
    : {
        ...(given.minimumHealthyPercent !== undefined && { leastHealthy: given.minimumHealthyPercent }),
        ...(given.maximumPercent !== undefined && { mostPercent: given.maximumPercent }),
      }

const capacityOf = ({ capacityProviderStrategy: items, launchType }: EcsService) => ({
  capacity:
    (items ?? [])
      .map(({ capacityProvider, weight = 0 }) => `${capacityProvider || 'unknown'} × ${weight}`)
      .join(', ') ||
    launchType ||
    'unknown',
  ...(items !== undefined &&
    items.length > 0 && {
      strategy: items.map(({ capacityProvider: provider = '', weight = 0, base = 0 }) => ({ provider, weight, base })),
    }),
})

export const readService = (ref: ServiceRef, service: EcsService): Service => ({
  ref,
  status: service.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
  scheduling: service.schedulingStrategy === 'DAEMON' ? 'DAEMON' : 'REPLICA',
  controller: service.deploymentController?.type || 'ECS',
  createdAt: iso(service.createdAt),
  desired: service.desiredCount ?? 0,
  running: service.runningCount ?? 0,
  pending: service.pendingCount ?? 0,
  graceSeconds: service.healthCheckGracePeriodSeconds ?? 0,
  ...(service.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true && { hasBreaker: true }),
  ...percentsOf(service),
  ...(service.taskSets !== undefined && service.taskSets.length > 0 && { taskSets: service.taskSets.length }),
  isExpress: service.resourceManagementType === 'ECS',
  tags: Object.fromEntries((service.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
  // Services in Express Mode have a task definition only in their deployments.
  taskDefinition: shortName(service.taskDefinition ?? service.deployments?.[0]?.taskDefinition),
  ...capacityOf(service),
  events: (service.events ?? []).slice(0, 5).map(({ createdAt, message = '' }) => ({ at: iso(createdAt), message })),
  deployments: (service.deployments ?? []).map(readDeployment),
})

const readDeployment = (deployment: EcsDeployment): Deployment => ({
  id: deployment.id ?? '',
  status: deployment.status === 'PRIMARY' || deployment.status === 'ACTIVE' ? deployment.status : 'INACTIVE',
  ...(deployment.rolloutState !== undefined && { rolloutState: deployment.rolloutState }),
  ...(deployment.rolloutStateReason !== undefined && { rolloutReason: deployment.rolloutStateReason }),
  taskDefinition: shortName(deployment.taskDefinition),
  desired: deployment.desiredCount ?? 0,
  running: deployment.runningCount ?? 0,
  pending: deployment.pendingCount ?? 0,
  failed: deployment.failedTasks ?? 0,
  createdAt: iso(deployment.createdAt),
})
