// Reads a service's tasks and the log destinations of their containers with about five calls.
import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type LogConfiguration,
  type Task,
} from '@aws-sdk/client-ecs'
import { destinationOf } from '../../../features/logs/log-destination.ts'
import type { LogTask, LogTasks } from '../../../features/logs/log-types.ts'
import { causeOf } from '../../../features/status/why-stopped.ts'
import { fullName } from '../../../kit/language/target.ts'
import type { ServiceRef, StoppedTask } from '../../../model/ecs.ts'
import { describeNamed, describeTasks, listTasks } from '../ecs/load-tasks.ts'
import { readStopped } from '../ecs/tasks.ts'

/** The maximum number of pages of running tasks, and of stopped tasks: 500 tasks each. */
const MOST_PAGES = 5
/** The maximum number of task definitions that are read. During a deployment, a service has two. */
const MOST_DEFINITIONS = 5

/**
 * Reads the running tasks of a service and the tasks that stopped in the last hour. ECS does not keep older ones. `named`: a
 * complete task id; if the service has this task, reads only this task.
 */
export const readLogTasks = async (client: ECSClient, ref: ServiceRef, named?: string): Promise<LogTasks> => {
  const found = named === undefined ? [] : await describeNamed(client, ref, named)
  const { tasks, isPartial } = found.length > 0 ? { tasks: found, isPartial: false } : await loadTasks(client, ref)
  const arns = [...new Set(tasks.map(({ taskDefinitionArn = '' }) => taskDefinitionArn))]
  const read = arns.slice(0, MOST_DEFINITIONS)
  const definitions = new Map(
    await Promise.all(read.map(async arn => [arn, await readContainers(client, arn)] as const)),
  )
  const proxies = tasks.some(task => proxyOf(task) !== undefined) ? await readProxies(client, ref) : new Map()
  return {
    tasks: tasks
      .filter(({ taskDefinitionArn = '' }) => definitions.has(taskDefinitionArn))
      .map(task => {
        const own = definitions.get(task.taskDefinitionArn ?? '') ?? []
        return readTask(task, own, proxyIn(task, proxies), ref)
      }),
    isPartial: isPartial || arns.length > read.length,
  }
}

/** Reads one task by its ARN. The task may belong to a service or be standalone. Undefined if ECS no longer has the task. */
export const readLogTask = async (client: ECSClient, ref: ServiceRef, arn: string): Promise<LogTask | undefined> => {
  const [task] = await describeTasks(client, ref.cluster, [arn])
  return task && readTask(task, await readContainers(client, task.taskDefinitionArn ?? ''), [], ref)
}

const loadTasks = async (client: ECSClient, { cluster, service }: ServiceRef) => {
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map(desiredStatus =>
      listTasks(client, { cluster, serviceName: service, desiredStatus }, MOST_PAGES),
    ),
  )
  const ids = lists.flatMap(({ arns }) => arns)
  return { tasks: await describeTasks(client, cluster, ids), isPartial: lists.some(({ isPartial }) => isPartial) }
}

const readContainers = async (client: ECSClient, taskDefinition: string): Promise<readonly ContainerDefinition[]> => {
  const described = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))
  return described.taskDefinition?.containerDefinitions ?? []
}

/** The name of the proxy container that Service Connect adds. It is not in the task definition. */
const proxyOf = ({ containers = [] }: Task): string | undefined =>
  containers.find(({ name }) => name?.startsWith('ecs-service-connect-'))?.name

type Proxies = ReadonlyMap<string, LogConfiguration | undefined>

/** Reads the log configurations of proxies by deployment id, which is the `startedBy` of a task. */
const readProxies = async (client: ECSClient, { cluster, arn }: ServiceRef): Promise<Proxies> => {
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [arn] }))
  const deployments = services[0]?.deployments ?? []
  return new Map(
    deployments.map(({ id = '', serviceConnectConfiguration }) => [id, serviceConnectConfiguration?.logConfiguration]),
  )
}

/**
 * Returns the proxy container of a task, as a list of one, or an empty list. If the task's deployment has ended, uses the log
 * configuration of the newest deployment.
 */
const proxyIn = (task: Task, proxies: Proxies): readonly ContainerDefinition[] => {
  const name = proxyOf(task)
  if (name === undefined) return []
  const logConfiguration = proxies.get(task.startedBy ?? '') ?? [...proxies.values()][0]
  return [{ name, ...(logConfiguration !== undefined && { logConfiguration }) }]
}

/** Converts a stopped task, and adds which containers its task definition marks as essential. The default is essential. */
const readEnd = (task: Task, definitions: readonly ContainerDefinition[]): StoppedTask => {
  const stopped = readStopped(task)
  const essential = new Map(definitions.map(({ name = '', essential = true }) => [name, essential]))
  const containers = stopped.containers.map(container => {
    const isEssential = essential.get(container.name)
    return isEssential === undefined ? container : { ...container, essential: isEssential }
  })
  return { ...stopped, containers }
}

/** Converts a task. Reads only the log configuration of its container definitions, never their environment. */
const readTask = (
  task: Task,
  own: readonly ContainerDefinition[],
  proxy: readonly ContainerDefinition[],
  ref: ServiceRef,
): LogTask => {
  const id = task.taskArn?.split('/').at(-1) ?? ''
  return {
    id,
    ...(task.stoppedAt !== undefined && {
      stoppedAt: task.stoppedAt.toISOString(),
      cause: causeOf(readEnd(task, own), fullName(ref)),
    }),
    containers: [...own, ...proxy].map(({ name = '', logConfiguration }) => {
      const runtimeId = task.containers?.find(container => container.name === name)?.runtimeId
      const driver = logConfiguration?.logDriver
      return {
        name,
        destination: destinationOf(
          { ...(driver !== undefined && { driver }), options: logConfiguration?.options ?? {} },
          { container: name, task: id, region: ref.region, ...(runtimeId !== undefined && { runtimeId }) },
        ),
      }
    }),
  }
}
