// Describes scaling policies in a few words.
import type {
  ScalingPolicy as AwsPolicy,
  MetricType,
  PredictiveScalingPolicyConfiguration,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { ScalingPolicy } from '../../../model/ecs.ts'

/** A name, which is untrusted text: without Slack markup, and cut at 80 characters. */
const plainName = (text: string): string => text.replace(/[*`\n]/g, '').slice(0, 80)

export const readPolicy = (policy: AwsPolicy): ScalingPolicy => ({
  ...readKind(policy),
  alarms: (policy.Alarms ?? []).map(({ AlarmName = '' }) => AlarmName),
})

const readKind = (policy: AwsPolicy): ScalingPolicy => {
  const name = plainName(policy.PolicyName ?? '')
  const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: step } = policy
  if (tracking !== undefined) return { name, kind: 'target tracking', ...readTracking(tracking) }
  if (step !== undefined) return { name, kind: 'step', ...readStep(step) }
  return { name, kind: 'predictive', ...readPredictive(policy.PredictiveScalingPolicyConfiguration) }
}

type Read = Omit<ScalingPolicy, 'name' | 'kind'>

const METRICS: Partial<Readonly<Record<MetricType, readonly [string, string]>>> = {
  ECSServiceAverageCPUUtilization: ['CPU', '%'],
  ECSServiceAverageMemoryUtilization: ['memory', '%'],
  ALBRequestCountPerTarget: ['requests per task and minute', ''],
}

const readTracking = (tracking: TargetTrackingScalingPolicyConfiguration): Read => {
  const type = tracking.PredefinedMetricSpecification?.PredefinedMetricType
  const customMetric = tracking.CustomizedMetricSpecification?.MetricName ?? 'a custom metric'
  const [metric, unit] = (type && METRICS[type]) ?? [plainName(type ?? customMetric), '']
  const scalesIn = tracking.DisableScaleIn !== true
  return {
    says: `keeps ${metric} at ${tracking.TargetValue ?? 0}${unit}${scalesIn ? '' : ', never scales in'}`,
    scalesIn,
    scalesOut: true,
  }
}

const readStep = ({ AdjustmentType, StepAdjustments = [] }: StepScalingPolicyConfiguration): Read => {
  const steps = StepAdjustments.map(({ ScalingAdjustment = 0 }) => ScalingAdjustment)
  const isExact = AdjustmentType === 'ExactCapacity'
  const unit = AdjustmentType === 'PercentChangeInCapacity' ? '%' : ''
  const changes = steps.map(by => (isExact ? `to ${by}` : `${by > 0 ? '+' : ''}${by}${unit}`)).join(', ')
  return {
    says: `on its alarms: ${changes}`,
    scalesIn: isExact || steps.some(by => by < 0),
    scalesOut: isExact || steps.some(by => by > 0),
  }
}

/** Describes a predictive policy. Predictive scaling never scales in (Application Auto Scaling user guide). */
const readPredictive = (predictive: PredictiveScalingPolicyConfiguration | undefined): Read => {
  const isActing = predictive?.Mode === 'ForecastAndScale'
  const isBreaching = predictive?.MaxCapacityBreachBehavior === 'IncreaseMaxCapacity'
  return {
    says: `${isActing ? 'scales out ahead of the forecast' : 'forecasts only'}${isBreaching ? ', and may raise max capacity permanently' : ''}`,
    scalesIn: false,
    scalesOut: isActing,
  }
}
