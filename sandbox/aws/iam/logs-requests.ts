// The permissions that CloudWatch Logs calls need. Source: service authorization reference. The ARNs are as in denials seen
// in the field: each ARN contains a log stream, which may be empty, so the resource in a policy must end in `:*`.

import type { GetLogEventsRequest, StartLiveTailRequest } from '@aws-sdk/client-cloudwatch-logs'
import { nameOf } from '../services/logs/find.ts'
import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

type Input = Partial<GetLogEventsRequest & StartLiveTailRequest>

const arnOf = ({ region, caller }: Call, input: Input): string =>
  `arn:aws:logs:${region}:${caller.account}:log-group:${nameOf(input) ?? ''}:log-stream:${input.logStreamName ?? ''}`

/**
 * The permissions that a call needs. A call that unmasks data which the log group's policy masks needs an additional
 * permission.
 */
export const logsChecks = (call: Call): readonly Check[] => {
  const input = call.input as Input
  // Each log group is checked with an ARN that ends in `:*`. The ARN in the request must not end in `:*`.
  if (input.logGroupIdentifiers !== undefined)
    return input.logGroupIdentifiers.map(arn => ({ action: `logs:${call.action}`, resource: `${arn}:*`, context: {} }))
  const actions = [call.action, ...(input.unmask === true ? ['Unmask'] : [])]
  return actions.map(action => ({ action: `logs:${action}`, resource: arnOf(call, input), context: {} }))
}
