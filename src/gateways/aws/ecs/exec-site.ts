// Reads tasks and containers for ECS Exec. Reads no values of environment variables: only whether variables with the names
// of AWS keys exist.
import {
  type Container,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type ExecuteCommandConfiguration,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { type GrantTag, isGrantKey } from '../../../features/exec/grant.ts'
import type { ExecContainer, ExecSite, ExecTask } from '../../../features/exec/site.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { describeNamed, describeTasks, listTasks } from './load-tasks.ts'
import { missingCluster } from './pages.ts'
import { iso, shortName } from './tasks.ts'

const WITH_TAGS = { include: ['TAGS' as const] }

export const createExecSiteReader = (config: Config, sessions: Sessions): Readers['execSite'] => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  return (ref, named) =>
    askAws(`reading the tasks of ${ref.service}`, async () => {
      const client = await ecsFor(accountOf(config, ref), ref.region)
      const [cluster, tasks] = await Promise.all([readCluster(client, ref), readTasks(client, ref, named)])
      const names = [...new Set(tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []))]
      const definitions = new Map(
        await Promise.all(names.map(async name => [name, await readDefinition(client, name)] as const)),
      )
      return {
        ...cluster,
        // ExecuteCommand needs the ARN of the task, so tasks without an ARN are left out.
        tasks: tasks
          .filter(({ taskArn }) => taskArn)
          .map(task => taskOf(task, definitions.get(task.taskDefinitionArn ?? '') ?? {})),
      }
    })
}

export const createGrantTagReader = (config: Config, sessions: Sessions): Readers['grantTags'] => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  return (ref, taskArn) =>
    askAws('reading the tags of the task', async () => {
      const client = await ecsFor(accountOf(config, ref), ref.region)
      const [task = {}] = await describeTasks(client, ref.cluster, [taskArn], WITH_TAGS)
      return grantTagsOf(task)
    })
}

const readCluster = async (client: ECSClient, { cluster: name }: ServiceRef): Promise<Omit<ExecSite, 'tasks'>> => {
  const { clusters: [cluster] = [] } = await client.send(
    new DescribeClustersCommand({ clusters: [name], include: ['CONFIGURATIONS'] }),
  )
  if (cluster === undefined) throw missingCluster(name)
  const exec = cluster.configuration?.executeCommandConfiguration
  const log = logOf(exec)
  const {
    cloudWatchLogGroupName: group,
    s3BucketName: bucket,
    s3KeyPrefix: prefix = '',
    cloudWatchEncryptionEnabled: isGroupSealed = false,
    s3EncryptionEnabled: isBucketSealed = false,
  } = (exec?.logging === 'OVERRIDE' ? exec.logConfiguration : undefined) ?? {}
  return {
    clusterArn: cluster.clusterArn ?? '',
    ...(exec?.kmsKeyId !== undefined && { key: exec.kmsKeyId }),
    ...(log !== undefined && { log }),
    ...(group ? { logGroup: group } : {}),
    ...(bucket ? { logBucket: { name: bucket, prefix } } : {}),
    sealed: [
      ...(group && isGroupSealed ? (['group'] as const) : []),
      ...(bucket && isBucketSealed ? (['bucket'] as const) : []),
    ],
  }
}

const logOf = (exec: ExecuteCommandConfiguration | undefined): string | undefined => {
  if (exec?.logging === 'NONE') return undefined
  const { cloudWatchLogGroupName: group, s3BucketName: bucket } = exec?.logConfiguration ?? {}
  const destinations = [...(group ? [`log group ${group}`] : []), ...(bucket ? [`bucket ${bucket}`] : [])]
  return exec?.logging === 'OVERRIDE' && destinations.length > 0
    ? destinations.join(' and ')
    : 'the task’s own log group, if it has one'
}

const readTasks = async (client: ECSClient, ref: ServiceRef, named: string | undefined): Promise<readonly Task[]> => {
  const { cluster, service } = ref
  const found = named === undefined ? [] : await describeNamed(client, ref, named, WITH_TAGS)
  const running = found.filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
  if (running.length > 0) return running
  const { arns } = await listTasks(client, { cluster, serviceName: service, desiredStatus: 'RUNNING' })
  return describeTasks(client, cluster, arns, WITH_TAGS)
}

const readDefinition = async (client: ECSClient, name: string): Promise<TaskDefinition> =>
  (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }))).taskDefinition ?? {}

const taskOf = (task: Task, definition: TaskDefinition): ExecTask => ({
  id: shortName(task.taskArn),
  arn: task.taskArn ?? '',
  status: task.lastStatus ?? '',
  isEnabled: task.enableExecuteCommand === true,
  isConnected: task.connectivity === 'CONNECTED',
  startedAt: iso(task.startedAt),
  ...(task.availabilityZone !== undefined && { zone: task.availabilityZone }),
  definition: shortName(task.taskDefinitionArn),
  // Tasks on EC2 may have no `runtimePlatform`; Fargate writes `Windows_Server_2022_Core`.
  isWindows: /^windows/i.test(definition.runtimePlatform?.operatingSystemFamily ?? task.platformFamily ?? ''),
  pidMode: definition.pidMode ?? '',
  ...(task.platformVersion !== undefined && { platform: task.platformVersion }),
  ...(definition.taskRoleArn && {
    taskRole: shortName(definition.taskRoleArn),
    taskRoleArn: definition.taskRoleArn,
  }),
  ...subnetOf(task),
  grantTags: grantTagsOf(task),
  containers: (task.containers ?? []).map(container => containerOf(container, definition)),
})

const subnetOf = ({ attachments = [] }: Task): Pick<ExecTask, 'subnet'> => {
  const subnet = attachments
    .find(({ type }) => type === 'ElasticNetworkInterface')
    ?.details?.find(({ name }) => name === 'subnetId')?.value
  return subnet === undefined ? {} : { subnet }
}

const grantTagsOf = ({ tags = [] }: Task): readonly GrantTag[] =>
  tags.map(({ key = '', value = '' }) => ({ key, value })).filter(({ key }) => isGrantKey(key))

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']

const containerOf = (
  { name = '', image = '', runtimeId = '', lastStatus = '', managedAgents = [] }: Container,
  { containerDefinitions = [] }: TaskDefinition,
): ExecContainer => {
  const agent = managedAgents.find(one => one.name === 'ExecuteCommandAgent')
  const defined = containerDefinitions.find(one => one.name === name)
  const named = [...(defined?.environment ?? []), ...(defined?.secrets ?? [])].map(one => one.name ?? '')
  return {
    name,
    image,
    runtimeId,
    status: lastStatus,
    isRootReadOnly: defined?.readonlyRootFilesystem === true,
    awsKeys: KEYS.filter(key => named.includes(key)),
    ...(agent !== undefined && {
      agent: { status: agent.lastStatus ?? '', ...(agent.reason !== undefined && { reason: agent.reason }) },
    }),
  }
}
