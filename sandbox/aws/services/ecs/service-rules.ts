// The validation that CreateService and UpdateService share.

import { type DeploymentConfiguration, type ThresholdConfiguration, ThresholdType } from '@aws-sdk/client-ecs'
import { launchTypeIn, type Providers } from '../../../world/providers.ts'
import type { Service, Spec } from '../../../world/state.ts'
import { invalid } from './errors.ts'

export const checkDesired = (desired: number | undefined, schedulingStrategy: Service['schedulingStrategy']): void => {
  if (desired === undefined) return
  if (schedulingStrategy === 'DAEMON')
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    )
  if (desired < 0) throw invalid('desiredCount cannot be negative.')
  if (desired > 5_000) throw invalid('desiredCount exceeds the maximum number of tasks per service.')
}

export const checkDeploymentConfiguration = ({
  minimumHealthyPercent,
  maximumPercent,
  deploymentCircuitBreaker,
}: DeploymentConfiguration): void => {
  const least = minimumHealthyPercent ?? 100
  const most = maximumPercent ?? 200
  if (least < 0 || most < 0) throw invalid('Deployment percentages cannot be negative.')
  if (least === 100 && most === 100)
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.')
  if (most < least) throw invalid('minimumHealthyPercent must be less than maximumPercent.')
  checkThreshold(deploymentCircuitBreaker?.thresholdConfiguration ?? {})
}

const THRESHOLDS = Object.keys(ThresholdType)

/** Checks the threshold of the circuit breaker. The texts are guesses. */
const checkThreshold = ({ type, value = 0 }: Partial<ThresholdConfiguration>) => {
  if (type === undefined) return
  if (!THRESHOLDS.includes(type)) throw invalid(`type should be one of [${THRESHOLDS.join(',')}]`)
  if (value < 1 || !Number.isInteger(value)) throw invalid('The circuit breaker threshold value must be at least 1.')
  if (type === 'BOUNDED_PERCENT' && value > 100)
    throw invalid('The circuit breaker threshold value must be between 1 and 100.')
}

/** Whether a task definition is compatible with a launch type. Without a list of compatibilities, only EC2 is compatible. */
const isFor = ({ taskDefinition: { input } }: Spec, launchType: string): boolean =>
  input.requiresCompatibilities?.length
    ? input.requiresCompatibilities.some(known => known === launchType)
    : launchType === 'EC2'

/** Checks the limits of Managed Instances (ECS developer guide, Managed Instances). The texts are guesses. */
const checkManaged = ({ taskDefinition: { input } }: Spec, schedulingStrategy: Service['schedulingStrategy']): void => {
  if (schedulingStrategy === 'DAEMON')
    throw invalid('The daemon scheduling strategy is not supported by Amazon ECS Managed Instances capacity providers.')
  if (input.networkMode !== 'awsvpc' && input.networkMode !== 'host')
    throw invalid('Amazon ECS Managed Instances only supports the network modes awsvpc and host.')
}

/** Checks that the task definition suits the launch type or the capacity providers. */
export const checkSpec = (
  spec: Spec,
  providers: Providers,
  schedulingStrategy: Service['schedulingStrategy'] = 'REPLICA',
): void => {
  const { input } = spec.taskDefinition
  const launchType = launchTypeIn(providers, spec)
  const isStrict = launchType === 'FARGATE' || spec.capacityProviderStrategy.length > 0
  if (isStrict && !isFor(spec, launchType)) throw invalid(`Task definition does not support launch_type ${launchType}.`)
  if (launchType === 'MANAGED_INSTANCES') checkManaged(spec, schedulingStrategy)
  const isAwsvpc = input.networkMode === 'awsvpc'
  const { awsvpcConfiguration } = spec.networkConfiguration ?? {}
  if (isAwsvpc && !awsvpcConfiguration)
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  if (!isAwsvpc && awsvpcConfiguration)
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.')
  if (awsvpcConfiguration && !awsvpcConfiguration.subnets?.length) throw invalid('subnets can not be empty.')
  for (const { containerName, containerPort } of spec.loadBalancers) {
    const container = input.containerDefinitions?.find(({ name }) => name === containerName)
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`)
    if (!container.portMappings?.some(mapping => mapping.containerPort === containerPort))
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`)
  }
}
