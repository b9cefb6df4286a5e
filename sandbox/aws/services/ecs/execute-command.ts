// ExecuteCommand, and the errors before a session starts. Comments mark error texts that were seen in the field. The other
// texts are guesses.

import type { ExecuteCommandRequest } from '@aws-sdk/client-ecs'
import { type Container, containersOf } from '../../../ssm/container.ts'
import type { Exec } from '../../../ssm/exec.ts'
import type { Fleet } from '../../../world/fleet.ts'
import type { Task } from '../../../world/state.ts'
import { execAgentOf, viewTask } from '../../../world/task-view.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectCluster, findTask, siteOf } from './find.ts'

/** The text of this error was seen in the field. */
const NOT_ENABLED =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. Wait and try again or run a new task with execute command enabled and try again."

/** The error if the agent is not connected (text seen in the field), or if no session slot is free (a guess). */
const notConnected = () =>
  new AwsError('TargetNotConnectedException', 'The execute command failed due to an internal error. Try again later.')

const choose = (containers: readonly Container[], wanted: string | undefined): Container => {
  const [first, ...others] = containers
  if (wanted === undefined && others.length > 0)
    throw invalid('A container name must be specified when the task has more than one container.')
  const chosen = wanted === undefined ? first : containers.find(({ name }) => name === wanted)
  if (!chosen) throw invalid(`The container ${wanted ?? ''} was not found in the task.`)
  return chosen
}

const expectRunning = (task: Task | undefined): Task => {
  if (!task) throw invalid('The referenced task was not found.')
  if (!task.executeCommand) throw invalid(NOT_ENABLED)
  if (task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING')
    throw invalid('The execute command failed because the task is not running.')
  return task
}

const execute = (fleet: Fleet, exec: Exec, input: ExecuteCommandRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  // The text of this error was seen in the field.
  if (input.interactive !== true) throw invalid('Interactive is the only mode supported currently.')
  if (!input.command) throw invalid('Command cannot be empty.')
  const task = expectRunning(findTask(site, cluster, input.task ?? ''))
  const container = choose(containersOf(task), input.container)
  if (execAgentOf(task)?.lastStatus !== 'RUNNING') throw invalid(NOT_ENABLED)
  if (!exec.isConnected(container) || !exec.hasSlot(container)) throw notConnected()
  const session = exec.start(container, input.command, call.caller)
  const { containerArn } = viewTask(task).containers?.[container.index] ?? {}
  return {
    clusterArn: cluster.arn,
    containerArn,
    containerName: container.name,
    interactive: true,
    taskArn: task.arn,
    session: {
      sessionId: session.id,
      streamUrl: session.streamUrl,
      tokenValue: exec.sessions.issueToken(session),
    },
  }
}

export const executeOperations = (fleet: Fleet, exec: Exec) =>
  ({
    ExecuteCommand: (input: ExecuteCommandRequest, call) => execute(fleet, exec, input, call),
  }) satisfies Record<string, Operation>
