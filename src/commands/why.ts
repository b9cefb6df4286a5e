// /ecs why: shows what changed a service, by anyone.

import { loadWhy, type Why } from '../features/incidents/load-why.ts'
import { renderWhy } from '../features/incidents/render-why.ts'
import { query } from './command.ts'

export const why = query({
  name: 'why',
  summary: 'Show what changed a service, by anyone: who, when, what',
  args: { service: { kind: 'service' } },
  options: {
    since: { kind: 'since', hint: 'how far back; default 3h, or 1h before `--at`; at most 14d' },
    at: { kind: 'instant', hint: 'look back from this time in your time zone instead of now' },
    all: { kind: 'flag', hint: 'more than fits on the screen of a phone' },
  },
  examples: ['why orders-api', 'why orders-api --since 24h', 'why orders-api --at 10:09'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:ListServiceDeployments',
    'ecs:DescribeServiceDeployments',
    'ecs:DescribeServiceRevisions',
    'application-autoscaling:DescribeScalingActivities',
    'cloudtrail:LookupEvents',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'logs:DescribeDeliverySources',
    'logs:DescribeDeliveries',
    'logs:DescribeDeliveryDestinations',
    'logs:FilterLogEvents',
  ],
  load: ({ service, since, at }, read, asker) =>
    loadWhy(service, { ...(since !== undefined && { since }), ...(at !== undefined && { at }) }, { read, asker }),
  render: (state: Why, values) => renderWhy(state, values),
  hasPictures: true,
})
