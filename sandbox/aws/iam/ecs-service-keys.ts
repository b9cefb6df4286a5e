// The condition keys and passed roles of CreateService and UpdateService. A condition key is present only if the request
// contains the field that the key describes. Sources: service authorization reference, Amazon ECS; ECS developer guide,
// IAM roles.

import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Context, ContextValue } from './context.ts'
import type { Things } from './ecs-things.ts'
import type { Check } from './evaluate.ts'

type Request = CreateServiceRequest & UpdateServiceRequest

const written = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : String(value))

const arnOnly = (name: string | undefined): string | undefined => (name?.startsWith('arn:') ? name : undefined)

/**
 * Functions that read the condition keys from a request. An empty list of providers gives a key without values. IAM treats
 * such a key as absent, as if the request named no providers.
 */
const readers: Readonly<Record<string, (request: Request, things: Things) => ContextValue | undefined>> = {
  'ecs:task-definition': ({ taskDefinition }, { definition, arnAt }) =>
    taskDefinition === undefined
      ? undefined
      : (definition(taskDefinition)?.arn ?? arnAt('task-definition', taskDefinition)),
  'ecs:task-cpu': ({ taskDefinition }, { definition }) =>
    taskDefinition === undefined ? undefined : definition(taskDefinition)?.input.cpu,
  'ecs:task-memory': ({ taskDefinition }, { definition }) =>
    taskDefinition === undefined ? undefined : definition(taskDefinition)?.input.memory,
  'ecs:capacity-provider': ({ capacityProviderStrategy }, { arnAt }) =>
    capacityProviderStrategy?.map(({ capacityProvider = '' }) => arnAt('capacity-provider', capacityProvider)),
  'ecs:enable-execute-command': ({ enableExecuteCommand }) => written(enableExecuteCommand),
  'ecs:enable-ecs-managed-tags': ({ enableECSManagedTags }) => written(enableECSManagedTags),
  'ecs:propagate-tags': ({ propagateTags }) => propagateTags,
  'ecs:subnet': ({ networkConfiguration }) => networkConfiguration?.awsvpcConfiguration?.subnets,
  'ecs:auto-assign-public-ip': ({ networkConfiguration }) => {
    const assign = networkConfiguration?.awsvpcConfiguration?.assignPublicIp
    return written(assign === undefined ? undefined : assign === 'ENABLED')
  },
  'ecs:enable-service-connect': ({ serviceConnectConfiguration }) => written(serviceConnectConfiguration?.enabled),
  'ecs:namespace': ({ serviceConnectConfiguration }) => arnOnly(serviceConnectConfiguration?.namespace),
  'ecs:enable-ebs-volumes': ({ volumeConfigurations }) =>
    volumeConfigurations && written(volumeConfigurations.length > 0),
  'ecs:enable-vpc-lattice': ({ vpcLatticeConfigurations }) =>
    vpcLatticeConfigurations && written(vpcLatticeConfigurations.length > 0),
}

export const serviceKeys = (request: Request, things: Things): Context =>
  Object.fromEntries(
    Object.entries(readers).flatMap(([key, read]) => {
      const value = read(request, things)
      return value === undefined ? [] : [[key, value]]
    }),
  )

export type PassedTo = 'ecs-tasks.amazonaws.com' | 'ecs.amazonaws.com'

export const passRole = (role: string | undefined, to: PassedTo, { roleArn }: Things): readonly Check[] =>
  role === undefined || role === ''
    ? []
    : [{ action: 'iam:PassRole', resource: roleArn(role), context: { 'iam:PassedToService': to } }]

type Roles = { readonly taskRoleArn?: string | undefined; readonly executionRoleArn?: string | undefined }

export const passTaskRoles = ({ taskRoleArn, executionRoleArn }: Roles, things: Things): readonly Check[] =>
  [...new Set([taskRoleArn, executionRoleArn])].flatMap(role => passRole(role, 'ecs-tasks.amazonaws.com', things))

const infrastructureRoles = (request: Request): readonly (string | undefined)[] => [
  ...(request.volumeConfigurations ?? []).map(({ managedEBSVolume }) => managedEBSVolume?.roleArn),
  ...(request.vpcLatticeConfigurations ?? []).map(({ roleArn }) => roleArn),
  ...(request.loadBalancers ?? []).map(({ advancedConfiguration }) => advancedConfiguration?.roleArn),
  ...(request.deploymentConfiguration?.lifecycleHooks ?? []).map(({ roleArn }) => roleArn),
]

/**
 * The checks for iam:PassRole. No role is passed if the request has neither a task definition nor an infrastructure
 * role, for example if only the count changes.
 */
export const servicePassRoles = (request: Request, things: Things): readonly Check[] => {
  const { taskDefinition } = request
  const definition = taskDefinition === undefined ? undefined : things.definition(taskDefinition)
  return [
    ...passTaskRoles(definition?.input ?? {}, things),
    ...[...new Set(infrastructureRoles(request))].flatMap(role => passRole(role, 'ecs.amazonaws.com', things)),
  ]
}
