// Tasks, from ECS's shape to ours: those that run, and those that stopped.
import type { Task } from '@aws-sdk/client-ecs'
import type { RunningTask } from '../service-state.ts'
import { iso, shortName } from './ecs.ts'

export const readTask = (task: Task): RunningTask => ({
  id: shortName(task.taskArn),
  status: task.lastStatus ?? '',
  health: task.healthStatus ?? 'UNKNOWN',
  zone: task.availabilityZone ?? '',
  capacity: task.capacityProviderName ?? task.launchType ?? 'unknown',
  taskDefinition: shortName(task.taskDefinitionArn),
  isExecEnabled: task.enableExecuteCommand === true,
  isExecReady: isExecReady(task),
  containers: (task.containers ?? []).map(({ name = '', image = '', imageDigest, healthStatus = 'UNKNOWN' }) => ({
    name,
    image,
    health: healthStatus,
    ...(imageDigest !== undefined && { digest: imageDigest }),
  })),
  createdAt: iso(task.createdAt),
  ...(task.pullStartedAt !== undefined &&
    task.pullStoppedAt !== undefined && { pull: { from: iso(task.pullStartedAt), until: iso(task.pullStoppedAt) } }),
  ...(task.startedAt !== undefined && { startedAt: iso(task.startedAt) }),
})

/** ECS developer guide, ECS Exec: the agent of at least one container runs, and the task is connected. */
const isExecReady = ({ enableExecuteCommand, lastStatus, connectivity, containers = [] }: Task): boolean =>
  enableExecuteCommand === true &&
  lastStatus === 'RUNNING' &&
  connectivity === 'CONNECTED' &&
  containers.some(({ managedAgents = [] }) =>
    managedAgents.some(agent => agent.name === 'ExecuteCommandAgent' && agent.lastStatus === 'RUNNING'),
  )
