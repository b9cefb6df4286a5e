// Converts ECS services and task definitions to the model that /ecs status and rollback use.
import type { Deployment, Service as EcsService, TaskDefinition as EcsTaskDefinition } from '@aws-sdk/client-ecs'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { ServiceDetail, Strategy, TaskDefinition } from '../../../model/service-detail.ts'
import { readSettings } from './read-settings.ts'
import { readService } from './services.ts'
import { iso, shortName } from './tasks.ts'

/** Converts a task definition. A role that is given by name only gets an ARN in the account of the service. */
export const readDefinition = ({ arn, accountId }: ServiceRef, definition: EcsTaskDefinition): TaskDefinition => {
  const [, partition = 'aws'] = arn.split(':')
  const { taskRoleArn, executionRoleArn } = definition
  const roles = [taskRoleArn ?? '', executionRoleArn ?? ''].filter(role => role !== '')
  return {
    arn: definition.taskDefinitionArn ?? '',
    isActive: definition.status === 'ACTIVE',
    ...(definition.registeredBy !== undefined && { registeredBy: definition.registeredBy }),
    ...(definition.registeredAt instanceof Date && { registeredAt: iso(definition.registeredAt) }),
    roles: [
      ...new Set(
        roles.map(role => (role.startsWith('arn:') ? role : `arn:${partition}:iam::${accountId}:role/${role}`)),
      ),
    ],
    images: (definition.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({ container: name, image })),
    settings: readSettings(definition),
  }
}

export const readDetail = (ref: ServiceRef, service: EcsService): ServiceDetail => {
  const { deploymentConfiguration: configuration = {} } = service
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  const network = (service.networkConfiguration ?? primary?.networkConfiguration)?.awsvpcConfiguration
  const { deploymentCircuitBreaker: breaker, alarms } = configuration
  const connect = connectOf(primary)
  return {
    service: readService(ref, service),
    strategy: readStrategy(configuration),
    ...(breaker?.enable === true && { breaker: { rollback: breaker.rollback === true } }),
    alarms: alarms?.enable === true ? (alarms.alarmNames ?? []) : [],
    alarmsRollBack: alarms?.rollback === true,
    isExecEnabled: service.enableExecuteCommand === true,
    placement: (service.placementStrategy ?? []).map(({ type = '', field = '' }) =>
      field === '' ? type : `${type} by ${field}`,
    ),
    isRebalancing: service.availabilityZoneRebalancing === 'ENABLED',
    securityGroups: (network?.securityGroups ?? []).filter(group => group !== ''),
    subnets: network?.subnets?.length ?? 0,
    hasPublicIp: network?.assignPublicIp === 'ENABLED',
    targetGroups: (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    ...(connect !== undefined && { connect }),
    latticeGroups: (primary?.vpcLatticeConfigurations ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    events: (service.events ?? []).map(({ createdAt, message = '' }) => ({ at: iso(createdAt), message })),
    ...(service.currentServiceDeployment !== undefined && { deployment: service.currentServiceDeployment }),
    revisions: (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
  }
}

const connectOf = (primary: Deployment | undefined): ServiceDetail['connect'] => {
  const { enabled, namespace, services = [] } = primary?.serviceConnectConfiguration ?? { enabled: false }
  if (enabled !== true) return undefined
  return {
    namespace: shortName(namespace),
    names: services.map(({ discoveryName, portName = '' }) => discoveryName ?? portName),
  }
}

const readStrategy = (given: NonNullable<EcsService['deploymentConfiguration']>): Strategy => {
  const step = given.linearConfiguration?.stepPercent ?? given.canaryConfiguration?.canaryPercent
  return {
    kind: given.strategy || 'ROLLING',
    least: given.minimumHealthyPercent ?? 100,
    most: given.maximumPercent ?? 200,
    bakeMinutes: given.bakeTimeInMinutes ?? 0,
    ...(step !== undefined && { step }),
  }
}
