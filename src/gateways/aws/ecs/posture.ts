// Creates the readers of the settings that checks evaluate. They read Amazon ECS and CloudWatch Logs.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Cluster,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { RunningTask, ServicePosture } from '../../../features/checks/posture.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { chunks } from './pages.ts'
import { readCluster, readDefinition, readService, readTask } from './read-posture.ts'

/** The maximum numbers in one call (ECS API reference: DescribeServices 10, DescribeClusters and DescribeTasks 100). */
const MOST = { services: 10, clusters: 100, tasks: 100 } as const
/** The maximum number of pages of 100 tasks. */
const MOST_PAGES = 5
/**
 * The maximum number of log groups in one call (CloudWatch Logs API reference, DescribeLogGroups:
 * `logGroupIdentifiers`).
 */
const MOST_GROUPS = 50

type PostureReaders = Pick<
  Readers,
  'clusterPostures' | 'servicePostures' | 'definitionPosture' | 'tasksIn' | 'endlessLogs'
>

export const createPostureReaders = (config: Config, sessions: Sessions): PostureReaders => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  const logsFor = sessions.each(settings => new CloudWatchLogsClient(settings))
  return {
    clusterPostures: (spot, names) =>
      askAws(`reading clusters in ${spot.region}`, async () => {
        const client = await ecsFor(accountOf(config, spot), spot.region)
        const clusters = await describeClusters(client, names)
        const unprotected = await unprotectedProviders(client, clusters)
        return clusters.map(cluster => ({ ...spot, ...readCluster(cluster, unprotected) }))
      }),
    servicePostures: (cluster, refs) =>
      askAws(`reading services of ${cluster.cluster}`, async () =>
        loadServices(await ecsFor(accountOf(config, cluster), cluster.region), cluster.cluster, refs),
      ),
    definitionPosture: ({ ref, definition }) =>
      askAws(`reading the task definition of ${ref.service}`, async () => {
        const client = await ecsFor(accountOf(config, ref), ref.region)
        const command = new DescribeTaskDefinitionCommand({ taskDefinition: definition, include: ['TAGS'] })
        return readDefinition(await client.send(command), ref)
      }),
    tasksIn: (cluster, service) =>
      askAws(`reading the tasks of ${service ?? cluster.cluster}`, async () =>
        loadTasks(await ecsFor(accountOf(config, cluster), cluster.region), cluster.cluster, service),
      ),
    endlessLogs: (spot, names) =>
      askAws(`reading log groups in ${spot.region}`, async () =>
        findEndlessLogs(await logsFor(accountOf(config, spot), spot.region), names),
      ),
  }
}

const describeClusters = async (client: ECSClient, names: readonly string[]): Promise<readonly Cluster[]> => {
  const { clusters = [] } = await client.send(
    new DescribeClustersCommand({
      clusters: names.slice(0, MOST.clusters),
      include: ['SETTINGS', 'CONFIGURATIONS', 'TAGS'],
    }),
  )
  return clusters
}

/** The names of capacity providers whose Auto Scaling groups have no managed termination protection. */
const unprotectedProviders = async (client: ECSClient, clusters: readonly Cluster[]): Promise<ReadonlySet<string>> => {
  const names = new Set(clusters.flatMap(({ capacityProviders = [] }) => capacityProviders))
  const autoScalingProviders = [...names].filter(name => !name.startsWith('FARGATE'))
  if (autoScalingProviders.length === 0) return new Set()
  const { capacityProviders = [] } = await client.send(
    new DescribeCapacityProvidersCommand({ capacityProviders: autoScalingProviders }),
  )
  return new Set(
    capacityProviders.flatMap(({ name = '', autoScalingGroupProvider: group }) =>
      group !== undefined && group.managedTerminationProtection !== 'ENABLED' ? [name] : [],
    ),
  )
}

const loadServices = async (
  client: ECSClient,
  cluster: string,
  refs: readonly ServiceRef[],
): Promise<readonly ServicePosture[]> => {
  const read = await Promise.all(
    chunks(refs, MOST.services).map(some =>
      client.send(new DescribeServicesCommand({ cluster, services: some.map(({ arn }) => arn), include: ['TAGS'] })),
    ),
  )
  const byName = new Map(refs.map(ref => [ref.service, ref]))
  return read
    .flatMap(({ services = [] }) => services)
    .filter(({ status }) => status !== 'INACTIVE')
    .flatMap(service => {
      const ref = byName.get(service.serviceName ?? '')
      return ref === undefined ? [] : [readService(ref, service)]
    })
}

const loadTasks = async (client: ECSClient, cluster: string, service: string | undefined) => {
  const tasks: RunningTask[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await client.send(
      new ListTasksCommand({
        cluster,
        maxResults: MOST.tasks,
        ...(service !== undefined && { serviceName: service }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    tasks.push(...(await describeTasks(client, cluster, listed.taskArns ?? [])))
    nextToken = listed.nextToken
    if (nextToken === undefined) break
  }
  return { tasks, isPartial: nextToken !== undefined }
}

const describeTasks = async (
  client: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<readonly RunningTask[]> => {
  if (arns.length === 0) return []
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }))
  return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(readTask)
}

/** The names of log groups without a retention period. */
const findEndlessLogs = async (client: CloudWatchLogsClient, names: readonly string[]): Promise<readonly string[]> => {
  const read = await Promise.all(
    chunks(names, MOST_GROUPS).map(logGroupIdentifiers =>
      client.send(new DescribeLogGroupsCommand({ logGroupIdentifiers })),
    ),
  )
  return read
    .flatMap(({ logGroups = [] }) => logGroups)
    .flatMap(({ logGroupName, retentionInDays }) =>
      logGroupName === undefined || retentionInDays !== undefined ? [] : [logGroupName],
    )
}
