// Reads services and tasks from Amazon ECS, and sends ECS calls.
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  GetTaskProtectionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  type StopServiceDeploymentCommandInput,
  TagResourceCommand,
  type TagResourceCommandInput,
  UntagResourceCommand,
  type UntagResourceCommandInput,
  UpdateExpressGatewayServiceCommand,
  type UpdateExpressGatewayServiceCommandInput,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { EcsCall } from '../../../engine/change/plan.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { isWholeId } from '../../../features/services/find-task.ts'
import { type Account, accountOf } from '../../../model/account.ts'
import type { Deployment, Service, ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { iso, readStopped, shortName } from './tasks.ts'

type EcsReaders = Pick<Readers, 'servicesIn' | 'service' | 'taskOwners' | 'stoppedTasks' | 'protectedTasks'> & {
  /** vCPUs of one running Fargate task; undefined if there is none. */
  readonly taskVcpus: (ref: ServiceRef) => Promise<number | undefined>
}

export const createEcsReaders = (config: Config, sessions: Sessions): EcsReaders => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    servicesIn: async (account, region) => listServices(account, region, await clientFor(account, region)),
    service: async ref =>
      askAws(`reading ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { services = [] } = await client.send(
          new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.arn], include: ['TAGS'] }),
        )
        const [service] = services
        return service === undefined || service.status === 'INACTIVE' ? undefined : readService(ref, service)
      }),
    taskOwners: async (ref, id) =>
      askAws(`looking for the task ${id}`, async () => {
        const client = await clientOf(ref)
        const { cluster } = ref
        const ids = isWholeId(id) ? [id] : await idsLike(id, cluster, client)
        if (ids.length === 0) return []
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: ids.slice(0, 100) }))
        return tasks.flatMap(({ taskArn, group = '' }) =>
          group.startsWith('service:') ? [{ id: shortName(taskArn), service: group.slice('service:'.length) }] : [],
        )
      }),
    stoppedTasks: async ref =>
      askAws(`reading the tasks of ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { taskArns = [] } = await client.send(
          new ListTasksCommand({
            cluster: ref.cluster,
            serviceName: ref.service,
            desiredStatus: 'STOPPED',
            maxResults: 100,
          }),
        )
        if (taskArns.length === 0) return []
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster: ref.cluster, tasks: taskArns }))
        return tasks.map(readStopped).toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
      }),
    taskVcpus: async ref =>
      askAws(`reading a task of ${ref.service}`, async () => {
        const client = await clientOf(ref)
        const { taskArns = [] } = await client.send(
          new ListTasksCommand({ cluster: ref.cluster, serviceName: ref.service, maxResults: 1 }),
        )
        if (taskArns.length === 0) return undefined
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster: ref.cluster, tasks: taskArns }))
        const [task] = tasks
        return task?.launchType === 'FARGATE' && task.cpu !== undefined ? Number(task.cpu) / 1_024 : undefined
      }),
    protectedTasks: async ref =>
      askAws(`reading the protection of ${ref.service}'s tasks`, async () => {
        const client = await clientOf(ref)
        const arns = await pages(async nextToken => {
          const { taskArns = [], nextToken: next } = await client.send(
            new ListTasksCommand({
              cluster: ref.cluster,
              serviceName: ref.service,
              maxResults: 100,
              ...(nextToken && { nextToken }),
            }),
          )
          return { items: taskArns, next }
        })
        if (arns.length === 0) return []
        const found = await Promise.all(
          chunks(arns, 100).map(tasks => client.send(new GetTaskProtectionCommand({ cluster: ref.cluster, tasks }))),
        )
        return found
          .flatMap(({ protectedTasks = [] }) => protectedTasks)
          .filter(({ protectionEnabled }) => protectionEnabled === true)
          .map(({ taskArn, expirationDate }) => ({ id: shortName(taskArn), until: iso(expirationDate) }))
      }),
  }
}

const MOST_PAGES = 10

const idsLike = async (start: string, cluster: string, client: ECSClient): Promise<readonly string[]> => {
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map(async desiredStatus => {
      let left = MOST_PAGES
      return pages(async nextToken => {
        const { taskArns = [], nextToken: next } = await client.send(
          new ListTasksCommand({ cluster, desiredStatus, maxResults: 100, ...(nextToken && { nextToken }) }),
        )
        left -= 1
        return { items: taskArns, next: left > 0 ? next : undefined }
      })
    }),
  )
  return lists
    .flat()
    .map(shortName)
    .filter(id => id.startsWith(start))
}

/** ECS API reference, ListServices: 10 a page by default, at most 100. */
const listServices = (account: Account, region: string, client: ECSClient): Promise<readonly ServiceRef[]> =>
  askAws(`listing services of ${account.name} in ${region}`, async () => {
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
      found.push(...arns.map(arn => refOf(account, region, arn)))
    }
    return found
  })

const pages = async <T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<readonly T[]> => {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    all.push(...items)
    token = next
  } while (token !== undefined)
  return all
}

/** ECS API reference, GetTaskProtection: at most 100 tasks. */
const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))

/** `arn:aws:ecs:region:account:service/cluster/name` */
const refOf = (account: Account, region: string, arn: string): ServiceRef => {
  const [, cluster = 'default', service = ''] = arn.split('/')
  return { account: account.name, accountId: account.id, region, cluster, service, arn }
}

export const readService = (ref: ServiceRef, service: EcsService): Service => ({
  ref,
  status: service.status === 'DRAINING' ? 'DRAINING' : 'ACTIVE',
  scheduling: service.schedulingStrategy === 'DAEMON' ? 'DAEMON' : 'REPLICA',
  controller: service.deploymentController?.type ?? 'ECS',
  createdAt: iso(service.createdAt),
  desired: service.desiredCount ?? 0,
  running: service.runningCount ?? 0,
  pending: service.pendingCount ?? 0,
  graceSeconds: service.healthCheckGracePeriodSeconds ?? 0,
  ...(service.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true && { hasBreaker: true }),
  isExpress: service.resourceManagementType === 'ECS',
  tags: Object.fromEntries((service.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
  // Express services have it only in their deployments.
  taskDefinition: shortName(service.taskDefinition ?? service.deployments?.[0]?.taskDefinition),
  capacity:
    service.capacityProviderStrategy
      ?.map(({ capacityProvider, weight = 0 }) => `${capacityProvider} × ${weight}`)
      .join(', ') ??
    service.launchType ??
    'unknown',
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

/** Sends a plan's ECS call unchanged. */
export const sendEcs = (client: ECSClient, { action, input }: EcsCall) => {
  switch (action) {
    case 'UpdateService':
      return client.send(new UpdateServiceCommand(input as unknown as UpdateServiceCommandInput))
    case 'TagResource':
      return client.send(new TagResourceCommand(input as unknown as TagResourceCommandInput))
    case 'UntagResource':
      return client.send(new UntagResourceCommand(input as unknown as UntagResourceCommandInput))
    case 'StopServiceDeployment':
      return client.send(new StopServiceDeploymentCommand(input as unknown as StopServiceDeploymentCommandInput))
    case 'UpdateExpressGatewayService':
      return client.send(
        new UpdateExpressGatewayServiceCommand(input as unknown as UpdateExpressGatewayServiceCommandInput),
      )
  }
}
