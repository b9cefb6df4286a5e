// /ecs deployments: what was deployed of a service, and how it ended.

import { type History, loadHistory } from '../features/deployments/history.ts'
import { renderHistory } from '../features/deployments/render-history.ts'
import { query } from './command.ts'

export const deployments = query({
  name: 'deployments',
  summary: 'Show what was deployed of a service, what it changed, and how it ended',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['deployments orders-api'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListServiceDeployments',
    'ecs:DescribeServiceDeployments',
    'ecs:DescribeServiceRevisions',
  ],
  load: ({ service }, read) => loadHistory(service, read),
  render: (state: History) => renderHistory(state),
})
