// Converts clusters, services and deployments to the format of the API.

import type {
  Cluster as ClusterView,
  Deployment as DeploymentView,
  ServiceRevision,
  Service as ServiceView,
  Tag,
} from '@aws-sdk/client-ecs'
import { wantedOf } from '../../../world/bounds.ts'
import {
  type Cluster,
  type Deployment,
  isAlive,
  isPending,
  isRunning,
  type Revision,
  type Service,
  type Spec,
  type Tags,
  type Task,
  tasksOf,
} from '../../../world/state.ts'
import { date, digestOf } from '../../../world/task-view.ts'

export const viewTags = (tags: Tags): Tag[] => Object.entries(tags).map(([key, value]) => ({ key, value }))

export const tagsFrom = (tags: readonly Tag[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]))

const count = (tasks: Iterable<Task>, is: (task: Task) => boolean) => [...tasks].filter(is).length

export const viewCluster = (cluster: Cluster, now: number, include: readonly string[] = []): ClusterView => {
  const tasks = [...cluster.tasks.values()]
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: cluster.hosts.length,
    runningTasksCount: count(tasks, isRunning),
    pendingTasksCount: count(tasks, isPending),
    activeServicesCount: [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE').length,
    statistics: [],
    tags: include.includes('TAGS') ? viewTags(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    ...(include.includes('CONFIGURATIONS') && cluster.configuration && { configuration: cluster.configuration }),
    ...(include.includes('ATTACHMENTS') && {
      attachments: [],
      attachmentsStatus: (cluster.attachingUntil ?? 0) > now ? 'UPDATE_IN_PROGRESS' : 'UPDATE_COMPLETE',
    }),
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  }
}

const isFargate = ({ taskDefinition }: Spec) =>
  taskDefinition.input.requiresCompatibilities?.includes('FARGATE') ?? false

const placementOf = (spec: Spec) => ({
  ...(spec.launchType && { launchType: spec.launchType }),
  ...(spec.capacityProviderStrategy.length > 0 && { capacityProviderStrategy: [...spec.capacityProviderStrategy] }),
  ...(isFargate(spec) && { platformFamily: 'Linux' }),
  ...(spec.networkConfiguration && { networkConfiguration: spec.networkConfiguration }),
})

const connectOf = ({ serviceConnect }: Spec) => serviceConnect && { serviceConnectConfiguration: serviceConnect }

const latticeOf = ({ lattice }: Spec) => lattice && { vpcLatticeConfigurations: [...lattice] }

/**
 * Whether a service is behind a Classic Load Balancer. Such a service has no rollout state (ECS API reference,
 * Deployment).
 */
const isBehindClassic = ({ loadBalancers }: Spec) =>
  loadBalancers.some(({ loadBalancerName }) => loadBalancerName !== undefined)

const viewDeployment = (service: Service, deployment: Deployment): DeploymentView => {
  const tasks = tasksOf(service, deployment)
  const { spec } = deployment.revision
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: spec.taskDefinition.arn,
    desiredCount: deployment.status === 'PRIMARY' ? wantedOf(service) : count(tasks, isAlive),
    pendingCount: count(tasks, isPending),
    runningCount: count(tasks, isRunning),
    failedTasks: deployment.failedTasks,
    createdAt: date(deployment.createdAt),
    updatedAt: date(deployment.updatedAt),
    ...placementOf(spec),
    ...(isFargate(spec) && { platformVersion: '1.4.0' }),
    ...connectOf(spec),
    ...latticeOf(spec),
    ...(service.deploymentController === 'ECS' &&
      !isBehindClassic(spec) && {
        rolloutState: deployment.rolloutState,
        rolloutStateReason: deployment.rolloutStateReason,
      }),
  }
}

export const viewService = (service: Service, include: readonly string[] = []): ServiceView => {
  const spec = service.deployments[0]?.revision.spec ?? service.lastCompleted?.revision.spec
  const revisions = service.deployments.map(({ revision }) => revision)
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: [...(spec?.loadBalancers ?? [])],
    serviceRegistries: [...(spec?.serviceRegistries ?? [])],
    status: service.status,
    desiredCount: wantedOf(service),
    runningCount: count(service.tasks, isRunning),
    pendingCount: count(service.tasks, isPending),
    ...(spec && placementOf(spec)),
    // An Express service itself has no task definition; its deployments have one (seen by ecspresso).
    ...(spec && !service.express && { taskDefinition: spec.taskDefinition.arn }),
    resourceManagementType: service.express ? 'ECS' : 'CUSTOMER',
    ...(spec?.platformVersion !== undefined && { platformVersion: spec.platformVersion }),
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: service.deployments.map(deployment => viewDeployment(service, deployment)),
    events: service.events.map(({ id, at, message }) => ({ id, createdAt: new Date(at), message })),
    createdAt: date(service.createdAt),
    createdBy: service.createdBy,
    currentServiceDeployment: service.deployments[0]?.record.arn,
    currentServiceRevisions: revisions.map(({ arn }, index) => {
      const tasks = [...service.tasks].filter(task => task.revision?.arn === arn)
      return {
        arn,
        requestedTaskCount: index === 0 ? wantedOf(service) : count(tasks, isAlive),
        runningTaskCount: count(tasks, isRunning),
        pendingTaskCount: count(tasks, isPending),
      }
    }),
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: { type: service.deploymentController },
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    propagateTags: 'NONE',
    availabilityZoneRebalancing: 'DISABLED',
    placementConstraints: [],
    placementStrategy: [],
    ...service.settings,
    ...(include.includes('TAGS') && { tags: viewTags(service.tags) }),
  } as ServiceView
}

export const viewRevision = ({ arn, service, spec, createdAt }: Revision): ServiceRevision => ({
  serviceRevisionArn: arn,
  serviceArn: service.arn,
  clusterArn: service.cluster.arn,
  taskDefinition: spec.taskDefinition.arn,
  ...placementOf(spec),
  ...(isFargate(spec) && { platformVersion: '1.4.0' }),
  ...connectOf(spec),
  ...latticeOf(spec),
  loadBalancers: [...spec.loadBalancers],
  serviceRegistries: [...spec.serviceRegistries],
  containerImages: (spec.taskDefinition.input.containerDefinitions ?? []).map(({ name, image }) => ({
    containerName: name,
    image,
    imageDigest: digestOf(image ?? ''),
  })),
  guardDutyEnabled: false,
  createdAt: date(createdAt),
})
