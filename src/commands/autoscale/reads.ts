// The IAM actions that read a service's autoscaling and the CloudFormation stack that manages the service.
/** The IAM actions that find out which tool manages a service. */
export const MANAGED_READS = ['cloudformation:ListStackResources', 'cloudformation:GetTemplate'] as const

export const SCALING_READS = [
  'ecs:DescribeServices',
  'cloudwatch:GetMetricData',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const

/** The IAM action that finds the load balancer of a policy by requests. */
export const BALANCING_READS = ['elasticloadbalancing:DescribeTargetGroups'] as const

/** AWS makes and deletes the alarms of target tracking policies with the caller's permissions. */
export const TRACKING_WRITES = [
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:PutMetricAlarm',
] as const

/** The IAM action that reads forecasts; the load needs no action besides SCALING_READS. */
export const FORECAST_READS = ['application-autoscaling:GetPredictiveScalingForecast'] as const
