// Validates PutScalingPolicy and builds the policy. The texts for missing configurations are known; the other texts are
// guesses.

import type {
  PredictiveScalingPolicyConfiguration,
  PredictiveScalingPredefinedMetricPairSpecification,
  PutScalingPolicyRequest,
  StepAdjustment,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { Policy, Strategy } from '../../../world/autoscaling/state.ts'
import { invalid } from './errors.ts'

const METRICS = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ALBRequestCountPerTarget',
  'ECSServiceAverageCPUUtilizationHighResolution',
  'ECSServiceAverageMemoryUtilizationHighResolution',
]
const MOST_STEPS = 20
const LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/

const checkLabel = (type: string, label: string | undefined): void => {
  const isNeeded = type.startsWith('ALBRequestCount')
  if (isNeeded && !LABEL.test(label ?? '')) throw invalid(`You must specify a valid resource label for ${type}.`)
  if (!isNeeded && label !== undefined) throw invalid(`A resource label cannot be specified for ${type}.`)
}

const checkCooldown = (seconds: number | undefined): void => {
  if (seconds !== undefined && seconds < 0) throw invalid('Cooldown cannot be negative')
}

const trackingOf = (input: TargetTrackingScalingPolicyConfiguration): Strategy => {
  const { TargetValue = 0, PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: custom } = input
  if (TargetValue <= 0) throw invalid('TargetValue must be greater than zero')
  checkCooldown(input.ScaleInCooldown)
  checkCooldown(input.ScaleOutCooldown)
  if ((predefined === undefined) === (custom === undefined))
    throw invalid('Specify exactly one predefined or customized metric')
  if (predefined) {
    const type = predefined.PredefinedMetricType ?? ''
    if (!METRICS.includes(type)) throw invalid(`The metric type ${type} is not supported for service namespace ecs`)
    checkLabel(type, predefined.ResourceLabel)
  }
  return { type: 'TargetTrackingScaling', input: { DisableScaleIn: false, ...input } }
}

const lowOf = ({ MetricIntervalLowerBound: low = Number.NEGATIVE_INFINITY }: StepAdjustment) => low
const highOf = ({ MetricIntervalUpperBound: high = Number.POSITIVE_INFINITY }: StepAdjustment) => high

/**
 * Checks the intervals of step scaling. The intervals must be adjacent, without gaps. The interval that is farthest from
 * the threshold must have no outer bound.
 */
const checkSteps = (steps: readonly StepAdjustment[]): void => {
  if (steps.length === 0) throw invalid('There must be at least one step adjustment')
  if (steps.length > MOST_STEPS) throw invalid(`Cannot exceed ${MOST_STEPS} step adjustments`)
  const ordered = steps.toSorted((a, b) => lowOf(a) - lowOf(b))
  for (const [index, step] of ordered.entries()) {
    if (lowOf(step) >= highOf(step)) throw invalid('The lower bound must be less than the upper bound')
    const next = ordered[index + 1]
    if (next && highOf(step) !== lowOf(next)) throw invalid('There cannot be gaps or overlaps between step intervals')
  }
  const [first, last] = [ordered[0], ordered.at(-1)]
  if (first && lowOf(first) < 0 && lowOf(first) !== Number.NEGATIVE_INFINITY)
    throw invalid('Negative intervals must extend to a null lower bound')
  if (last && highOf(last) > 0 && highOf(last) !== Number.POSITIVE_INFINITY)
    throw invalid('Positive intervals must extend to a null upper bound')
}

const stepOf = (input: StepScalingPolicyConfiguration): Strategy => {
  if (input.AdjustmentType === undefined) throw invalid('AdjustmentType must be specified')
  checkSteps(input.StepAdjustments ?? [])
  checkCooldown(input.Cooldown)
  if (input.MinAdjustmentMagnitude !== undefined && input.AdjustmentType !== 'PercentChangeInCapacity')
    throw invalid('MinAdjustmentMagnitude can only be specified with PercentChangeInCapacity')
  return { type: 'StepScaling', input }
}

/** The metric pairs, by the pattern of EC2 Auto Scaling. AWS's reference lists the names without the fields that use them. */
const PAIRS = ['ECSServiceCPUUtilization', 'ECSServiceMemoryUtilization', 'ALBRequestCount']

const checkPair = ({
  PredefinedMetricType = '',
  ResourceLabel,
}: PredictiveScalingPredefinedMetricPairSpecification) => {
  if (!PAIRS.includes(PredefinedMetricType)) throw invalid(`${PredefinedMetricType} is not a metric pair`)
  checkLabel(PredefinedMetricType, ResourceLabel)
}

const predictiveOf = (input: PredictiveScalingPolicyConfiguration): Strategy => {
  const { MetricSpecifications = [], Mode = 'ForecastOnly', SchedulingBufferTime = 300, MaxCapacityBuffer } = input
  const { MaxCapacityBreachBehavior: behaviour = 'HonorMaxCapacity' } = input
  const [spec, ...more] = MetricSpecifications
  if (!spec || more.length > 0) throw invalid('Exactly one metric specification must be specified')
  const isPair = spec.PredefinedMetricPairSpecification !== undefined
  const isSplit =
    (spec.PredefinedScalingMetricSpecification ?? spec.CustomizedScalingMetricSpecification) !== undefined &&
    (spec.PredefinedLoadMetricSpecification ?? spec.CustomizedLoadMetricSpecification) !== undefined
  if (isPair === isSplit) throw invalid('Specify either a metric pair or a scaling metric with a load metric')
  if (spec.PredefinedMetricPairSpecification) checkPair(spec.PredefinedMetricPairSpecification)
  if (!(Number(spec.TargetValue) > 0)) throw invalid('TargetValue must be greater than zero')
  if (behaviour === 'IncreaseMaxCapacity' && MaxCapacityBuffer === undefined)
    throw invalid('MaxCapacityBuffer is required if MaxCapacityBreachBehavior is IncreaseMaxCapacity')
  if (behaviour !== 'IncreaseMaxCapacity' && MaxCapacityBuffer !== undefined)
    throw invalid('MaxCapacityBuffer can only be specified if MaxCapacityBreachBehavior is IncreaseMaxCapacity')
  return {
    type: 'PredictiveScaling',
    input: { ...input, Mode, SchedulingBufferTime, MaxCapacityBreachBehavior: behaviour },
  }
}

/**
 * Builds the settings of a policy. Without a type in the request, an existing policy keeps its type, and a new policy
 * uses step scaling. Settings that the request omits are kept.
 */
export const strategyFrom = (input: PutScalingPolicyRequest, before: Policy | undefined): Strategy => {
  const type = input.PolicyType ?? before?.strategy.type ?? 'StepScaling'
  if (before && before.strategy.type !== type) throw invalid('The policy type of a scaling policy cannot be changed')
  const previous = before?.strategy
  if (type === 'TargetTrackingScaling') {
    const configuration = input.TargetTrackingScalingPolicyConfiguration
    if (configuration) return trackingOf(configuration)
  } else if (type === 'PredictiveScaling') {
    const configuration = input.PredictiveScalingPolicyConfiguration
    if (configuration) return predictiveOf(configuration)
  } else if (input.StepScalingPolicyConfiguration) return stepOf(input.StepScalingPolicyConfiguration)
  if (previous) return previous
  throw invalid(`${type}PolicyConfiguration must be specified`)
}
