// /ecs deployments: shows a service's deployments and their outcomes.

import { type History, loadHistory } from '../features/deployments/load-history.ts'
import { renderHistory } from '../features/deployments/render-history.ts'
import { query } from './command.ts'

export const deployments = query({
  name: 'deployments',
  summary: 'Show a service’s deployments: what changed, and how each ended',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['deployments orders-api'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListServiceDeployments',
    'ecs:DescribeServiceDeployments',
    'ecs:DescribeServiceRevisions',
  ],
  load: ({ service }, read, { facts }) => loadHistory(service, read, facts.now),
  render: (state: History) => renderHistory(state),
})
