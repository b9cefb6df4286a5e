// The IAM actions that read a service's autoscaling and the CloudFormation stack that manages the service.
/** The IAM actions that find out which tool manages a service. */
export const MANAGED_READS = ['cloudformation:DescribeStackResources', 'cloudformation:GetTemplate'] as const

export const SCALING_READS = [
  'ecs:DescribeServices',
  'cloudwatch:GetMetricData',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const
