// /ecs cost: what services could cost less, by AWS Compute Optimizer and the price table.

import { fileOfFindings } from '../../features/cost/findings-file.ts'
import { type CostView, loadFindings } from '../../features/cost/load-findings.ts'
import { loadServiceCost, SERVICE_COST_READS, type ServiceCost } from '../../features/cost/load-service-cost.ts'
import { renderFindings } from '../../features/cost/render-findings.ts'
import { renderServiceCost } from '../../features/cost/render-service-cost.ts'
import type { Refusal } from '../../model/errors.ts'
import { query } from '../command.ts'

export const showCost = query({
  name: 'cost',
  summary: 'Show what services could cost less: idle, too large, Spot, Graviton; the greatest saving first',
  args: { place: { kind: 'place', optional: true } },
  options: {
    only: { kind: 'saving', hint: 'only one kind of saving' },
    tag: { kind: 'tag', hint: 'only services with this tag' },
    page: { kind: 'page', hint: 'page of findings, 15 a page' },
    csv: { kind: 'flag', hint: 'all findings, as a CSV file in a direct message' },
  },
  examples: ['cost', 'cost orders-api', 'cost prod --only idle', 'cost --tag team=orders --csv'],
  reads: SERVICE_COST_READS,
  load: ({ place, ...filters }, read, asker): Promise<CostView | ServiceCost | Refusal> => {
    const { tag, only, page } = filters
    const [ref] = place?.place.scope.service === undefined ? [] : place.refs
    if (ref !== undefined && tag === undefined && only === undefined) return loadServiceCost(ref, read, asker)
    return loadFindings(
      { place, ...(tag && { tag }), ...(only && { only }), ...(page !== undefined && { page }) },
      read,
      asker,
    )
  },
  render: (state: CostView | ServiceCost) =>
    state.kind === 'service' ? renderServiceCost(state) : renderFindings(state),
  hasPictures: true,
  file: (state: CostView | ServiceCost, { csv }) =>
    csv && state.kind === 'findings' ? fileOfFindings(state) : undefined,
})
