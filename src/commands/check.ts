// /ecs check: finds unsafe or fragile settings of a service, or of the services of a cluster or an account.

import { atLeast } from '../features/checks/check.ts'
import { type Checked, checkPlace, refusePage } from '../features/checks/check-place.ts'
import { renderCheck } from '../features/checks/render-check.ts'
import { query } from './command.ts'

export const check = query({
  name: 'check',
  summary: 'Find unsafe or fragile settings of services, why they matter, and the fix',
  args: { place: { kind: 'place' } },
  options: {
    severity: { kind: 'severity', hint: 'this severity and worse; default all' },
    page: { kind: 'page', hint: 'page of services by name, 50 a page' },
    more: { kind: 'flag', hint: 'all findings; without it the five worst' },
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
  load: async ({ place, page = 1 }, read, asker) => {
    const refusal = refusePage(place, page)
    if (refusal !== undefined) return refusal
    const checked = await checkPlace(place, read, page)
    const more = asker.again({ more: true })
    return checked.left === 0 ? { ...checked, more } : { ...checked, more, next: asker.again({ page: page + 1 }) }
  },
  render: (checked: Checked, { severity = 'low', more = false }) =>
    renderCheck({ ...checked, flaws: atLeast(severity, checked.flaws) }, severity, more),
})
