// Reads a service revision: its images, and the settings of the service, which are compared with those of another revision.
// For values that may be secret, such as logging options, this file returns only a digest.
import type { ServiceRevision as EcsRevision, LoadBalancer } from '@aws-sdk/client-ecs'
import type { DefinitionSetting, ServiceRevision } from '../../../model/service-detail.ts'
import { hidden, isEmpty, wordsOf } from './read-settings.ts'
import { iso, shortName } from './tasks.ts'

export const readRevision = (revision: EcsRevision): ServiceRevision => ({
  arn: revision.serviceRevisionArn ?? '',
  createdAt: iso(revision.createdAt),
  taskDefinition: shortName(revision.taskDefinition),
  capacity: capacityOf(revision) ?? 'unknown',
  images: (revision.containerImages ?? []).map(({ containerName = '', image = '', imageDigest }) => ({
    container: containerName,
    image,
    ...(imageDigest && { digest: imageDigest }),
  })),
  settings: [...namedSettings(revision), ...otherSettings(revision)],
})

const capacityOf = ({ capacityProviderStrategy = [], launchType }: EcsRevision): string | undefined =>
  capacityProviderStrategy.length === 0
    ? launchType || undefined
    : capacityProviderStrategy
        .map(
          ({ capacityProvider = 'unknown', weight = 0, base = 0 }) =>
            `${capacityProvider} × ${weight}${base === 0 ? '' : `, base ${base}`}`,
        )
        .join(', ')

/** The settings whose values are shown. They contain only names and numbers. */
const namedSettings = (revision: EcsRevision): readonly DefinitionSetting[] => {
  const { networkConfiguration, loadBalancers = [], platformVersion, platformFamily } = revision
  const { subnets = [], securityGroups = [], assignPublicIp } = networkConfiguration?.awsvpcConfiguration ?? {}
  return Object.entries({
    subnets: subnets.toSorted().join(' '),
    'security groups': securityGroups.toSorted().join(' '),
    'public IP': assignPublicIp === 'ENABLED' ? 'yes' : '',
    capacity: capacityOf(revision) ?? '',
    'load balancers': loadBalancers.map(balancerText).toSorted().join(' '),
    'platform version': platformVersion ?? '',
    'platform family': platformFamily ?? '',
  }).flatMap(([what, value]) => (value === '' ? [] : [{ what, value }]))
}

/** Describes a load balancer as `targetgroup/orders/6d0ecf831eec9f09 → app:8080`. */
const balancerText = ({ targetGroupArn, loadBalancerName, containerName = '', containerPort }: LoadBalancer): string =>
  `${targetGroupArn?.split(':').at(-1) ?? loadBalancerName ?? ''} → ${containerName}:${containerPort ?? ''}`

/**
 * The fields that `otherSettings` leaves out: facts of the deployment, fields that are read above, and fields that ECS changes
 * itself, such as the target group in use.
 */
const READ_APART: ReadonlySet<string> = new Set([
  'serviceRevisionArn',
  'serviceArn',
  'clusterArn',
  'createdAt',
  'taskDefinition',
  'containerImages',
  'resolvedConfiguration',
  'ecsManagedResources',
  'networkConfiguration',
  'launchType',
  'capacityProviderStrategy',
  'loadBalancers',
  'platformVersion',
  'platformFamily',
])

const NAMES: Readonly<Record<string, string>> = {
  serviceConnectConfiguration: 'Service Connect',
  volumeConfigurations: 'volumes',
  vpcLatticeConfigurations: 'VPC Lattice',
  guardDutyEnabled: 'GuardDuty',
}

/** All settings that are not in READ_APART, also those that a later version of ECS adds. Their values are digests. */
const otherSettings = ({ loadBalancers = [], ...revision }: EcsRevision): readonly DefinitionSetting[] => [
  ...Object.entries(revision)
    .filter(([key, value]) => !READ_APART.has(key) && !isEmpty(value) && !isOff(value))
    .map(([key, value]) => hidden(NAMES[key] ?? wordsOf(key), value)),
  ...loadBalancers.flatMap(({ advancedConfiguration, targetGroupArn = '' }) =>
    isEmpty(advancedConfiguration)
      ? []
      : [hidden(`traffic shift of ${targetGroupArn.split(':').at(-1)}`, advancedConfiguration)],
  ),
]

/** Whether a part of the settings is turned off. Such a part is treated as if it were absent. */
const isOff = (value: unknown): boolean =>
  value === false || (typeof value === 'object' && value !== null && 'enabled' in value && value.enabled === false)
