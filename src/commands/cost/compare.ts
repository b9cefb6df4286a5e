// /ecs cost compare: where a service could run, side by side, and one recommendation.

import { loadServiceCost, SERVICE_COST_READS, type ServiceCost } from '../../features/cost/load-service-cost.ts'
import { renderCompare } from '../../features/cost/render-compare.ts'
import { query } from '../command.ts'

export const compareCost = query({
  name: 'cost compare',
  summary: 'Compare where a service could run: Fargate, Spot, Graviton, instances; cost, and whether it can',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['cost compare orders-api'],
  reads: SERVICE_COST_READS,
  load: ({ service }, read, asker) => loadServiceCost(service, read, asker),
  render: (state: ServiceCost) => renderCompare(state),
})
