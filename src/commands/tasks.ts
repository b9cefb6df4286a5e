// /ecs tasks: what runs of a service, and why each of its tasks that stopped did.

import { loadTasks, type Tasks } from '../features/status/load-tasks.ts'
import { renderTasks } from '../features/status/render-tasks.ts'
import { query } from './command.ts'

export const tasks = query({
  name: 'tasks',
  summary: 'List a service’s tasks, and say why each stopped one stopped',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['tasks orders-api', 'tasks prod/jobs/recommendations'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    // ListImageReferrers, too, is allowed by it (ECR API reference).
    'ecr:BatchGetImage',
    'ecr:DescribeImages',
  ],
  load: ({ service }, read, own) => loadTasks(service, read, own),
  render: (state: Tasks) => renderTasks(state),
})
