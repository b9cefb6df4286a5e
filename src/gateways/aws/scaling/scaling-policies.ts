// Describes scaling policies in a few words.
import type {
  ScalingPolicy as AwsPolicy,
  PredictiveScalingPolicyConfiguration,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import { plainName } from '../../../kit/messages/text.ts'
import type { ScalingMetric, ScalingPolicy } from '../../../model/ecs.ts'
import type { JsonObject } from '../../../model/json.ts'

/** The maximum length of a name from AWS, which is untrusted text. */
const MOST_NAME = 80

export const readPolicy = (policy: AwsPolicy): ScalingPolicy => ({
  name: policy.PolicyName ?? '',
  ...readKind(policy),
  alarms: (policy.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName || []),
})

type Read = Omit<ScalingPolicy, 'name'>

const readKind = (policy: AwsPolicy): Read => {
  const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: step } = policy
  if (tracking !== undefined) return readTracking(tracking)
  if (step !== undefined) return readStep(step)
  const predictive = policy.PredictiveScalingPolicyConfiguration
  return predictive === undefined ? readUnknown(policy.PolicyType ?? 'none') : readPredictive(predictive)
}

/** Describes a policy of a type that AWS added later. It is treated as a policy that may scale in. */
const readUnknown = (type: string): Read => ({
  kind: 'unknown',
  says: `acts in a way that Quarterdeck does not know (${plainName(type, MOST_NAME)})`,
  scalesIn: true,
  scalesOut: true,
})

const METRICS: Readonly<Record<string, readonly [ScalingMetric, string, string]>> = {
  ECSServiceAverageCPUUtilization: ['cpu', 'CPU', '%'],
  ECSServiceAverageMemoryUtilization: ['memory', 'memory', '%'],
  ALBRequestCountPerTarget: ['requests', 'requests per task and minute', ''],
}

/** The metric pairs of predictive policies. */
const PAIRS: Readonly<Record<string, ScalingMetric>> = {
  ECSServiceCPUUtilization: 'cpu',
  ECSServiceMemoryUtilization: 'memory',
  ALBRequestCount: 'requests',
}

const HIGH_RESOLUTION = /HighResolution$/

const readTracking = (tracking: TargetTrackingScalingPolicyConfiguration): Read => {
  const type = tracking.PredefinedMetricSpecification?.PredefinedMetricType ?? ''
  const isHighResolution = HIGH_RESOLUTION.test(type)
  const customMetric = tracking.CustomizedMetricSpecification?.MetricName ?? 'a custom metric'
  const known = METRICS[type.replace(HIGH_RESOLUTION, '')]
  const [, words, unit] = known ?? ['', plainName(type === '' ? customMetric : type, MOST_NAME), '']
  const scalesIn = tracking.DisableScaleIn !== true
  return {
    kind: 'target tracking',
    says: `keeps ${words} at ${tracking.TargetValue ?? 0}${unit}${isHighResolution ? ', by 20-second metrics' : ''}${scalesIn ? '' : ', never scales in'}`,
    scalesIn,
    scalesOut: true,
    ...(known !== undefined && { metric: known[0] }),
    ...(isHighResolution && { isHighResolution }),
    configuration: asJson(tracking),
  }
}

/** A configuration without dates and undefined values. */
const asJson = (configuration: object): JsonObject => JSON.parse(JSON.stringify(configuration)) as JsonObject

const readStep = ({ AdjustmentType, StepAdjustments = [] }: StepScalingPolicyConfiguration): Read => {
  const steps = StepAdjustments.map(({ ScalingAdjustment = 0 }) => ScalingAdjustment)
  const isExact = AdjustmentType === 'ExactCapacity'
  const unit = AdjustmentType === 'PercentChangeInCapacity' ? '%' : ''
  const changes = steps.map(by => (isExact ? `to ${by}` : `${by > 0 ? '+' : ''}${by}${unit}`)).join(', ')
  return {
    kind: 'step',
    says: `on its alarms: ${changes}`,
    scalesIn: isExact || steps.some(by => by < 0),
    scalesOut: isExact || steps.some(by => by > 0),
  }
}

/** Describes a predictive policy. Predictive scaling never scales in (Application Auto Scaling user guide). */
const readPredictive = (predictive: PredictiveScalingPolicyConfiguration): Read => {
  const isActing = predictive.Mode === 'ForecastAndScale'
  const isBreaching = predictive.MaxCapacityBreachBehavior === 'IncreaseMaxCapacity'
  const pair = predictive.MetricSpecifications?.[0]?.PredefinedMetricPairSpecification?.PredefinedMetricType
  const metric = PAIRS[pair ?? '']
  return {
    kind: 'predictive',
    says: `${isActing ? 'scales out ahead of the forecast' : 'forecasts only'}${isBreaching ? ', and may raise max capacity permanently' : ''}`,
    scalesIn: false,
    scalesOut: isActing,
    ...(metric !== undefined && { metric }),
    configuration: asJson(predictive),
  }
}
