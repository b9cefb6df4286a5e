// Creates the readers of the settings that checks evaluate. They read Amazon ECS and CloudWatch Logs.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Cluster,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ServicePosture } from '../../../features/checks/posture.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { describeProviders } from './capacity.ts'
import { describeTasks, listTasks } from './load-tasks.ts'
import { chunks, missingCluster, pages } from './pages.ts'
import { readCluster, readDefinition, readService, readTask } from './read-posture.ts'

/** The maximum number of names in one call, by kind of resource. Source: ECS API reference, DescribeServices and others. */
const MOST = { services: 10, clusters: 100, providers: 100 } as const
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
  const read = await Promise.all(
    chunks(names, MOST.clusters).map(clusters =>
      client.send(new DescribeClustersCommand({ clusters, include: ['SETTINGS', 'CONFIGURATIONS', 'TAGS'] })),
    ),
  )
  const found = read.flatMap(({ clusters = [] }) => clusters)
  const [first] = names
  if (first !== undefined && found.length === 0) throw missingCluster(first)
  return found
}

/** The names of capacity providers whose Auto Scaling groups have no managed termination protection. */
const unprotectedProviders = async (client: ECSClient, clusters: readonly Cluster[]): Promise<ReadonlySet<string>> => {
  const names = new Set(clusters.flatMap(({ capacityProviders = [] }) => capacityProviders))
  const autoScalingProviders = [...names].filter(name => !name.startsWith('FARGATE'))
  const read = await Promise.all(
    chunks(autoScalingProviders, MOST.providers).map(part => describeProviders(client, { capacityProviders: part })),
  )
  return new Set(
    read
      .flat()
      .flatMap(({ name = '', autoScalingGroupProvider: group }) =>
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
  const input = { cluster, ...(service !== undefined && { serviceName: service }) }
  const { arns, isPartial } = await listTasks(client, input, MOST_PAGES)
  const tasks = await describeTasks(client, cluster, arns)
  return { tasks: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(readTask), isPartial }
}

/** The names of log groups without a retention period. */
const findEndlessLogs = async (client: CloudWatchLogsClient, names: readonly string[]): Promise<readonly string[]> => {
  const read = await Promise.all(
    chunks(names, MOST_GROUPS).map(logGroupIdentifiers =>
      pages(async nextToken => {
        const { logGroups = [], nextToken: next } = await client.send(
          new DescribeLogGroupsCommand({ logGroupIdentifiers, ...(nextToken !== undefined && { nextToken }) }),
        )
        return { items: logGroups, next }
      }),
    ),
  )
  return read
    .flat()
    .flatMap(({ logGroupName, retentionInDays }) =>
      logGroupName === undefined || retentionInDays !== undefined ? [] : [logGroupName],
    )
}
