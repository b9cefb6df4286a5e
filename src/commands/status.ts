// /ecs status: is a service healthy, and what is it doing?
import { query } from '../command.ts'
import { refuse } from '../errors.ts'
import { renderStatus } from '../messages/status.ts'
import type { Service } from '../model.ts'
import { fullName } from '../target.ts'

export const status = query({
  name: 'status',
  summary: 'Show whether a service is healthy and what it is doing',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['status orders-api', 'status prod/web/orders-api'],
  reads: ['ecs:DescribeServices'],
  load: async ({ service }, read) =>
    (await read.service(service)) ?? refuse(`*${fullName(service)}* is not there any more.`),
  render: (service: Service) => renderStatus(service),
})
