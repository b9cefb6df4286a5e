// Reads a service's tasks from Amazon ECS: tasks by id, stopped tasks, task size and scale-in protection.
import { DescribeTasksCommand, type ECSClient, GetTaskProtectionCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { isWholeId } from '../../../features/services/find-task.ts'
import type { ProtectedTask, ServiceRef, StoppedTask, TaskOwner } from '../../../model/ecs.ts'
import { chunks, pages } from './pages.ts'
import { iso, readStopped, shortName } from './tasks.ts'

/** The maximum number of tasks in one call (ECS API reference: ListTasks, DescribeTasks and GetTaskProtection). */
const MOST_TASKS = 100
const MOST_PAGES = 10

/** Reads the tasks in the cluster whose id starts with `id` and that belong to a service. */
export const loadTaskOwners = async (
  client: ECSClient,
  { cluster }: ServiceRef,
  id: string,
): Promise<readonly TaskOwner[]> => {
  const ids = isWholeId(id) ? [id] : await idsWithPrefix(client, cluster, id)
  if (ids.length === 0) return []
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: ids.slice(0, MOST_TASKS) }))
  return tasks.flatMap(({ taskArn, group = '' }) =>
    group.startsWith('service:') ? [{ id: shortName(taskArn), service: group.slice('service:'.length) }] : [],
  )
}

const idsWithPrefix = async (client: ECSClient, cluster: string, prefix: string): Promise<readonly string[]> => {
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map(async desiredStatus => {
      let left = MOST_PAGES
      return pages(async nextToken => {
        const { taskArns = [], nextToken: next } = await client.send(
          new ListTasksCommand({ cluster, desiredStatus, maxResults: MOST_TASKS, ...(nextToken && { nextToken }) }),
        )
        left -= 1
        return { items: taskArns, next: left > 0 ? next : undefined }
      })
    }),
  )
  return lists
    .flat()
    .map(shortName)
    .filter(id => id.startsWith(prefix))
}

/** Reads stopped tasks, newest first. */
export const loadStoppedTasks = async (
  client: ECSClient,
  { cluster, service }: ServiceRef,
): Promise<readonly StoppedTask[]> => {
  const { taskArns = [] } = await client.send(
    new ListTasksCommand({ cluster, serviceName: service, desiredStatus: 'STOPPED', maxResults: MOST_TASKS }),
  )
  if (taskArns.length === 0) return []
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return tasks.map(readStopped).toSorted((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))
}

/** Reads the vCPUs of one running Fargate task; undefined if there is none. */
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
  const arns = await pages(async nextToken => {
    const { taskArns = [], nextToken: next } = await client.send(
      new ListTasksCommand({
        cluster,
        serviceName: service,
        maxResults: MOST_TASKS,
        ...(nextToken && { nextToken }),
      }),
    )
    return { items: taskArns, next }
  })
  if (arns.length === 0) return []
  const found = await Promise.all(
    chunks(arns, MOST_TASKS).map(tasks => client.send(new GetTaskProtectionCommand({ cluster, tasks }))),
  )
  return found
    .flatMap(({ protectedTasks = [] }) => protectedTasks)
    .filter(({ protectionEnabled }) => protectionEnabled === true)
    .map(({ taskArn, expirationDate }) => ({ id: shortName(taskArn), until: iso(expirationDate) }))
}
