// Whether a command can run in a container, before anybody is asked: each thing that is in its way, with its mend.
// Source: ECS developer guide, ECS Exec, considerations; AWS's exec checker.
import type { ExecContainer, ExecTask, Hindrance } from './site.ts'
import { deniedRights, type TaskRole } from './task-role.ts'

/** Fargate's platform for Linux and for Windows; versions are numbers and dots. */
const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version, than].map(text => text.split('.').map(Number))
  for (const [at, part] of (b ?? []).entries()) if ((a?.[at] ?? 0) !== part) return (a?.[at] ?? 0) < part
  return false
}

/** `role`: not there where the task has none. */
export const hindrances = (task: ExecTask, container: ExecContainer, role?: TaskRole): readonly Hindrance[] => [
  ...(task.status === 'RUNNING' && container.status === 'RUNNING'
    ? []
    : [
        {
          what: `the container is ${(container.status || task.status || 'gone').toLowerCase()}`,
          fix: 'wait until it runs',
        },
      ]),
  ...(task.isEnabled
    ? agentHindrances(task, container)
    : [
        {
          what: 'ECS Exec was off when this task was started',
          fix: 'switch it on for the service; that replaces every task',
          isOff: true as const,
        },
      ]),
  ...(role === undefined ? [] : deniedRights(role)),
  ...(container.isRootReadOnly
    ? [
        {
          what: 'its root file system is read-only, and the agent has to write there',
          fix: 'AWS does not support both: register a revision without `readonlyRootFilesystem`',
        },
      ]
    : []),
  ...(task.platform !== undefined && isOlder(task.platform, task.isWindows ? '1.0.0' : '1.4.0')
    ? [{ what: `Fargate’s platform ${task.platform} is too old`, fix: 'deploy on `LATEST`' }]
    : []),
]

const agentHindrances = (task: ExecTask, { agent, awsKeys }: ExecContainer): readonly Hindrance[] => {
  if (agent?.status === 'RUNNING' && task.isConnected) return []
  const why = agent?.reason === undefined ? '' : ` (${agent.reason.slice(0, 200)})`
  const keys =
    awsKeys.length === 0
      ? ''
      : ` Its environment has \`${awsKeys.join('`, `')}\`, which the agent uses in place of the task’s role.`
  return [
    agent?.status === 'PENDING'
      ? { what: 'the agent has not started yet', fix: 'try again in half a minute' }
      : {
          what: `the agent does not run${why}`,
          fix: `it needs the task role’s rights to ssmmessages, and a way to its endpoint; then a new task.${keys}`,
        },
  ]
}

/** A shell has the rights of the task: whoever runs one can take its credentials. */
export const sharedProcesses = ({ pidMode, containers }: ExecTask): string | undefined =>
  pidMode === 'task' && containers.length > 1
    ? 'All its containers share their processes: ECS Exec works in one of them at a time.'
    : undefined
