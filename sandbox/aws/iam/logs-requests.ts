// The permissions that CloudWatch Logs calls need. Source: service authorization reference. The ARNs follow denials
// seen in the field: they always name a log stream, even an empty one, so the resource in a policy must end in `:*`.

import type { GetLogEventsRequest, StartLiveTailRequest } from '@aws-sdk/client-cloudwatch-logs'
import { nameOf } from '../services/logs/find.ts'
import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

type Input = Partial<GetLogEventsRequest & StartLiveTailRequest>

const arnOf = ({ region, caller }: Call, input: Input): string =>
  `arn:aws:logs:${region}:${caller.account}:log-group:${nameOf(input) ?? ''}:log-stream:${input.logStreamName ?? ''}`

/**
 * The permissions that a call needs. Unmasking data that the log group's policy masks needs an additional permission.
 */
export const logsChecks = (call: Call): readonly Check[] => {
  const input = call.input as Input
  // Each log group is checked with an ARN that ends in `:*`, although the parameter itself must not end so.
  if (input.logGroupIdentifiers !== undefined)
    return input.logGroupIdentifiers.map(arn => ({ action: `logs:${call.action}`, resource: `${arn}:*`, context: {} }))
  const actions = [call.action, ...(input.unmask === true ? ['Unmask'] : [])]
  return actions.map(action => ({ action: `logs:${action}`, resource: arnOf(call, input), context: {} }))
}
