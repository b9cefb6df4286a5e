// The IAM actions that reading and changing a service's autoscaling take.
export const SCALING_READS = [
  'ecs:DescribeServices',
  'ecs:ListTasks',
  'ecs:GetTaskProtection',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const
