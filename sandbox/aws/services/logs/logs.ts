// The read operations of the Amazon CloudWatch Logs API.

import type {
  DescribeLogGroupsRequest,
  DescribeLogStreamsRequest,
  FilterLogEventsRequest,
  GetLogEventsRequest,
  StartLiveTailRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import * as client from '@aws-sdk/client-cloudwatch-logs'
import type { Clock } from '../../../world/clock.ts'
import type { Logs } from '../../../world/logs.ts'
import rules from '../../wire/constraints/logs.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import type { AwsService } from '../../wire/service.ts'
import { describeDeliveries, describeDestinations, describeSources, type Vended } from './deliveries.ts'
import { type FilterKnobs, filterEvents } from './filter-events.ts'
import { getEvents } from './get-events.ts'
import { describeGroups, describeStreams } from './groups.ts'
import type { LiveTails } from './live-tail.ts'

type Knobs = FilterKnobs & { readonly vended: readonly Vended[] }

export const createLogsService = (logs: Logs, clock: Clock, knobs: Knobs, tails: LiveTails): AwsService => ({
  name: 'logs',
  protocol: awsJson({
    version: '1.1',
    target: 'Logs_20140328',
    client,
    rules,
    refuse: modelError('InvalidParameterException'),
  }),
  operations: {
    DescribeDeliveries: (_: object, call) => describeDeliveries(knobs.vended, call),
    DescribeDeliveryDestinations: (_: object, call) => describeDestinations(knobs.vended, call),
    DescribeDeliverySources: (_: object, call) => describeSources(knobs.vended, call),
    DescribeLogGroups: (input: DescribeLogGroupsRequest, call) => describeGroups(logs, input, call, clock.now()),
    DescribeLogStreams: (input: DescribeLogStreamsRequest, call) => describeStreams(logs, input, call, clock.now()),
    FilterLogEvents: (input: FilterLogEventsRequest, call) => filterEvents(logs, knobs, input, call, clock.now()),
    GetLogEvents: (input: GetLogEventsRequest, call) => getEvents(logs, input, call, clock.now()),
    StartLiveTail: (input: StartLiveTailRequest, call) => tails.start(input, call),
  },
})
