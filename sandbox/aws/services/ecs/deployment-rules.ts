// Validates deployment strategies and lifecycle hooks. Sources: ECS API reference, DeploymentConfiguration,
// DeploymentLifecycleHook, LinearConfiguration, CanaryConfiguration; ECS developer guide, deployments and pause lifecycle
// hooks. The texts are guesses. The constraints of the model check enums and the range of timeouts.

import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { isRolling } from '../../../world/course.ts'
import type { Service, Spec } from '../../../world/state.ts'
import { invalid } from './errors.ts'

/** The maximum number of hooks for each target type. */
const MOST_HOOKS = 10

const MOST_BAKE = 1_440

const isPause = ({ targetType }: DeploymentLifecycleHook) => targetType === 'PAUSE'

/** The stages at which traffic moves, where a deployment cannot pause. */
const MOVING: readonly string[] = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']

const checkPause = ({ hookTargetArn, lifecycleStages = [] }: DeploymentLifecycleHook) => {
  if (hookTargetArn !== undefined)
    throw invalid('hookTargetArn is not supported for lifecycle hooks with target type PAUSE.')
  const moving = lifecycleStages.find(stage => MOVING.includes(stage))
  if (moving !== undefined)
    throw invalid(`Lifecycle hooks with target type PAUSE cannot be configured at the ${moving} stage.`)
}

const checkLambda = ({ hookTargetArn, roleArn }: DeploymentLifecycleHook) => {
  if (!hookTargetArn?.startsWith('arn:')) throw invalid('hookTargetArn must be the ARN of a Lambda function.')
  if (!roleArn?.startsWith('arn:')) throw invalid('roleArn must be provided for lifecycle hooks.')
}

const checkHooks = (hooks: readonly DeploymentLifecycleHook[]) => {
  for (const hook of hooks) {
    if (!hook.lifecycleStages?.length) throw invalid('lifecycleStages cannot be empty for a lifecycle hook.')
    if (isPause(hook)) checkPause(hook)
    else checkLambda(hook)
  }
  const pauses = hooks.filter(isPause).length
  if (pauses > MOST_HOOKS)
    throw invalid(`A service can have at most ${MOST_HOOKS} lifecycle hooks with target type PAUSE.`)
  if (hooks.length - pauses > MOST_HOOKS)
    throw invalid(`A service can have at most ${MOST_HOOKS} lifecycle hooks with target type AWS_LAMBDA.`)
}

type Range = { readonly name: string; readonly low: number; readonly high: number }

const checkPercent = (value: number | undefined, { name, low, high }: Range) => {
  if (value === undefined) return
  if (value < low || value > high || Math.abs(value * 10 - Math.round(value * 10)) > 1e-6)
    throw invalid(`${name} must be a multiple of 0.1 between ${low.toFixed(1)} and ${high.toFixed(1)}.`)
}

const checkMinutes = (value: number | undefined, name: string) => {
  if (value !== undefined && (value < 0 || value > MOST_BAKE || !Number.isInteger(value)))
    throw invalid(`${name} must be between 0 and ${MOST_BAKE}.`)
}

const checkEarlySuccess = (
  strategy: string,
  { earlySuccessCriteria, minimumHealthyPercent = 100 }: DeploymentConfiguration,
) => {
  const { enable, healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria ?? {}
  if (!enable) return
  if (strategy !== 'ROLLING')
    throw invalid('earlySuccessCriteria is only valid when the deployment strategy is ROLLING.')
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined)
    throw invalid('earlySuccessCriteria must have healthyPercent and sourceServiceRevisionCleanup.')
  if (healthyPercent < minimumHealthyPercent || healthyPercent > 100)
    throw invalid('healthyPercent must be between minimumHealthyPercent and 100.')
}

const checkNumbers = ({ strategy = 'ROLLING', ...given }: DeploymentConfiguration) => {
  const { linearConfiguration: linear, canaryConfiguration: canary, bakeTimeInMinutes } = given
  if (linear && strategy !== 'LINEAR')
    throw invalid('linearConfiguration is only valid when the deployment strategy is LINEAR.')
  if (canary && strategy !== 'CANARY')
    throw invalid('canaryConfiguration is only valid when the deployment strategy is CANARY.')
  checkEarlySuccess(strategy, given)
  if (strategy === 'BLUE_GREEN' && bakeTimeInMinutes === undefined)
    throw invalid('bakeTimeInMinutes must be provided when the deployment strategy is BLUE_GREEN.')
  checkMinutes(bakeTimeInMinutes, 'bakeTimeInMinutes')
  checkPercent(linear?.stepPercent, { name: 'stepPercent', low: 3, high: 100 })
  checkMinutes(linear?.stepBakeTimeInMinutes, 'stepBakeTimeInMinutes')
  checkPercent(canary?.canaryPercent, { name: 'canaryPercent', low: 0.1, high: 100 })
  checkMinutes(canary?.canaryBakeTimeInMinutes, 'canaryBakeTimeInMinutes')
}

export const checkDeployments = (
  configuration: DeploymentConfiguration,
  {
    deploymentController,
    schedulingStrategy,
  }: Partial<Pick<Service, 'deploymentController' | 'schedulingStrategy'>> = {},
): void => {
  const { strategy = 'ROLLING', lifecycleHooks = [] } = configuration
  checkNumbers(configuration)
  checkHooks(lifecycleHooks)
  const isPlain = strategy === 'ROLLING' && lifecycleHooks.length === 0
  if (!isPlain && deploymentController !== 'ECS')
    throw invalid('Deployment strategies and lifecycle hooks require the ECS deployment controller.')
  if (strategy !== 'ROLLING' && schedulingStrategy === 'DAEMON')
    throw invalid(`The ${strategy} deployment strategy does not support the DAEMON scheduling strategy.`)
}

/** Checks that the strategy can move the traffic of a service. BLUE_GREEN is also valid if ECS moves no traffic. */
export const checkTraffic = (configuration: DeploymentConfiguration, { loadBalancers, serviceConnect }: Spec): void => {
  const { strategy = 'ROLLING' } = configuration
  if (isRolling(configuration)) return
  for (const { advancedConfiguration, loadBalancerName } of loadBalancers) {
    if (loadBalancerName !== undefined)
      throw invalid(`The ${strategy} deployment strategy does not support Classic Load Balancers.`)
    const { alternateTargetGroupArn, productionListenerRule, roleArn } = advancedConfiguration ?? {}
    if (!alternateTargetGroupArn || !productionListenerRule || !roleArn)
      throw invalid(
        `advancedConfiguration with alternateTargetGroupArn, productionListenerRule and roleArn must be provided for each load balancer when the deployment strategy is ${strategy}.`,
      )
  }
  if (strategy !== 'BLUE_GREEN' && loadBalancers.length === 0 && !serviceConnect?.enabled)
    throw invalid(
      `The ${strategy} deployment strategy requires an Application Load Balancer, a Network Load Balancer or Service Connect.`,
    )
}
