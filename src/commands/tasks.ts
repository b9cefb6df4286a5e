// /ecs tasks: lists a service's running tasks, and stopped tasks with the reason why they stopped.

import { loadTasks, type Tasks } from '../features/status/load-tasks.ts'
import { renderTasks } from '../features/status/render-tasks.ts'
import { query } from './command.ts'

export const tasks = query({
  name: 'tasks',
  summary: 'List a service’s tasks, and why stopped ones stopped',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['tasks orders-api', 'tasks prod/jobs/recommendations'],
  reads: [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    // ecr:BatchGetImage also allows ListImageReferrers (ECR API reference).
    'ecr:BatchGetImage',
    'ecr:DescribeImages',
  ],
  load: ({ service }, read, asker) => loadTasks(service, read, asker),
  render: (state: Tasks) => renderTasks(state),
})
