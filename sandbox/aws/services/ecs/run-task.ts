// RunTask. Overrides are simulated only for the commands of containers. Volumes and placement rules are not simulated.

import type { RunTaskRequest, TaskOverride } from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import type { Started } from '../../../world/standalone.ts'
import type { Cluster, Task, TaskDefinition } from '../../../world/state.ts'
import { viewTask } from '../../../world/task-view.ts'
import { AwsError, type Call } from '../../wire/service.ts'
import { specOf } from './create-service.ts'
import { invalid } from './errors.ts'
import { expectActiveTaskDefinition, expectCluster, siteOf } from './find.ts'
import { checkSpec } from './service-rules.ts'
import { tagsFrom } from './views.ts'

/** The maximum number of tasks in a request (ECS API reference, RunTask). */
const MOST = 10
/** The maximum number of characters of all overrides as JSON (ECS API reference, RunTask). */
const MOST_OVERRIDES = 8_192

const NOT_SIMULATED = ['volumeConfigurations', 'placementConstraints', 'placementStrategy'] as const

/** A request that had a client token, and its result. ECS keeps a token for some hours; the sandbox keeps all tokens. */
type Told = { readonly request: string; readonly started: Started }
const told = new WeakMap<Cluster, Map<string, Told>>()

export const runTask = (fleet: Fleet, input: RunTaskRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  const { count = 1, startedBy, group, taskDefinition = '' } = input
  const unknown = NOT_SIMULATED.find(name => input[name] !== undefined)
  if (unknown !== undefined) throw new Error(`the sandbox does not simulate ${unknown} of RunTask`)
  // The text of this error is a guess.
  if (count < 1 || count > MOST) throw invalid(`The count value must be between 1 and ${MOST}.`)
  checkTexts(input)
  const definition = expectActiveTaskDefinition(site, taskDefinition)
  const commands = commandsIn(input.overrides, definition)
  const spec = specOf(input, site, cluster, definition)
  checkSpec(spec, site.capacityProviders)
  const started = once(cluster, input, () =>
    fleet.runTasks(cluster, {
      spec,
      count,
      ...(startedBy !== undefined && { startedBy }),
      ...(group !== undefined && { group }),
      ...(commands !== undefined && { commands }),
      executeCommand: input.enableExecuteCommand ?? false,
      tags: tagsFrom(input.tags),
    }),
  )
  const { tasks, failures } = started
  return { tasks: tasks.map(task => viewTask(task, ['TAGS'])), failures: failures.map(reason => ({ reason })) }
}

/** Checks the lengths and characters of texts, by the ECS API reference. The error texts are guesses. */
const checkTexts = ({ startedBy, clientToken, group, overrides }: RunTaskRequest): void => {
  if (startedBy !== undefined && !/^[A-Za-z0-9/_-]{1,128}$/.test(startedBy))
    throw invalid('startedBy can have up to 128 letters, numbers, hyphens, forward slashes and underscores.')
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken))
    throw invalid('clientToken can have up to 64 ASCII characters.')
  if (group?.startsWith('service:') === true) throw invalid('Task group cannot start with service:.')
  if (overrides !== undefined && JSON.stringify(overrides).length > MOST_OVERRIDES)
    throw invalid('Container Overrides length must be at most 8192.')
}

/** The commands of the overrides, by container name. Throws if a container is not in the task definition. */
const commandsIn = (overrides: TaskOverride | undefined, { input }: TaskDefinition): Task['commands'] => {
  if (overrides === undefined) return undefined
  const { containerOverrides = [], ...others } = overrides
  const known = new Set(['name', 'command'])
  const more = [...Object.keys(others), ...containerOverrides.flatMap(Object.keys).filter(key => !known.has(key))]
  if (more[0] !== undefined) throw new Error(`the sandbox does not simulate the override ${more[0]} of RunTask`)
  return Object.fromEntries(
    containerOverrides.map(({ name = '', command = [] }) => {
      if (!input.containerDefinitions?.some(one => one.name === name))
        throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`)
      return [name, command]
    }),
  )
}

/**
 * Starts tasks once for a client token. The same request with the same token returns the first result. Throws if another
 * request has the same token (ECS API reference, idempotency).
 */
const once = (cluster: Cluster, input: RunTaskRequest, start: () => Started): Started => {
  const { clientToken } = input
  if (clientToken === undefined) return start()
  const tokens = told.get(cluster) ?? new Map<string, Told>()
  told.set(cluster, tokens)
  const request = JSON.stringify(input)
  const before = tokens.get(clientToken)
  if (before !== undefined && before.request !== request)
    throw new AwsError('ConflictException', 'The client token was used with other parameters.')
  if (before !== undefined) return before.started
  const started = start()
  // If no task was started, the token is not stored, so the request can be sent again.
  if (started.tasks.length > 0) tokens.set(clientToken, { request, started })
  return started
}
