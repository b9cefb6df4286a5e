// /ecs events: what ECS did with a service.

import { renderEvents } from '../features/status/render-events.ts'
import { fullName } from '../kit/language/target.ts'
import { refuse } from '../model/errors.ts'
import type { ServiceDetail } from '../model/service-detail.ts'
import { query } from './command.ts'

export const events = query({
  name: 'events',
  summary: 'Show what ECS did with a service, repeats said once',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['events orders-api'],
  reads: ['ecs:DescribeServices'],
  load: async ({ service }, read) =>
    (await read.serviceDetail(service)) ?? refuse(`*${fullName(service)}* is not there any more.`),
  render: (state: ServiceDetail) => renderEvents(state),
})
