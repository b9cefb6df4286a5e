// /ecs services: shows the health of all services.

import { type FleetState, loadFleet } from '../features/status/load-fleet.ts'
import { renderFleet } from '../features/status/render-fleet.ts'
import { query } from './command.ts'

export const services = query({
  name: 'services',
  summary: 'Show the health of all services, unhealthy ones first, and the age of the data',
  args: {},
  options: {
    unhealthy: { kind: 'flag', hint: 'only unhealthy services' },
    account: { kind: 'name', hint: 'only this account' },
    cluster: { kind: 'name', hint: 'only clusters of this name' },
    tag: { kind: 'tag', hint: 'only services with this tag' },
  },
  examples: ['services', 'services --unhealthy', 'services --account prod --tag team=orders'],
  reads: ['ecs:ListServices', 'cloudwatch:GetMetricData'],
  load: (asked, read, asker) => loadFleet(asked, read, asker),
  render: (state: FleetState) => renderFleet(state),
})
