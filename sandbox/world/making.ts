// Creates clusters, revisions of task definitions, services, and the tasks of services.

import type { LaunchType, RegisterTaskDefinitionRequest, SchedulingStrategy } from '@aws-sdk/client-ecs'
import { wantedOf } from './bounds.ts'
import { addServiceEvent, type Context, type Site } from './context.ts'
import { beginDeployment, countsOf } from './deployments.ts'
import { makeHosts } from './hosts.ts'
import type { Place } from './place.ts'
import { countLaunch, type Placement, placementFor } from './placement.ts'
import { fargateProviders } from './providers.ts'
import type { Cluster, Deployment, Express, Revision, Service, Spec, Tags, Task, TaskDefinition } from './state.ts'

export const siteAt = ({ sites }: Context, { account, region }: Place): Site => {
  const key = `${account}/${region}`
  const known = sites.get(key) ?? {
    account,
    region,
    clusters: new Map(),
    taskDefinitions: new Map(),
    capacityProviders: fargateProviders({ account, region }),
  }
  sites.set(key, known)
  return known
}

export type NewCluster = Partial<
  Pick<Cluster, 'settings' | 'configuration' | 'tags' | 'capacityProviders' | 'defaultStrategy'>
> & { readonly instances?: number }

export const createCluster = (
  context: Context,
  place: Place,
  name: string,
  { instances = 0, ...more }: NewCluster = {},
): Cluster => {
  const { account, region } = place
  const cluster: Cluster = {
    arn: `arn:aws:ecs:${region}:${account}:cluster/${name}`,
    name,
    account,
    region,
    status: 'ACTIVE',
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    tags: {},
    capacityProviders: [],
    defaultStrategy: [],
    hosts: makeHosts(place, name, instances, context.clock.now()),
    services: new Map(),
    tasks: new Map(),
    ...more,
  }
  siteAt(context, place).clusters.set(name, cluster)
  return cluster
}

/** Registers the next revision of a task definition's family. */
export const registerTaskDefinition = (
  context: Context,
  { account, region }: Place,
  input: RegisterTaskDefinitionRequest,
  registeredBy: string,
): TaskDefinition => {
  const { taskDefinitions } = siteAt(context, { account, region })
  const family = input.family ?? ''
  const before = taskDefinitions.get(family) ?? []
  const revision = (before.at(-1)?.revision ?? 0) + 1
  const definition: TaskDefinition = {
    arn: `arn:aws:ecs:${region}:${account}:task-definition/${family}:${revision}`,
    family,
    revision,
    account,
    region,
    status: 'ACTIVE',
    registeredAt: context.clock.now(),
    registeredBy,
    input,
    tags: Object.fromEntries((input.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
  }
  taskDefinitions.set(family, [...before, definition])
  return definition
}

/**
 * The tags of a new task: the tags that ECS sets, and the tags that the service propagates. Later changes of the service's
 * tags do not change running tasks (ECS developer guide, tagging).
 */
const propagatedTags = ({ name, cluster, settings, tags }: Service, { spec }: Revision): Tags => ({
  ...(settings.enableECSManagedTags && { 'aws:ecs:clusterName': cluster.name, 'aws:ecs:serviceName': name }),
  ...(settings.propagateTags === 'SERVICE' && withoutReserved(tags)),
  ...(settings.propagateTags === 'TASK_DEFINITION' && withoutReserved(spec.taskDefinition.tags)),
})

const withoutReserved = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')))

export const createServiceTask = (
  { clock, random }: Context,
  service: Service,
  { revision, id: startedBy }: Deployment,
  { isForBase: _, ...placement }: Placement,
): Task => {
  const { cluster } = service
  const id = random.hex(32)
  const task: Task = {
    ...placement,
    id,
    arn: `arn:aws:ecs:${cluster.region}:${cluster.account}:task/${cluster.name}/${id}`,
    cluster,
    service,
    revision,
    deploymentId: startedBy,
    startedBy,
    definition: revision.spec.taskDefinition,
    executeCommand: service.settings.enableExecuteCommand ?? false,
    tags: propagatedTags(service, revision),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    health: 'UNKNOWN',
    isDoomed: false,
    createdAt: clock.now(),
    version: 0,
  }
  cluster.tasks.set(id, task)
  service.tasks.add(task)
  return task
}

export type NewService = Pick<Service, 'name' | 'createdBy' | 'desired'> & {
  readonly spec: Spec
  readonly schedulingStrategy?: SchedulingStrategy
  readonly deploymentController?: Service['deploymentController']
  readonly originalLaunchType?: LaunchType
  readonly deploymentConfiguration?: Service['deploymentConfiguration']
  readonly settings?: Service['settings']
  readonly tags?: Tags
  readonly express?: Express
  /** Whether the tasks of the new service already run. */
  readonly isSettled?: boolean
  /** The age of the service in days; used only with `isSettled`. */
  readonly age?: number
}

export const createService = (context: Context, cluster: Cluster, input: NewService): Service => {
  const { spec, isSettled, age = 0, ...own } = input
  const now = context.clock.now()
  const service: Service = {
    schedulingStrategy: 'REPLICA',
    deploymentController: 'ECS',
    deploymentConfiguration: {},
    settings: {},
    tags: {},
    ...own,
    arn: `arn:aws:ecs:${cluster.region}:${cluster.account}:service/${cluster.name}/${input.name}`,
    cluster,
    createdAt: now - age * 86_400_000,
    status: 'ACTIVE',
    deployments: [],
    events: [],
    tasks: new Set(),
    scheduler: { dueAt: 0, isSteady: false, failures: 0, notBefore: 0, tokens: 10, countedAt: now },
  }
  cluster.services.set(input.name, service)
  const deployment = beginDeployment(context, service, spec)
  if (isSettled) settleAtOnce(context, service, deployment)
  return service
}

/** Returns the placement of the next task, and counts this placement as a launch. */
const nextPlacement = (context: Context, service: Service, deployment: Deployment): Placement => {
  const placement = placementFor(siteAt(context, service.cluster).capacityProviders, service, deployment)
  countLaunch(deployment.launches, placement)
  return placement
}

/** Gives a service the steady state that the service would have reached since its creation. */
const settleAtOnce = (context: Context, service: Service, deployment: Deployment) => {
  const since = service.createdAt
  for (let n = wantedOf(service); n > 0; n -= 1) {
    const task = createServiceTask(context, service, deployment, nextPlacement(context, service, deployment))
    const times = { createdAt: since, pullStartedAt: since, pullStoppedAt: since, startedAt: since }
    Object.assign(task, times, { lastStatus: 'RUNNING', health: 'HEALTHY', version: 5 })
  }
  const rolloutStateReason = `ECS deployment ${deployment.id} completed.`
  Object.assign(deployment, { createdAt: since, updatedAt: since, rolloutState: 'COMPLETED', rolloutStateReason })
  Object.assign(deployment.revision, { createdAt: since })
  const { record } = deployment
  Object.assign(record, { status: 'SUCCESSFUL', createdAt: since, startedAt: since, updatedAt: since })
  record.finishedAt = since
  record.final = countsOf(record)
  service.lastCompleted = { revision: deployment.revision, deploymentId: deployment.id }
  service.scheduler.isSteady = true
  addServiceEvent(context, service, 'has reached a steady state.')
}
