// Reads the settings that checks evaluate, from Amazon ECS and CloudWatch Logs.
// Of environment variables only the names are kept.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  type Cluster,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type DescribeTaskDefinitionCommandOutput,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type Service,
  type Tag,
  type Task,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type {
  ClusterPosture,
  DefinitionPosture,
  RunningTask,
  ServicePosture,
} from '../../../features/checks/posture.ts'
import { destinationOf } from '../../../features/logs/log-destination.ts'
import { neutralise } from '../../../kit/redact/redact.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** ECS API reference: DescribeServices takes 10, DescribeClusters and DescribeTasks take 100. */
const MOST = { services: 10, clusters: 100, tasks: 100 } as const
/** Pages of 100 tasks. */
const MOST_PAGES = 5
/** CloudWatch Logs API reference, DescribeLogGroups: `logGroupIdentifiers`. */
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
        const { clusters = [] } = await client.send(
          new DescribeClustersCommand({
            clusters: names.slice(0, MOST.clusters),
            include: ['SETTINGS', 'CONFIGURATIONS', 'TAGS'],
          }),
        )
        const unprotected = await unprotectedProviders(client, clusters)
        return clusters.map(cluster => ({ ...spot, ...readCluster(cluster, unprotected) }))
      }),
    servicePostures: (cluster, refs) =>
      askAws(`reading services of ${cluster.cluster}`, async () => {
        const client = await ecsFor(accountOf(config, cluster), cluster.region)
        const read = await Promise.all(
          chunks(refs, MOST.services).map(some =>
            client.send(
              new DescribeServicesCommand({
                cluster: cluster.cluster,
                services: some.map(({ arn }) => arn),
                include: ['TAGS'],
              }),
            ),
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
      }),
    definitionPosture: ({ ref, definition }) =>
      askAws(`reading the task definition of ${ref.service}`, async () => {
        const client = await ecsFor(accountOf(config, ref), ref.region)
        return readDefinition(
          await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: definition, include: ['TAGS'] })),
          ref,
        )
      }),
    tasksIn: (cluster, service) =>
      askAws(`reading the tasks of ${service ?? cluster.cluster}`, async () => {
        const client = await ecsFor(accountOf(config, cluster), cluster.region)
        const tasks: RunningTask[] = []
        let nextToken: string | undefined
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const listed = await client.send(
            new ListTasksCommand({
              cluster: cluster.cluster,
              maxResults: MOST.tasks,
              ...(service !== undefined && { serviceName: service }),
              ...(nextToken !== undefined && { nextToken }),
            }),
          )
          tasks.push(...(await describeTasks(client, cluster.cluster, listed.taskArns ?? [])))
          nextToken = listed.nextToken
          if (nextToken === undefined) break
        }
        return { tasks, isPartial: nextToken !== undefined }
      }),
    endlessLogs: (spot, names) =>
      askAws(`reading log groups in ${spot.region}`, async () => {
        const client = await logsFor(accountOf(config, spot), spot.region)
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
      }),
  }
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))

const shortName = (arn = ''): string => arn.split('/').at(-1) ?? ''

/** Tag names, without AWS’s own. */
const tagNames = (tags: readonly Tag[] | undefined): readonly string[] =>
  (tags ?? []).flatMap(({ key = '' }) => (key === '' || key.startsWith('aws:') ? [] : [key]))

const readCluster = (cluster: Cluster, unprotected: ReadonlySet<string>) =>
  ({
    cluster: cluster.clusterName ?? '',
    insights: cluster.settings?.find(({ name }) => name === 'containerInsights')?.value ?? 'disabled',
    execLogging: cluster.configuration?.executeCommandConfiguration?.logging ?? 'DEFAULT',
    unprotectedProviders: (cluster.capacityProviders ?? []).filter(name => unprotected.has(name)),
    tags: tagNames(cluster.tags),
  }) satisfies Partial<ClusterPosture>

