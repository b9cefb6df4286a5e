// The IAM actions that reading and changing a service's autoscaling take.
/** Who else manages a service. */
export const MANAGED_READS = ['cloudformation:DescribeStackResources', 'cloudformation:GetTemplate'] as const

export const SCALING_READS = [
  'ecs:DescribeServices',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const
