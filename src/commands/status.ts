// /ecs status: shows one service's health, deployment, capacity and recent events.

import { loadStatus, type Status } from '../features/status/load-status.ts'
import { renderStatus } from '../features/status/render-status.ts'
import { query } from './command.ts'

export const status = query({
  name: 'status',
  summary: 'Show whether a service is healthy, what it is doing, and what changed',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['status orders-api', 'status prod/web/orders-api', 'status orders-api --explain'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeContainerInstances',
    'ec2:DescribeImages',
    'ecs:DescribeServiceDeployments',
    'ecs:DescribeServiceRevisions',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScheduledActions',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'elasticloadbalancing:DescribeTargetHealth',
    'vpc-lattice:ListTargets',
  ],
  load: ({ service }, read, { facts }) => loadStatus(service, read, facts.now),
  render: (state: Status) => renderStatus(state),
  hasPictures: true,
})