/** Capacity providers of Auto Scaling groups without managed termination protection. */
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

const readService = (ref: ServiceRef, service: Service): ServicePosture => {
  const { deploymentController, deploymentConfiguration, platformVersion } = service
  const isOurs = (deploymentController?.type ?? 'ECS') === 'ECS'
  return {
    ref,
    // Express services have it only in their deployments.
    definition: service.taskDefinition ?? service.deployments?.[0]?.taskDefinition ?? '',
    desired: service.desiredCount ?? 0,
    hasPublicIp: service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED',
    publicTaskSets: (service.taskSets ?? []).flatMap(({ id = '', networkConfiguration }) =>
      networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED' ? [id] : [],
    ),
    ...(platformVersion !== undefined && { platform: platformVersion }),
    hasExec: service.enableExecuteCommand === true,
    ...(isOurs && { hasCircuitBreaker: deploymentConfiguration?.deploymentCircuitBreaker?.enable === true }),
    isBalanced: (service.loadBalancers ?? []).length > 0,
    providers: (service.capacityProviderStrategy ?? []).flatMap(({ capacityProvider = '' }) => [capacityProvider]),
    tags: tagNames(service.tags),
  }
}

const readDefinition = (
  { taskDefinition: definition = {}, tags }: DescribeTaskDefinitionCommandOutput,
  { region }: ServiceRef,
): DefinitionPosture => {
  const { taskRoleArn, executionRoleArn, containerDefinitions: containers = [] } = definition
  return {
    name: shortName(definition.taskDefinitionArn),
    isWindows: definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    networkMode: definition.networkMode ?? '',
    pidMode: definition.pidMode ?? '',
    ...(taskRoleArn !== undefined && { taskRole: shortName(taskRoleArn) }),
    ...(executionRoleArn !== undefined && { executionRole: shortName(executionRoleArn) }),
    containers: containers.map(container => ({
      name: container.name ?? '',
      image: container.image ?? '',
      ...(container.user !== undefined && { user: container.user }),
      isPrivileged: container.privileged === true,
      isRootReadOnly: container.readonlyRootFilesystem === true,
      hasLogs: container.logConfiguration?.logDriver !== undefined,
      hasHealthCheck: container.healthCheck !== undefined,
      environment: (container.environment ?? []).map(({ name = '' }) => nameOnly(name)),
    })),
    logGroups: containers.flatMap(({ name = '', logConfiguration }) => {
      const driver = logConfiguration?.logDriver
      const to = destinationOf(
        { ...(driver !== undefined && { driver }), options: logConfiguration?.options ?? {} },
        { container: name, task: '', region },
      )
      return to.kind === 'cloudwatch' ? [{ name: to.group, region: to.region }] : []
    }),
    plainVolumes: (definition.volumes ?? []).flatMap(({ name = '', efsVolumeConfiguration: efs }) =>
      efs !== undefined && efs.transitEncryption !== 'ENABLED' ? [name] : [],
    ),
    tags: tagNames(tags),
  }
}

/** Untrusted text: cut to a plausible name, without anything after an equals sign. */
const nameOnly = (name: string): string => neutralise(name).replaceAll('`', "'").replace(/=.*$/s, '').slice(0, 100)

const describeTasks = async (
  client: ECSClient,
  cluster: string,
  arns: readonly string[],
): Promise<readonly RunningTask[]> => {
  if (arns.length === 0) return []
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: [...arns] }))
  return tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').map(readTask)
}

const readTask = ({ taskArn, group = '', taskDefinitionArn, availabilityZone = '', containers = [] }: Task) => ({
  id: shortName(taskArn),
  service: group.replace(/^service:/, ''),
  definition: shortName(taskDefinitionArn),
  zone: availabilityZone,
  containers: containers.map(({ name = '', image = '', imageDigest: digest }) => ({
    name,
    image,
    ...(digest !== undefined && { digest }),
  })),
})
