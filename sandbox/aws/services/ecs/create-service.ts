// CreateService: validates a request and creates the service.

import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import type { Cluster, Service, ServiceSettings, Spec, TaskDefinition } from '../../../world/state.ts'
import type { Call } from '../../wire/service.ts'
import { checkDeployments, checkTraffic } from './deployment-rules.ts'
import { invalid } from './errors.ts'
import { expectActiveTaskDefinition, expectCluster, siteOf } from './find.ts'
import { checkDeploymentConfiguration, checkDesired, checkSpec } from './service-rules.ts'
import { checkStrategy, normalStrategy } from './strategy-rules.ts'
import { tagsFrom, viewService } from './views.ts'

/** Builds the spec of a service, or of the tasks of RunTask, from a request. */
export const specOf = (
  input: Omit<CreateServiceRequest, 'serviceName'>,
  site: Site,
  cluster: Cluster,
  taskDefinition: TaskDefinition,
): Spec => {
  const { launchType, capacityProviderStrategy } = input
  if (launchType && capacityProviderStrategy?.length)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  // ECS returns this launch type, but requests may not set it (ECS developer guide, Managed Instances). The text is a guess.
  if (launchType === 'MANAGED_INSTANCES')
    throw invalid(
      'The launch type MANAGED_INSTANCES is not supported. Specify a capacity provider strategy and try again.',
    )
  const isDefault = !capacityProviderStrategy?.length && !launchType
  const strategy = normalStrategy(site, isDefault ? cluster.defaultStrategy : (capacityProviderStrategy ?? []))
  checkStrategy(strategy, { site, associated: cluster.capacityProviders, isDefault })
  return {
    taskDefinition,
    capacityProviderStrategy: strategy,
    ...(strategy.length === 0 && { launchType: launchType ?? 'EC2' }),
    ...(taskDefinition.input.requiresCompatibilities?.includes('FARGATE') && {
      platformVersion: input.platformVersion ?? 'LATEST',
    }),
    ...(input.networkConfiguration && { networkConfiguration: input.networkConfiguration }),
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    ...(input.serviceConnectConfiguration && { serviceConnect: input.serviceConnectConfiguration }),
    ...(input.vpcLatticeConfigurations && { lattice: input.vpcLatticeConfigurations }),
  }
}

/** The service settings that a request contains. */
export const settingsFrom = (input: Partial<Record<keyof ServiceSettings, unknown>>): ServiceSettings => {
  const names = [
    'enableExecuteCommand',
    'enableECSManagedTags',
    'propagateTags',
    'healthCheckGracePeriodSeconds',
    'availabilityZoneRebalancing',
    'placementConstraints',
    'placementStrategy',
  ] as const
  return Object.fromEntries(names.flatMap(name => (input[name] === undefined ? [] : [[name, input[name]]])))
}

export const checkName = (name: string, cluster: Cluster) => {
  if (!/^[\w-]{1,255}$/.test(name))
    throw invalid('Service names can contain up to 255 letters, numbers, underscores and hyphens.')
  const before = cluster.services.get(name)
  if (before && before.status !== 'INACTIVE')
    throw invalid(
      before.status === 'DRAINING'
        ? 'Unable to Start a service that is still Draining.'
        : 'Creation of service was not idempotent.',
    )
}

const controllerOf = ({ deploymentController }: CreateServiceRequest): Service['deploymentController'] =>
  deploymentController?.type ?? 'ECS'

export const createService = (fleet: Fleet, input: CreateServiceRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const cluster = expectCluster(site, input.cluster)
  const { serviceName: name = '', schedulingStrategy = 'REPLICA', deploymentConfiguration = {} } = input
  checkName(name, cluster)
  checkDesired(input.desiredCount, schedulingStrategy)
  checkDeploymentConfiguration(
    schedulingStrategy === 'DAEMON'
      ? { minimumHealthyPercent: 0, maximumPercent: 100, ...deploymentConfiguration }
      : deploymentConfiguration,
  )
  checkDeployments(deploymentConfiguration, { schedulingStrategy, deploymentController: controllerOf(input) })
  if (input.taskDefinition === undefined) throw invalid('TaskDefinition cannot be empty.')
  if (input.desiredCount === undefined && schedulingStrategy === 'REPLICA')
    throw invalid('Desired count cannot be empty for the REPLICA scheduling strategy.')
  const spec = specOf(input, site, cluster, expectActiveTaskDefinition(site, input.taskDefinition))
  checkSpec(spec, site.capacityProviders, schedulingStrategy)
  checkTraffic(deploymentConfiguration, spec)
  const service = fleet.createService(cluster, {
    name,
    createdBy: call.caller.roleArn ?? call.caller.arn,
    desired: input.desiredCount ?? 0,
    spec,
    schedulingStrategy,
    deploymentController: controllerOf(input),
    ...(spec.launchType && { originalLaunchType: spec.launchType }),
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: schedulingStrategy === 'DAEMON' ? 100 : 200,
      minimumHealthyPercent: schedulingStrategy === 'DAEMON' ? 0 : 100,
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
      ...deploymentConfiguration,
    },
    settings: { availabilityZoneRebalancing: 'ENABLED', ...settingsFrom(input) },
    tags: tagsFrom(input.tags),
  })
  return { service: viewService(service, ['TAGS']) }
}
