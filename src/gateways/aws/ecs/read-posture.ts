// Converts ECS clusters, services, task definitions and tasks to the settings that checks evaluate. Only the names of
// environment variables are kept.
import type { Cluster, DescribeTaskDefinitionCommandOutput, Service, Tag, Task } from '@aws-sdk/client-ecs'
import type { ClusterPosture, DefinitionPosture, ServicePosture } from '../../../features/checks/posture.ts'
import { isStuck, percentText } from '../../../features/deployments/replacement.ts'
import { destinationOf } from '../../../features/logs/log-destination.ts'
import { neutralise } from '../../../kit/redact/neutralise.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { readService as toService } from './services.ts'
import { shortName } from './tasks.ts'

/** The names of tags, without those that AWS sets. */
const tagNames = (tags: readonly Tag[] | undefined): readonly string[] =>
  (tags ?? []).flatMap(({ key = '' }) => (key === '' || key.startsWith('aws:') ? [] : [key]))

export const readCluster = (cluster: Cluster, unprotected: ReadonlySet<string>) =>
  ({
    cluster: cluster.clusterName ?? '',
    insights: cluster.settings?.find(({ name }) => name === 'containerInsights')?.value ?? 'disabled',
    execLogging: cluster.configuration?.executeCommandConfiguration?.logging ?? 'DEFAULT',
    unprotectedProviders: (cluster.capacityProviders ?? []).filter(name => unprotected.has(name)),
    tags: tagNames(cluster.tags),
  }) satisfies Partial<ClusterPosture>

const stuckOf = (ref: ServiceRef, given: Service): Pick<ServicePosture, 'stuck'> => {
  const service = toService(ref, given)
  return service.controller === 'ECS' && isStuck(service) ? { stuck: percentText(service) } : {}
}

const openGatesOf = (configuration: Service['deploymentConfiguration']): readonly string[] =>
  (configuration?.lifecycleHooks ?? []).flatMap(({ targetType, timeoutConfiguration, lifecycleStages = [] }) =>
    targetType === 'PAUSE' && timeoutConfiguration?.action === 'CONTINUE' ? lifecycleStages : [],
  )

export const readService = (ref: ServiceRef, service: Service): ServicePosture => {
  const { deploymentController, deploymentConfiguration, platformVersion } = service
  const isOurs = (deploymentController?.type ?? 'ECS') === 'ECS'
  return {
    ref,
    // Services in Express Mode have a task definition only in their deployments.
    definition: service.taskDefinition ?? service.deployments?.[0]?.taskDefinition ?? '',
    desired: service.desiredCount ?? 0,
    hasPublicIp: service.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED',
    publicTaskSets: (service.taskSets ?? []).flatMap(({ id = '', networkConfiguration }) =>
      networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED' ? [id] : [],
    ),
    ...(platformVersion !== undefined && { platform: platformVersion }),
    hasExec: service.enableExecuteCommand === true,
    ...(isOurs && { hasCircuitBreaker: deploymentConfiguration?.deploymentCircuitBreaker?.enable === true }),
    ...stuckOf(ref, service),
    isBalanced: (service.loadBalancers ?? []).length > 0,
    openGates: openGatesOf(deploymentConfiguration),
    providers: (service.capacityProviderStrategy ?? []).flatMap(({ capacityProvider = '' }) => [capacityProvider]),
    tags: tagNames(service.tags),
  }
}

export const readDefinition = (
  { taskDefinition: definition = {}, tags }: DescribeTaskDefinitionCommandOutput,
  { region }: ServiceRef,
): DefinitionPosture => {
  const { taskRoleArn, executionRoleArn, containerDefinitions: containers = [] } = definition
  return {
    name: shortName(definition.taskDefinitionArn),
    isWindows: definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
    networkMode: definition.networkMode ?? '',
    pidMode: definition.pidMode ?? '',
    ...(taskRoleArn !== undefined && { taskRole: shortName(taskRoleArn) }),
    ...(executionRoleArn !== undefined && { executionRole: shortName(executionRoleArn) }),
    containers: containers.map(container => ({
      name: container.name ?? '',
      image: container.image ?? '',
      ...(container.user !== undefined && { user: container.user }),
      isPrivileged: container.privileged === true,
      isRootReadOnly: container.readonlyRootFilesystem === true,
      hasLogs: container.logConfiguration?.logDriver !== undefined,
      hasHealthCheck: container.healthCheck !== undefined,
      environment: (container.environment ?? []).map(({ name = '' }) => nameOnly(name)),
    })),
    logGroups: containers.flatMap(({ name = '', logConfiguration }) => {
      const driver = logConfiguration?.logDriver
      const to = destinationOf(
        { ...(driver !== undefined && { driver }), options: logConfiguration?.options ?? {} },
        { container: name, task: '', region },
      )
      return to.kind === 'cloudwatch' ? [{ name: to.group, region: to.region }] : []
    }),
    plainVolumes: (definition.volumes ?? []).flatMap(({ name = '', efsVolumeConfiguration: efs }) =>
      efs !== undefined && efs.transitEncryption !== 'ENABLED' ? [name] : [],
    ),
    tags: tagNames(tags),
  }
}

/**
 * Makes the name of an environment variable, which is untrusted text, safe to show: removes markup, removes an equals sign
 * and all text after it, and cuts the name to 100 characters.
 */
const nameOnly = (name: string): string => neutralise(name).replaceAll('`', "'").replace(/=.*$/s, '').slice(0, 100)

export const readTask = ({ taskArn, group = '', taskDefinitionArn, availabilityZone = '', containers = [] }: Task) => ({
  id: shortName(taskArn),
  service: group.replace(/^service:/, ''),
  definition: shortName(taskDefinitionArn),
  zone: availabilityZone,
  containers: containers.map(({ name = '', image = '', imageDigest: digest }) => ({
    name,
    image,
    ...(digest !== undefined && { digest }),
  })),
})
