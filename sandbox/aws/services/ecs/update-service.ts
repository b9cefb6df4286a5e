// UpdateService. Some changes start a deployment, some only change a setting, and some are refused.

import type { DeploymentConfiguration, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import type { Service, Spec } from '../../../world/state.ts'
import type { Call } from '../../wire/service.ts'
import { settingsFrom } from './create-service.ts'
import { checkDeployments, checkTraffic } from './deployment-rules.ts'
import { invalid, serviceNotActive, serviceNotFound } from './errors.ts'
import { expectActiveTaskDefinition, expectCluster, findService, siteOf } from './find.ts'
import { checkDeploymentConfiguration, checkDesired, checkSpec } from './service-rules.ts'
import { checkStrategy, isSameStrategy, normalStrategy } from './strategy-rules.ts'
import { viewService } from './views.ts'

/** The new launch type or capacity provider strategy of a service. A service has only one of the two. */
const placementFor = (
  site: Site,
  service: Service,
  spec: Spec,
  { capacityProviderStrategy: given, forceNewDeployment }: UpdateServiceRequest,
) => {
  const capacityProviderStrategy = given && normalStrategy(site, given)
  const { launchType, capacityProviderStrategy: before } = spec
  const unchanged = { ...(launchType && { launchType }), capacityProviderStrategy: before }
  if (capacityProviderStrategy === undefined || isSameStrategy(capacityProviderStrategy, before)) return unchanged
  checkStrategy(capacityProviderStrategy, { site, associated: service.cluster.capacityProviders })
  if (!forceNewDeployment)
    throw invalid(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    )
  if (capacityProviderStrategy.length > 0) return { capacityProviderStrategy }
  if (!service.originalLaunchType)
    throw invalid(
      'A service that was created with a capacity provider strategy cannot be changed to use a launch type.',
    )
  return { launchType: service.originalLaunchType, capacityProviderStrategy: [] }
}

const specFor = (site: Site, service: Service, before: Spec, input: UpdateServiceRequest): Spec => {
  const { launchType: _, ...rest } = before
  const spec: Spec = {
    ...rest,
    ...placementFor(site, service, before, input),
    ...(input.taskDefinition !== undefined && {
      taskDefinition: expectActiveTaskDefinition(site, input.taskDefinition),
    }),
    ...(input.platformVersion !== undefined && { platformVersion: input.platformVersion }),
    ...(input.networkConfiguration && { networkConfiguration: input.networkConfiguration }),
    ...(input.loadBalancers && { loadBalancers: input.loadBalancers }),
    ...(input.serviceRegistries && { serviceRegistries: input.serviceRegistries }),
    ...(input.serviceConnectConfiguration && { serviceConnect: input.serviceConnectConfiguration }),
    ...(input.vpcLatticeConfigurations && { lattice: input.vpcLatticeConfigurations }),
  }
  checkSpec(spec, site.capacityProviders, service.schedulingStrategy)
  return spec
}

/** Returns a text for comparison. Equal specs give equal texts, independent of the order of keys. */
const comparable = (spec: Spec) =>
  JSON.stringify([
    spec.taskDefinition.arn,
    spec.launchType,
    spec.capacityProviderStrategy,
    spec.platformVersion,
    spec.networkConfiguration,
    spec.loadBalancers,
    spec.serviceRegistries,
    spec.serviceConnect,
    spec.lattice,
  ])

const checkController = ({ deploymentController }: Service, input: UpdateServiceRequest) => {
  if (deploymentController !== 'CODE_DEPLOY') return
  if (input.taskDefinition !== undefined)
    throw invalid(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    )
  if (input.forceNewDeployment)
    throw invalid(
      'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    )
}

/**
 * Refuses changes of settings that Express Mode manages (ECS developer guide, express-service-work; seen by ecspresso).
 * The desired count is not one of these settings.
 */
const checkExpress = ({ express }: Service, input: UpdateServiceRequest) => {
  if (express && (input.loadBalancers || input.deploymentConfiguration))
    throw invalid(
      'The load balancers and the deployment configuration of an Express service are managed by Amazon ECS. Use UpdateExpressGatewayService.',
    )
}

const expectUpdatable = (site: Site, input: UpdateServiceRequest): Service => {
  const service = findService(site, expectCluster(site, input.cluster), input.service ?? '')
  if (!service) throw serviceNotFound()
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  return service
}

/** The deployment configuration after a change. If the strategy changes, the numbers of the old strategy are dropped. */
const changed = ({ deploymentConfiguration: before }: Service, change: DeploymentConfiguration) => {
  const { linearConfiguration: _, canaryConfiguration: __, bakeTimeInMinutes: ___, ...kept } = before
  const isOther = change.strategy !== undefined && change.strategy !== (before.strategy ?? 'ROLLING')
  return { ...(isOther ? kept : before), ...change }
}

export const updateService = (fleet: Fleet, input: UpdateServiceRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const service = expectUpdatable(site, input)
  checkDesired(input.desiredCount, service.schedulingStrategy)
  checkController(service, input)
  checkExpress(service, input)
  const configuration = changed(service, input.deploymentConfiguration ?? {})
  checkDeploymentConfiguration(configuration)
  if (input.deploymentConfiguration) checkDeployments(configuration, service)
  const before = service.deployments[0]?.revision.spec
  if (!before) throw serviceNotActive()
  const spec = specFor(site, service, before, input)
  checkTraffic(configuration, spec)

  service.deploymentConfiguration = configuration
  service.settings = { ...service.settings, ...settingsFrom(input) }
  if (input.desiredCount !== undefined) service.desired = input.desiredCount
  if (input.forceNewDeployment || comparable(spec) !== comparable(before)) fleet.deploy(service, spec)
  fleet.touch(service)
  return { service: viewService(service) }
}
