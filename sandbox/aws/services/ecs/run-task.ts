// RunTask. Overrides, volumes and placement rules are not simulated.

import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import { viewTask } from '../../../world/task-view.ts'
import type { Call } from '../../wire/service.ts'
import { specOf } from './create-service.ts'
import { invalid } from './errors.ts'
import { expectActiveTaskDefinition, expectCluster, siteOf } from './find.ts'
import { checkSpec } from './service-rules.ts'
import { tagsFrom } from './views.ts'

/** The most tasks of a request (ECS API reference, RunTask). */
const MOST = 10

const NOT_SIMULATED = ['overrides', 'volumeConfigurations', 'placementConstraints', 'placementStrategy'] as const

export const runTask = (fleet: Fleet, input: RunTaskRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  const { count = 1, startedBy, group, taskDefinition = '' } = input
  const unknown = NOT_SIMULATED.find(name => input[name] !== undefined)
  if (unknown !== undefined) throw new Error(`the sandbox does not simulate ${unknown} of RunTask`)
  // The text is a guess.
  if (count < 1 || count > MOST) throw invalid(`The count value must be between 1 and ${MOST}.`)
  const spec = specOf(input, site, cluster, expectActiveTaskDefinition(site, taskDefinition))
  checkSpec(spec, site.capacityProviders)
  const { tasks, failures } = fleet.runTasks(cluster, {
    spec,
    count,
    ...(startedBy !== undefined && { startedBy }),
    ...(group !== undefined && { group }),
    executeCommand: input.enableExecuteCommand ?? false,
    tags: tagsFrom(input.tags),
  })
  return { tasks: tasks.map(task => viewTask(task, ['TAGS'])), failures: failures.map(reason => ({ reason })) }
}
