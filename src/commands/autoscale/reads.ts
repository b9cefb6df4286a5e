// IAM actions for reading a service's autoscaling and its managing stack.
/** For finding out which tool manages a service. */
export const MANAGED_READS = ['cloudformation:DescribeStackResources', 'cloudformation:GetTemplate'] as const

export const SCALING_READS = [
  'ecs:DescribeServices',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const
