// Converts running and stopped ECS tasks to the model.
import type { Task } from '@aws-sdk/client-ecs'
import type { StoppedTask } from '../../../model/ecs.ts'
import type { RunningTask } from '../../../model/service-detail.ts'

/** The time as ISO 8601; `''` if AWS returned no time. */
export const iso = (at: Date | undefined): string =>
  at === undefined || Number.isNaN(at.getTime()) ? '' : at.toISOString()
export const shortName = (arn = ''): string => arn.split('/').at(-1) ?? ''

export const readTask = (task: Task): RunningTask => ({
  id: shortName(task.taskArn),
  status: task.lastStatus ?? '',
  health: task.healthStatus ?? 'UNKNOWN',
  zone: task.availabilityZone ?? '',
  capacity: task.capacityProviderName || task.launchType || 'unknown',
  launchType: task.launchType ?? '',
  ...(task.containerInstanceArn !== undefined && { host: task.containerInstanceArn }),
  needs: { cpu: needOf(task, 'cpu'), memory: needOf(task, 'memory') },
  taskDefinition: shortName(task.taskDefinitionArn),
  isExecEnabled: task.enableExecuteCommand === true,
  isExecReady: isExecReady(task),
  containers: (task.containers ?? []).map(({ name = '', image = '', imageDigest, healthStatus = 'UNKNOWN' }) => ({
    name,
    image,
    health: healthStatus,
    ...(imageDigest && { digest: imageDigest }),
  })),
  createdAt: iso(task.createdAt),
  ...(task.startedBy !== undefined && { deployment: task.startedBy }),
  ...pullOf(task),
  ...(task.startedAt !== undefined && { startedAt: iso(task.startedAt) }),
})

/** The CPU or memory of a task. If a task on EC2 has none, the sum of its containers. */
const needOf = (task: Task, resource: 'cpu' | 'memory'): number =>
  Number(task[resource] ?? 0) ||
  (task.containers ?? []).reduce((all, container) => all + Number(container[resource] ?? 0), 0)

/**
 * Whether ECS Exec is ready: the task is connected, and the agent of at least one container is running (ECS developer
 * guide, ECS Exec).
 */
const isExecReady = ({ enableExecuteCommand, lastStatus, connectivity, containers = [] }: Task): boolean =>
  enableExecuteCommand === true &&
  lastStatus === 'RUNNING' &&
  connectivity === 'CONNECTED' &&
  containers.some(({ managedAgents = [] }) =>
    managedAgents.some(agent => agent.name === 'ExecuteCommandAgent' && agent.lastStatus === 'RUNNING'),
  )

const pullOf = ({ pullStartedAt, pullStoppedAt }: Task): Pick<StoppedTask, 'pull'> =>
  pullStartedAt === undefined || pullStoppedAt === undefined
    ? {}
    : { pull: { from: iso(pullStartedAt), until: iso(pullStoppedAt) } }

export const readStopped = (task: Task): StoppedTask => ({
  id: shortName(task.taskArn),
  createdAt: iso(task.createdAt),
  stoppedAt: iso(task.stoppedAt),
  stopCode: task.stopCode ?? '',
  reason: task.stoppedReason ?? '',
  containers: (task.containers ?? []).map(({ name = '', exitCode, reason }) => ({
    name,
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason }),
  })),
  taskDefinition: shortName(task.taskDefinitionArn),
  capacity: task.capacityProviderName ?? task.launchType ?? '',
  zone: task.availabilityZone ?? '',
  ...(task.startedBy !== undefined && { deployment: task.startedBy }),
  ...(task.startedAt !== undefined && { startedAt: iso(task.startedAt) }),
  ...pullOf(task),
})
