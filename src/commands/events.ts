// /ecs events: shows the events that ECS reports for a service.

import { renderEvents } from '../features/status/render-events.ts'
import { fullName } from '../kit/language/target.ts'
import { refuse } from '../model/errors.ts'
import type { ServiceDetail } from '../model/service-detail.ts'
import { query } from './command.ts'

export const events = query({
  name: 'events',
  summary: 'Show a service’s ECS events, repeats merged',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['events orders-api'],
  reads: ['ecs:DescribeServices'],
  load: async ({ service }, read) =>
    (await read.serviceDetail(service)) ?? refuse(`*${fullName(service)}* no longer exists.`),
  render: (state: ServiceDetail) => renderEvents(state),
})
