// /ecs events: what ECS did with a service.
import { query } from '../command.ts'
import { refuse } from '../errors.ts'
import { renderEvents } from '../messages/events.ts'
import type { ServiceDetail } from '../service-state.ts'
import { fullName } from '../target.ts'

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
