// The operations on task definitions and their revisions.

import type {
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
  TaskDefinition as TaskDefinitionView,
} from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import type { TaskDefinition } from '../../../world/state.ts'
import { date } from '../../../world/task-view.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { clientError } from './errors.ts'
import { findTaskDefinition, siteOf } from './find.ts'
import { pageOf } from './page.ts'
import { checkTaskDefinition, unitsOf } from './task-definition-rules.ts'
import { viewTags } from './views.ts'

const viewTaskDefinition = (definition: TaskDefinition): TaskDefinitionView => {
  const { tags: _, ...input } = definition.input
  return {
    volumes: [],
    placementConstraints: [],
    ...input,
    taskDefinitionArn: definition.arn,
    revision: definition.revision,
    status: definition.status,
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    compatibilities: input.networkMode === 'awsvpc' ? ['EC2', 'FARGATE'] : ['EC2'],
    registeredAt: date(definition.registeredAt),
    registeredBy: definition.registeredBy,
    deregisteredAt: date(definition.deregisteredAt),
  }
}

/** A task definition as ECS stores it, with explicit defaults. */
const normal = (input: RegisterTaskDefinitionRequest): RegisterTaskDefinitionRequest => ({
  ...input,
  ...(input.cpu !== undefined && { cpu: String(unitsOf(input.cpu)) }),
  ...(input.memory !== undefined && { memory: String(unitsOf(input.memory)) }),
  containerDefinitions: input.containerDefinitions?.map(container => ({
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: (container.portMappings ?? []).map(mapping => ({
      protocol: 'tcp' as const,
      ...(input.networkMode === 'awsvpc' && { hostPort: mapping.containerPort }),
      ...mapping,
    })),
  })),
})

const register = (fleet: Fleet, input: RegisterTaskDefinitionRequest, call: Call) => {
  checkTaskDefinition(input)
  const definition = fleet.registerTaskDefinition(siteOf(fleet, call), normal(input), call.caller.arn)
  return { taskDefinition: viewTaskDefinition(definition), ...(input.tags && { tags: input.tags }) }
}

const describe = (fleet: Fleet, input: DescribeTaskDefinitionRequest, call: Call) => {
  const definition = findTaskDefinition(siteOf(fleet, call), input.taskDefinition ?? '')
  if (!definition) throw clientError('Unable to describe task definition.')
  return {
    taskDefinition: viewTaskDefinition(definition),
    ...(input.include?.includes('TAGS') && { tags: viewTags(definition.tags) }),
  }
}

const deregister = (fleet: Fleet, input: DeregisterTaskDefinitionRequest, call: Call) => {
  const given = input.taskDefinition ?? ''
  if (!/:\d+$/.test(given)) throw clientError('Missing revision.')
  const definition = findTaskDefinition(siteOf(fleet, call), given)
  if (!definition) throw clientError('The specified task definition does not exist.')
  if (definition.status === 'INACTIVE') throw clientError('The specified task definition is not active.')
  definition.status = 'INACTIVE'
  definition.deregisteredAt = fleet.clock.now()
  return { taskDefinition: viewTaskDefinition(definition) }
}

const list = (fleet: Fleet, input: ListTaskDefinitionsRequest, call: Call) => {
  const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input
  const families = [...siteOf(fleet, call).taskDefinitions].sort(([a], [b]) => (a < b ? -1 : 1))
  const ascending = families
    .filter(([family]) => familyPrefix === undefined || family === familyPrefix)
    .flatMap(([, definitions]) => definitions)
    .filter(definition => definition.status === status)
  const sorted = sort === 'DESC' ? ascending.reverse() : ascending
  const { page, ...next } = pageOf(sorted, ({ arn }) => arn, input, { usual: 100, most: 100 })
  return { taskDefinitionArns: page.map(({ arn }) => arn), ...next }
}

export const taskDefinitionOperations = (fleet: Fleet) =>
  ({
    RegisterTaskDefinition: (input: RegisterTaskDefinitionRequest, call) => register(fleet, input, call),
    DescribeTaskDefinition: (input: DescribeTaskDefinitionRequest, call) => describe(fleet, input, call),
    DeregisterTaskDefinition: (input: DeregisterTaskDefinitionRequest, call) => deregister(fleet, input, call),
    ListTaskDefinitions: (input: ListTaskDefinitionsRequest, call) => list(fleet, input, call),
  }) satisfies Record<string, Operation>
