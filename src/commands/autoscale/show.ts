// /ecs autoscale: shows bounds, policies, schedules and recent scaling activities.

import { loadAutoscaling, type ScalingView } from '../../features/scaling/load-autoscaling.ts'
import { renderAutoscaling } from '../../features/scaling/render-autoscaling.ts'
import { query } from '../command.ts'

export const show = query({
  name: 'autoscale',
  summary: 'Show a service’s autoscaling: bounds, policies, schedules, and why it did not scale',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale checkout'],
  reads: [
    'ecs:DescribeServices',
    'cloudwatch:DescribeAlarms',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    'application-autoscaling:DescribeScalingActivities',
  ],
  load: ({ service }, read, asker) => loadAutoscaling(service, read, asker),
  render: (state: ScalingView) => renderAutoscaling(state),
})
