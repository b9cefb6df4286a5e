// The operations that describe, list, stop and protect tasks.

import type {
  DescribeTasksRequest,
  GetTaskProtectionRequest,
  ListTasksRequest,
  ProtectedTask,
  RunTaskRequest,
  StopTaskRequest,
  UpdateTaskProtectionRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import { type Cluster, isProtected, type Task } from '../../../world/state.ts'
import { viewTask } from '../../../world/task-view.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectCluster, expectService, findTask, missing, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { runTask } from './run-task.ts'

const describeTasks = (
  fleet: Fleet,
  { cluster: requested, tasks: given = [], include }: DescribeTasksRequest,
  call: Call,
) => {
  const site = siteOf(fleet, call)
  if (given.length === 0) throw invalid('Tasks cannot be empty.')
  if (given.length > 100) throw invalid('tasks can have at most 100 items.')
  const cluster = expectCluster(site, requested)
  fleet.tasksIn(cluster)
  const found = given.map(id => findTask(site, cluster, id))
  return {
    tasks: found.filter(task => task !== undefined).map(task => viewTask(task, include)),
    failures: given
      .filter((_, index) => !found[index])
      .map(id => missing(site, 'task', id.startsWith('arn:') ? id : `${cluster.name}/${id}`)),
  }
}

const checkFilters = (input: ListTasksRequest) => {
  const { family, serviceName, startedBy, containerInstance } = input
  if (startedBy !== undefined && (family ?? serviceName ?? containerInstance) !== undefined)
    throw invalid('cannot specify startedBy with other filters')
  if (serviceName !== undefined && family !== undefined) throw invalid('cannot specify both family and serviceName')
}

/** The filter of ListTasks. The desired status PENDING matches no task, because ECS never sets this desired status. */
const taskFilter = (fleet: Fleet, cluster: Cluster, input: ListTasksRequest, call: Call) => {
  const { family, serviceName, startedBy, launchType, desiredStatus = 'RUNNING' } = input
  const service = serviceName === undefined ? undefined : expectService(siteOf(fleet, call), cluster, serviceName)
  return (task: Task) =>
    task.desiredStatus === desiredStatus &&
    (!service || task.service === service) &&
    (family === undefined || task.definition.family === family) &&
    (startedBy === undefined || task.startedBy === startedBy) &&
    (launchType === undefined || task.launchType === launchType)
}

const listTasks = (fleet: Fleet, input: ListTasksRequest, call: Call) => {
  checkFilters(input)
  const cluster = expectCluster(siteOf(fleet, call), input.cluster)
  const tasks = fleet.tasksIn(cluster).filter(taskFilter(fleet, cluster, input, call))
  const { page, ...next } = pageOf(tasks, ({ arn }) => arn, input, { usual: 100, most: 100 })
  return { taskArns: page.map(({ arn }) => arn), ...next }
}

const stopTask = (fleet: Fleet, input: StopTaskRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const task = findTask(site, expectCluster(site, input.cluster), input.task ?? '')
  if (!task) throw invalid('The referenced task was not found.')
  fleet.stopTask(task, input.reason ?? 'Task stopped by user')
  return { task: viewTask(task) }
}

const viewProtection = (task: Task, now: number): ProtectedTask => ({
  taskArn: task.arn,
  protectionEnabled: isProtected(task, now),
  ...(isProtected(task, now) && { expirationDate: new Date(task.protectedUntil ?? 0) }),
})

type Named = { readonly cluster: string | undefined; readonly given: readonly string[]; readonly most: number }

const protectable = (fleet: Fleet, call: Call, { cluster: requested, given, most }: Named) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, requested)
  if (given.length > most) throw invalid(`tasks can have at most ${most} items.`)
  const pairs = given.map(id => [id, findTask(site, cluster, id)] as const)
  const failures = pairs.flatMap(([id, task]) => {
    if (!task || task.lastStatus === 'STOPPED')
      return [missing(site, 'task', id.startsWith('arn:') ? id : `${cluster.name}/${id}`)]
    return task.service ? [] : [{ arn: task.arn, reason: 'TASK_NOT_VALID' }]
  })
  const tasks = pairs.flatMap(([, task]) => (task?.service && task.lastStatus !== 'STOPPED' ? [task] : []))
  return { cluster, tasks, failures }
}

const updateProtection = (fleet: Fleet, input: UpdateTaskProtectionRequest, call: Call) => {
  const { expiresInMinutes = 120, protectionEnabled, tasks: given = [] } = input
  if (expiresInMinutes < 1 || expiresInMinutes > 2_880) throw invalid('expiresInMinutes must be between 1 and 2880.')
  if (given.length === 0) throw invalid('Tasks cannot be empty.')
  const { tasks, failures } = protectable(fleet, call, { cluster: input.cluster, given, most: 10 })
  const now = fleet.clock.now()
  for (const task of tasks) {
    task.protectedUntil = protectionEnabled ? now + expiresInMinutes * 60_000 : 0
    if (!protectionEnabled && task.service) fleet.touch(task.service)
  }
  return { protectedTasks: tasks.map(task => viewProtection(task, now)), failures }
}

const getProtection = (fleet: Fleet, input: GetTaskProtectionRequest, call: Call) => {
  const { cluster, tasks, failures } = protectable(fleet, call, {
    cluster: input.cluster,
    given: input.tasks ?? [],
    most: 100,
  })
  const now = fleet.clock.now()
  const requested = input.tasks?.length ? tasks : fleet.tasksIn(cluster).filter(task => isProtected(task, now))
  return { protectedTasks: requested.map(task => viewProtection(task, now)), failures }
}

export const taskOperations = (fleet: Fleet) =>
  ({
    DescribeTasks: (input: DescribeTasksRequest, call) => describeTasks(fleet, input, call),
    ListTasks: (input: ListTasksRequest, call) => listTasks(fleet, input, call),
    RunTask: (input: RunTaskRequest, call) => runTask(fleet, input, call),
    StopTask: (input: StopTaskRequest, call) => stopTask(fleet, input, call),
    UpdateTaskProtection: (input: UpdateTaskProtectionRequest, call) => updateProtection(fleet, input, call),
    GetTaskProtection: (input: GetTaskProtectionRequest, call) => getProtection(fleet, input, call),
  }) satisfies Record<string, Operation>
