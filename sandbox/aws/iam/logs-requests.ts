// What IAM must allow for calls of CloudWatch Logs. Sources: service authorization reference; the ARNs as refusals show
// them in the field: a stream is always in them, be it nameless, so a policy has to end in `:*`.

import type { GetLogEventsRequest, StartLiveTailRequest } from '@aws-sdk/client-cloudwatch-logs'
import { nameOf } from '../services/logs/find.ts'
import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

type Input = Partial<GetLogEventsRequest & StartLiveTailRequest>

const arnOf = ({ region, caller }: Call, input: Input): string =>
  `arn:aws:logs:${region}:${caller.account}:log-group:${nameOf(input) ?? ''}:log-stream:${input.logStreamName ?? ''}`

/** Data that a policy of the group masks is shown to those alone who may unmask. */
export const logsChecks = (call: Call): readonly Check[] => {
  const input = call.input as Input
  // Asked of each group, in the form that ends in `:*`, although the parameter itself must not.
  if (input.logGroupIdentifiers !== undefined)
    return input.logGroupIdentifiers.map(arn => ({ action: `logs:${call.action}`, resource: `${arn}:*`, context: {} }))
  const actions = [call.action, ...(input.unmask === true ? ['Unmask'] : [])]
  return actions.map(action => ({ action: `logs:${action}`, resource: arnOf(call, input), context: {} }))
}
