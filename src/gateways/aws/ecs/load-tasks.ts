// Reads a service's tasks from Amazon ECS: tasks by id, stopped tasks, task size and scale-in protection.
import {
  DescribeTasksCommand,
  type DescribeTasksCommandInput,
  type ECSClient,
  GetTaskProtectionCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  type Task,
} from '@aws-sdk/client-ecs'
import { isWholeId } from '../../../features/services/find-task.ts'
import { MOST_STOPPED } from '../../../features/status/reads.ts'
import type { ProtectedTask, ServiceRef, StoppedTask, TaskNow, TaskOwner } from '../../../model/ecs.ts'
import { chunks, pages } from './pages.ts'
import { iso, readStopped, shortName } from './tasks.ts'

/** The maximum number of tasks in one call (ECS API reference: ListTasks, DescribeTasks and GetTaskProtection). */
const MOST_TASKS = 100
/** The maximum number of pages of a list: the first 1,000 tasks. */
const MOST_PAGES = 10

type TasksInput = Pick<ListTasksCommandInput, 'cluster' | 'serviceName' | 'desiredStatus'>

/** Lists the ARNs of tasks, at most `mostPages` pages of 100. */
export const listTasks = async (client: ECSClient, input: TasksInput, mostPages = Number.POSITIVE_INFINITY) => {
  let left = mostPages
  let isPartial = false
  const arns = await pages(async nextToken => {
    const { taskArns = [], nextToken: next } = await client.send(
      new ListTasksCommand({ ...input, maxResults: MOST_TASKS, ...(nextToken !== undefined && { nextToken }) }),
    )
    left -= 1
    isPartial = left === 0 && next !== undefined
    return { items: taskArns, next: isPartial ? undefined : next }
  })
  return { arns, isPartial }
}

/** Describes tasks by id or ARN. Tasks that ECS no longer keeps are missing in the result. */
export const describeTasks = async (
  client: ECSClient,
  cluster: string,
  ids: readonly string[],
  include: Pick<DescribeTasksCommandInput, 'include'> = {},
): Promise<readonly Task[]> => {
  const parts = await Promise.all(
    chunks(ids, MOST_TASKS).map(tasks => client.send(new DescribeTasksCommand({ cluster, tasks, ...include }))),
  )
  return parts.flatMap(({ tasks = [] }) => tasks)
}

/** Describes the task of the service that has this complete id. Returns a list of one, or an empty list. */
export const describeNamed = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
  id: string,
  include: Pick<DescribeTasksCommandInput, 'include'> = {},
): Promise<readonly Task[]> =>
  (await describeTasks(client, cluster, [id], include)).filter(({ group }) => group === `service:${service}`)

/** Finds the tasks in the cluster whose id starts with `id`, each with the service that started it, if a service did. */
export const loadTaskOwners = async (
  client: ECSClient,
  { cluster }: ServiceRef,
  id: string,
): Promise<{ readonly tasks: readonly TaskOwner[]; readonly isPartial: boolean }> => {
  const { ids, isPartial } = isWholeId(id) ? { ids: [id], isPartial: false } : await idsWithPrefix(client, cluster, id)
  const tasks = await describeTasks(client, cluster, ids)
  return {
    tasks: tasks.map(({ taskArn, group = '' }) => ({
      id: shortName(taskArn),
      ...(group.startsWith('service:') && { service: group.slice('service:'.length) }),
    })),
    isPartial,
  }
}

const idsWithPrefix = async (client: ECSClient, cluster: string, prefix: string) => {
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map(desiredStatus => listTasks(client, { cluster, desiredStatus }, MOST_PAGES)),
  )
  const ids = lists.flatMap(({ arns }) => arns.map(shortName))
  return { ids: ids.filter(id => id.startsWith(prefix)), isPartial: lists.some(({ isPartial }) => isPartial) }
}

/** Reads stopped tasks, newest first. */
export const loadStoppedTasks = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
): Promise<readonly StoppedTask[]> => {
  const input = { cluster, serviceName: service, desiredStatus: 'STOPPED' as const }
  const { arns } = await listTasks(client, input, MOST_STOPPED / MOST_TASKS)
  const tasks = await describeTasks(client, cluster, arns)
  return tasks.map(readStopped).toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
}

/** Reads one task by its id or ARN. */
export const loadTask = async (
  client: ECSClient,
  { cluster }: ServiceRef,
  id: string,
): Promise<TaskNow | undefined> => {
  const [task] = await describeTasks(client, cluster, [id])
  return (
    task && {
      ...readStopped(task),
      arn: task.taskArn ?? '',
      status: task.lastStatus ?? '',
      desired: task.desiredStatus ?? '',
      group: task.group ?? '',
    }
  )
}

/** Reads the vCPUs of one running Fargate task of the service; undefined if the service has none. */
export const loadTaskVcpus = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
): Promise<number | undefined> => {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, serviceName: service, maxResults: 1 }))
  if (taskArns.length === 0) return undefined
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  const [task] = tasks
  return task?.launchType === 'FARGATE' && task.cpu !== undefined ? Number(task.cpu) / 1_024 : undefined
}

export const loadProtectedTasks = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
): Promise<readonly ProtectedTask[]> => {
  const { arns } = await listTasks(client, { cluster, serviceName: service })
  const found = await Promise.all(
    chunks(arns, MOST_TASKS).map(tasks => client.send(new GetTaskProtectionCommand({ cluster, tasks }))),
  )
  return found
    .flatMap(({ protectedTasks = [] }) => protectedTasks)
    .filter(({ protectionEnabled }) => protectionEnabled === true)
    .map(({ taskArn, expirationDate }) => ({ id: shortName(taskArn), until: iso(expirationDate) }))
}
