// Validates CreateCapacityProvider and UpdateCapacityProvider. Sources of the texts: reports of AWS users, and ECS
// developer guide, troubleshooting Managed Instances. Comments mark guesses.

import type {
  AutoScalingGroupProvider,
  AutoScalingGroupProviderUpdate,
  CreateCapacityProviderRequest,
  CreateManagedInstancesProviderConfiguration,
  UpdateManagedInstancesProviderConfiguration,
} from '@aws-sdk/client-ecs'
import type { Site } from '../../../world/fleet.ts'
import { clientError, invalid } from './errors.ts'

const MOST_TAGS = 45
const MOST_IDLE_SECONDS = 3_600

const checkName = (name: string): void => {
  if (name.trim() === '') throw clientError('CapacityProvider name must not be blank')
  if (!/^[\w-]{1,255}$/.test(name) || /^(aws|ecs|fargate)/i.test(name))
    throw clientError(
      'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    )
}

/** Returns the settings with defaults for omitted fields (API reference, ManagedScaling and AutoScalingGroupProvider). */
export const groupOf = (
  before: Partial<AutoScalingGroupProvider>,
  { managedScaling, ...input }: AutoScalingGroupProviderUpdate,
): Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'> => ({
  ...before,
  managedScaling: {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
    ...before.managedScaling,
    ...(managedScaling && { status: 'ENABLED' }),
    ...managedScaling,
  },
  managedTerminationProtection: input.managedTerminationProtection ?? before.managedTerminationProtection ?? 'DISABLED',
  managedDraining: input.managedDraining ?? before.managedDraining ?? 'ENABLED',
})

/** Checks the settings of an Auto Scaling group. Both texts are guesses. */
export const checkGroup = ({
  managedScaling,
  managedTerminationProtection,
}: Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'>): void => {
  if (managedTerminationProtection === 'ENABLED' && managedScaling?.status !== 'ENABLED')
    throw invalid(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.',
    )
  const { minimumScalingStepSize: least = 1, maximumScalingStepSize: most = 10_000 } = managedScaling ?? {}
  if (least > most)
    throw invalid('The minimum scaling step size must be less than or equal to the maximum scaling step size.')
}

const checkIds = (ids: readonly string[] | undefined, kind: 'subnet' | 'sg', name: string): void => {
  const pattern = new RegExp(`^${kind}-([0-9a-z]{8}|[0-9a-z]{17})$`)
  if (ids?.some(id => !pattern.test(id))) throw clientError(`The specified ${name} id is invalid`)
}

export const checkManaged = ({
  infrastructureRoleArn = '',
  instanceLaunchTemplate: template,
  infrastructureOptimization,
}: CreateManagedInstancesProviderConfiguration | UpdateManagedInstancesProviderConfiguration): void => {
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(infrastructureRoleArn))
    throw clientError('The specified infrastructure role arn is invalid')
  const { ec2InstanceProfileArn, networkConfiguration } = template ?? {}
  if (
    ec2InstanceProfileArn !== undefined &&
    !/^arn:aws[\w-]*:iam::\d{12}:instance-profile\/.+$/.test(ec2InstanceProfileArn)
  )
    throw clientError('The specified instance profile role arn is invalid')
  if (networkConfiguration && !networkConfiguration.subnets?.length)
    throw clientError(
      'Amazon ECS Managed Instances capacity provider must specify a Network Configuration with non empty subnets',
    )
  checkIds(networkConfiguration?.subnets, 'subnet', 'subnet')
  checkIds(networkConfiguration?.securityGroups, 'sg', 'security group')
  const { scaleInAfter } = infrastructureOptimization ?? {}
  // The range is in the API reference, InfrastructureOptimization; the text is a guess.
  if (scaleInAfter !== undefined && scaleInAfter !== null && (scaleInAfter < -1 || scaleInAfter > MOST_IDLE_SECONDS))
    throw invalid(`The scaleInAfter value must be between -1 and ${MOST_IDLE_SECONDS}.`)
}

const checkNew = (site: Site, { name = '', cluster, autoScalingGroupProvider }: CreateCapacityProviderRequest) => {
  const providers = [...site.capacityProviders.values()].filter(({ status }) => status !== 'INACTIVE')
  const known = providers.find(provider => provider.name === name)
  if (known?.cluster !== undefined && cluster === undefined)
    throw clientError('The specified capacity provider already exists with cluster scope')
  if (known && cluster !== undefined && known.cluster !== cluster.replace(/^arn:.*\//, ''))
    throw clientError('The specified capacity provider already exists with account or a different cluster')
  if (known)
    throw clientError(
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
    )
  const arn = autoScalingGroupProvider?.autoScalingGroupArn
  if (arn !== undefined && providers.some(({ group }) => group?.autoScalingGroupArn === arn))
    throw clientError(
      'The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.',
    )
}

export const checkProvider = (site: Site, input: CreateCapacityProviderRequest): void => {
  const { name = '', cluster, autoScalingGroupProvider, managedInstancesProvider, tags = [] } = input
  checkName(name)
  // A request must have exactly one of the two providers. The text of this error is a guess.
  if ((autoScalingGroupProvider === undefined) === (managedInstancesProvider === undefined))
    throw clientError(
      'A capacity provider must specify either an Auto Scaling group provider or a Managed Instances provider.',
    )
  if (managedInstancesProvider && cluster === undefined)
    throw clientError('Amazon ECS Managed Instances Provider is not supported without a Cluster Name')
  if (autoScalingGroupProvider && cluster !== undefined)
    throw clientError('Capacity provider is not Amazon ECS Managed Instances capacity provider')
  if (managedInstancesProvider && tags.length > MOST_TAGS)
    throw clientError(
      'Amazon ECS Managed Instances capacity provider cannot have number of tags exceeding maximum allowed value',
    )
  if (managedInstancesProvider) checkManaged(managedInstancesProvider)
  checkNew(site, input)
}
