// /ecs services: how the fleet is, and what in it is not well.

import { type FleetState, loadFleet } from '../features/status/load-fleet.ts'
import { renderFleet } from '../features/status/render-fleet.ts'
import { query } from './command.ts'

export const services = query({
  name: 'services',
  summary: 'Show how all services are, the unhealthy ones first, and how old that knowledge is',
  args: {},
  options: {
    unhealthy: { kind: 'flag', hint: 'those that are not well, and no others' },
    account: { kind: 'name', hint: 'of this account alone' },
    cluster: { kind: 'name', hint: 'of clusters of this name alone' },
    tag: { kind: 'tag', hint: 'with this tag alone' },
  },
  examples: ['services', 'services --unhealthy', 'services --account prod --tag team=orders'],
  reads: ['ecs:ListServices', 'cloudwatch:GetMetricData'],
  load: (asked, read, own) => loadFleet(asked, read, own),
  render: (state: FleetState) => renderFleet(state),
})
