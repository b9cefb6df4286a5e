// /ecs check: what is wrong with how a service, the services of a cluster, or those of an account are set up.

import { atLeast } from '../features/checks/check.ts'
import { type Checked, checkPlace, refusePage } from '../features/checks/check-place.ts'
import { renderCheck } from '../features/checks/render-check.ts'
import { query } from './command.ts'

export const check = query({
  name: 'check',
  summary: 'Show what is unsafe or fragile in how services are set up, why it matters, and the fix',
  args: { place: { kind: 'place' } },
  options: {
    severity: { kind: 'severity', hint: 'findings of this severity and worse ones; all without it' },
    page: { kind: 'page', hint: 'of many services, by name, fifty a page' },
  },
  examples: ['check orders-api', 'check prod/web --severity high', 'check prod'],
  reads: [
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:DescribeClusters',
    'ecs:DescribeCapacityProviders',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecr:DescribeImageScanFindings',
    'logs:DescribeLogGroups',
  ],
  load: async ({ place, page = 1 }, read, own) => {
    const no = refusePage(place, page)
    if (no !== undefined) return no
    const checked = await checkPlace(place, read, page)
    return checked.left === 0 ? checked : { ...checked, next: own.again({ page: page + 1 }) }
  },
  render: (checked: Checked, { severity = 'low' }) =>
    renderCheck({ ...checked, flaws: atLeast(severity, checked.flaws) }, severity),
})
