// The permissions that each Amazon ECS call needs. Sources: service authorization reference. For the implied checks, which
// no published data contains: ECS developer guide.

import type {
  CreateClusterRequest,
  CreateExpressGatewayServiceRequest,
  CreateServiceRequest,
  ExecuteCommandRequest,
  ListTasksRequest,
  PutClusterCapacityProvidersRequest,
  RegisterTaskDefinitionRequest,
  Tag,
  UntagResourceRequest,
  UpdateExpressGatewayServiceRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import type { Fleet } from '../../world/fleet.ts'
import { unitsOf } from '../services/ecs/task-definition-rules.ts'
import type { Call } from '../wire/service.ts'
import type { Context } from './context.ts'
import { createProvider, deleteProvider, runTask, updateProvider } from './ecs-capacity-requests.ts'
import { checkOf, requestTags, tagOnCreate } from './ecs-checks.ts'
import { passRole, passTaskRoles, serviceKeys, servicePassRoles } from './ecs-service-keys.ts'
import { type Thing, type Things, thingsOf } from './ecs-things.ts'
import type { Check } from './evaluate.ts'

type Row = (input: never, things: Things) => readonly Check[]

/** Creates one permission for each resource of a call, with the call's own action. */
const all =
  <Input>(find: (input: Input, things: Things) => readonly Thing[]) =>
  (input: Input, things: Things): readonly Check[] =>
    find(input, things).map(thing => checkOf(things, thing))

const providerKeys = (names: readonly string[] | undefined, { arnAt }: Things): Context =>
  names ? { 'ecs:capacity-provider': names.map(name => arnAt('capacity-provider', name)) } : {}

const onCluster = (_input: unknown, things: Things): readonly Check[] => [checkOf(things, things.cluster())]

const onNothing = (_input: unknown, things: Things): readonly Check[] => [checkOf(things, things.nothing)]

const onService = ({ service = '' }: { readonly service?: string }, things: Things): readonly Check[] => [
  checkOf(things, things.service(service)),
]

/**
 * The permissions that a call on an Express service needs. The service is identified by its ARN, which contains the
 * cluster.
 */
const onExpress = ({ serviceArn = '' }: { readonly serviceArn?: string | undefined }, things: Things) => [
  checkOf(things, things.any(serviceArn), { 'ecs:cluster': clusterOf(serviceArn) }),
]

const clusterOf = (serviceArn: string) => serviceArn.replace(/:service\/([^/]*).*$/, ':cluster/$1')

type Tasks = { readonly task?: string; readonly tasks?: readonly string[] }

/** The permissions that a call on tasks needs. A call that names no tasks needs permission for all tasks of the cluster. */
const onTasks = all(({ task, tasks = task === undefined ? ['*'] : [task] }: Tasks, things) => tasks.map(things.task))

type History = {
  readonly serviceDeploymentArn?: string
  readonly serviceDeploymentArns?: readonly string[]
  readonly serviceRevisionArns?: readonly string[]
}

const onHistory = all((input: History, { history }) =>
  [
    ...(input.serviceDeploymentArn === undefined ? [] : [input.serviceDeploymentArn]),
    ...(input.serviceDeploymentArns ?? []),
    ...(input.serviceRevisionArns ?? []),
  ].flatMap(history),
)

const onAny = (
  { resourceArn = '', tags, tagKeys: keys }: { resourceArn?: string; tags?: Tag[] } & Partial<UntagResourceRequest>,
  things: Things,
) => [
  checkOf(things, things.any(resourceArn), {
    ...(tags && requestTags(tags)),
    ...(keys && { 'aws:TagKeys': keys }),
  }),
]

/**
 * The permissions that ListTasks needs. The action's only resource type is a container instance. To list the tasks of a
 * cluster, the resource is `*` with the condition key `ecs:cluster` (seen in AWS's denials).
 */
const listTasks = ({ containerInstance }: ListTasksRequest, things: Things) => {
  const thing = containerInstance === undefined ? things.nothing : things.containerInstance(containerInstance)
  return [checkOf(things, thing, { 'ecs:cluster': things.clusterArn })]
}

const listServices = (_input: unknown, things: Things) => [
  checkOf(things, things.nothing, { 'ecs:cluster': things.clusterArn }),
]

const executeCommand = ({ task = '', container }: ExecuteCommandRequest, things: Things) => {
  const { arn, context } = things.task(task)
  const keys = {
    'ecs:cluster': things.clusterArn,
    'ecs:task': arn,
    ...(container !== undefined && { 'ecs:container-name': container }),
  }
  return [checkOf(things, things.cluster(), keys), checkOf(things, { arn, context }, keys)]
}

const putProviders = ({ capacityProviders }: PutClusterCapacityProvidersRequest, things: Things) => [
  checkOf(things, things.cluster(), providerKeys(capacityProviders, things)),
]

const createCluster = (input: CreateClusterRequest, things: Things) => {
  const cluster = things.cluster(input.clusterName ?? 'default')
  const keys = { ...requestTags(input.tags), ...providerKeys(input.capacityProviders, things) }
  return [checkOf(things, cluster, keys), ...tagOnCreate(things, cluster, input.tags)]
}

const createService = (input: CreateServiceRequest, things: Things) => {
  const service = things.service(input.serviceName ?? '')
  return [
    checkOf(things, service, { ...serviceKeys({ ...input, service: undefined }, things), ...requestTags(input.tags) }),
    ...servicePassRoles({ ...input, service: undefined }, things),
    ...tagOnCreate(things, service, input.tags),
  ]
}

const updateService = (input: UpdateServiceRequest, things: Things) => {
  const request = { ...input, serviceName: undefined }
  return [
    checkOf(things, things.service(input.service ?? ''), serviceKeys(request, things)),
    ...servicePassRoles(request, things),
  ]
}

const createExpress = (input: CreateExpressGatewayServiceRequest, things: Things) => {
  const service = things.service(input.serviceName ?? '*')
  return [
    checkOf(things, service, requestTags(input.tags)),
    ...passTaskRoles(input, things),
    ...passRole(input.infrastructureRoleArn, 'ecs.amazonaws.com', things),
    ...tagOnCreate(things, service, input.tags),
  ]
}

const units = (key: string, text: string | undefined): Context =>
  text === undefined ? {} : { [key]: String(unitsOf(text)) }

/** The image and the command of `primaryContainer` have no condition key. */
const updateExpress = (input: UpdateExpressGatewayServiceRequest, things: Things) => {
  const { serviceArn = '', taskDefinitionArn, networkConfiguration } = input
  const definition = serviceKeys({ service: '', serviceName: '', taskDefinition: taskDefinitionArn }, things)
  const keys = {
    'ecs:cluster': clusterOf(serviceArn),
    ...definition,
    ...units('ecs:task-cpu', input.cpu),
    ...units('ecs:task-memory', input.memory),
    ...(networkConfiguration?.subnets && { 'ecs:subnet': networkConfiguration.subnets }),
  }
  const roles = taskDefinitionArn === undefined ? undefined : things.definition(taskDefinitionArn)?.input
  return [
    checkOf(things, things.any(serviceArn), keys),
    ...passTaskRoles(input, things),
    ...passTaskRoles(roles ?? {}, things),
  ]
}

const registerTaskDefinition = (input: RegisterTaskDefinitionRequest, things: Things) => {
  const family = things.family(input.family ?? '')
  const keys = {
    ...requestTags(input.tags),
    'ecs:privileged': String((input.containerDefinitions ?? []).some(({ privileged }) => privileged === true)),
    'ecs:compute-compatibility': input.requiresCompatibilities ?? [],
    ...units('ecs:task-cpu', input.cpu),
    ...units('ecs:task-memory', input.memory),
  }
  return [checkOf(things, family, keys), ...passTaskRoles(input, things), ...tagOnCreate(things, family, input.tags)]
}

const rows: Readonly<Record<string, Row>> = {
  CreateCapacityProvider: createProvider,
  CreateCluster: createCluster,
  CreateExpressGatewayService: createExpress,
  CreateService: createService,
  DeleteCapacityProvider: deleteProvider,
  DeleteService: onService,
  DeregisterTaskDefinition: onNothing,
  DescribeCapacityProviders: all(({ capacityProviders = ['*'] }: { capacityProviders?: string[] }, things) =>
    capacityProviders.map(things.capacityProvider),
  ),
  DescribeClusters: all(({ clusters = ['default'] }: { clusters?: string[] }, things) => clusters.map(things.cluster)),
  DescribeContainerInstances: all(({ containerInstances = ['*'] }: { containerInstances?: string[] }, things) =>
    containerInstances.map(things.containerInstance),
  ),
  DescribeExpressGatewayService: onExpress,
  DescribeServiceDeployments: onHistory,
  DescribeServiceRevisions: onHistory,
  DescribeServices: all(({ services = [] }: { services?: string[] }, things) => services.map(things.service)),
  DescribeTaskDefinition: onNothing,
  DescribeTasks: onTasks,
  ExecuteCommand: executeCommand,
  GetTaskProtection: onTasks,
  ListClusters: onNothing,
  ListContainerInstances: onCluster,
  ListServiceDeployments: onService,
  ListServices: listServices,
  ListTagsForResource: onAny,
  ListTaskDefinitionFamilies: onNothing,
  ListTaskDefinitions: onNothing,
  ListTasks: listTasks,
  PutClusterCapacityProviders: putProviders,
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: runTask,
  StopServiceDeployment: onHistory,
  ContinueServiceDeployment: onHistory,
  StopTask: onTasks,
  TagResource: onAny,
  UntagResource: onAny,
  UpdateCapacityProvider: updateProvider,
  UpdateExpressGatewayService: updateExpress,
  UpdateService: updateService,
  UpdateTaskProtection: onTasks,
}

/** The permissions that a call needs; undefined if this file does not list its action. */
export const ecsChecks = (fleet: Fleet, call: Call): readonly Check[] | undefined =>
  Object.hasOwn(rows, call.action) ? rows[call.action]?.(call.input as never, thingsOf(fleet, call)) : undefined
