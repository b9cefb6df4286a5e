// /ecs capacity: shows where a service's tasks may run and do run.

import { CAPACITY_READS, type Capacity, loadCapacity } from '../../features/capacity/load-capacity.ts'
import { renderCapacity } from '../../features/capacity/render-capacity.ts'
import { query } from '../command.ts'

export const showCapacity = query({
  name: 'capacity',
  summary: 'Show where a service runs: strategy, actual split, quotas, Spot interruptions, cost',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['capacity orders-api'],
  reads: CAPACITY_READS,
  load: ({ service }, read, asker) => loadCapacity(service, read, asker, { hasHistory: true }),
  render: (state: Capacity) => renderCapacity(state),
  hasPictures: true,
})
