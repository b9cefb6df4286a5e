// Pure: checks that ECS Exec works in a container before approval is requested. Each problem has a fix. Source: ECS
// developer guide, ECS Exec, considerations; AWS's exec checker.
import type { ExecContainer, ExecProblem, ExecTask } from './site.ts'
import { deniedRights, type TaskRole } from './task-role.ts'

/** Whether a platform version, such as 1.4.0, is older than another. */
const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version, than].map(text => text.split('.').map(Number))
  for (const [at, part] of (b ?? []).entries()) if ((a?.[at] ?? 0) !== part) return (a?.[at] ?? 0) < part
  return false
}

/** The problems that prevent ECS Exec in a container. `role`: absent if the task has none. */
export const problemsOf = (task: ExecTask, container: ExecContainer, role?: TaskRole): readonly ExecProblem[] => [
  ...(task.status === 'RUNNING' && container.status === 'RUNNING'
    ? []
    : [
        {
          what: `the container is ${(container.status || task.status || 'gone').toLowerCase()}`,
          fix: 'wait until it is running',
        },
      ]),
  ...(task.isEnabled
    ? agentProblems(task, container)
    : [
        {
          what: 'ECS Exec was off when this task started',
          fix: 'turn it on for the service, which replaces every task',
          isOff: true as const,
        },
      ]),
  ...(role === undefined ? [] : deniedRights(role)),
  ...(container.isRootReadOnly
    ? [
        {
          what: 'its root file system is read-only, but the agent must write to it',
          fix: 'register a revision without `readonlyRootFilesystem`; AWS does not support both',
        },
      ]
    : []),
  ...(task.platform !== undefined && isOlder(task.platform, task.isWindows ? '1.0.0' : '1.4.0')
    ? [{ what: `Fargate platform version ${task.platform} is too old`, fix: 'deploy on `LATEST`' }]
    : []),
]

const agentProblems = (task: ExecTask, { agent, awsKeys }: ExecContainer): readonly ExecProblem[] => {
  if (agent?.status === 'RUNNING' && task.isConnected) return []
  const why = agent?.reason === undefined ? '' : ` (${agent.reason.slice(0, 200)})`
  const keys =
    awsKeys.length === 0
      ? ''
      : ` Its environment has \`${awsKeys.join('`, `')}\`, which the agent uses instead of the task role.`
  return [
    agent?.status === 'PENDING'
      ? { what: 'the agent has not started yet', fix: 'try again in half a minute' }
      : {
          what: `the agent is not running${why}`,
          fix: `give the task role \`ssmmessages\` permissions and its network a route to that endpoint, then replace the task.${keys}`,
        },
  ]
}

/** The warning that all containers of a task share one process namespace. */
export const sharedProcesses = ({ pidMode, containers }: ExecTask): string | undefined =>
  pidMode === 'task' && containers.length > 1
    ? 'Its containers share a process namespace: ECS Exec works in one of them at a time.'
    : undefined
