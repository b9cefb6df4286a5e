// The permissions that changes of capacity providers need, and that RunTask needs. Source: service authorization
// reference, Amazon ECS.

import type {
  CreateCapacityProviderRequest,
  DeleteCapacityProviderRequest,
  RunTaskRequest,
  UpdateCapacityProviderRequest,
} from '@aws-sdk/client-ecs'
import type { Context } from './context.ts'
import { checkOf, requestTags, tagOnCreate } from './ecs-checks.ts'
import { passRole, passTaskRoles, serviceKeys } from './ecs-service-keys.ts'
import type { Things } from './ecs-things.ts'
import type { Check } from './evaluate.ts'

/**
 * The permissions that a change of a capacity provider needs. ECS manages Managed Instances with a role that the caller
 * passes. The role of the instance profile is not checked.
 */
const changeProvider = (
  { name = '', managedInstancesProvider }: CreateCapacityProviderRequest | UpdateCapacityProviderRequest,
  things: Things,
  more: Context = {},
): readonly Check[] => {
  const { propagateTags, instanceLaunchTemplate, infrastructureRoleArn } = managedInstancesProvider ?? {}
  const metadata = instanceLaunchTemplate?.instanceMetadataTagsPropagation
  const keys = {
    ...(propagateTags !== undefined && { 'ecs:propagate-tags': propagateTags }),
    ...(metadata !== undefined && { 'ecs:instance-metadata-tags-propagation': String(metadata) }),
    ...more,
  }
  return [
    checkOf(things, things.capacityProvider(name), keys),
    ...passRole(infrastructureRoleArn, 'ecs.amazonaws.com', things),
  ]
}

export const createProvider = (input: CreateCapacityProviderRequest, things: Things) => [
  ...changeProvider(input, things, requestTags(input.tags)),
  ...tagOnCreate(things, things.capacityProvider(input.name ?? ''), input.tags),
]

export const updateProvider = (input: UpdateCapacityProviderRequest, things: Things) => changeProvider(input, things)

export const deleteProvider = ({ capacityProvider = '' }: DeleteCapacityProviderRequest, things: Things) => [
  checkOf(things, things.capacityProvider(capacityProvider)),
]

/** The condition keys of CreateService that also exist for RunTask. */
const RUN_KEYS = [
  'ecs:task-cpu',
  'ecs:task-memory',
  'ecs:capacity-provider',
  'ecs:enable-execute-command',
  'ecs:enable-ebs-volumes',
]

export const runTask = (input: RunTaskRequest, things: Things) => {
  const { taskDefinition = '', tags } = input
  const definition = things.definition(taskDefinition)
  const keys = serviceKeys({ ...input, service: undefined, serviceName: undefined } as never, things)
  return [
    checkOf(things, things.any(definition?.arn ?? things.arnAt('task-definition', taskDefinition)), {
      'ecs:cluster': things.clusterArn,
      ...Object.fromEntries(Object.entries(keys).filter(([key]) => RUN_KEYS.includes(key))),
      ...requestTags(tags),
    }),
    ...passTaskRoles(definition?.input ?? {}, things),
    ...tagOnCreate(things, things.task('*'), tags),
  ]
}
