// Finds the log group that a call names.

import type { LogGroup, Logs } from '../../../world/logs.ts'
import type { Place } from '../../../world/place.ts'
import type { Call } from '../../wire/service.ts'
import { invalid, noGroup } from './errors.ts'

export type Named = { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined }

export const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

/** The name of the log group. An identifier is a name, or an ARN that does not end in `:*`. */
export const nameOf = ({ logGroupName, logGroupIdentifier }: Named): string | undefined =>
  logGroupName ?? logGroupIdentifier?.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '')

/**
 * Finds the log group of a request. Throws if the log group is missing. Source: CloudWatch Logs API reference,
 * FilterLogEvents. The error text is not from AWS.
 */
export const expectGroup = (logs: Logs, named: Named, call: Call): LogGroup => {
  if ((named.logGroupName === undefined) === (named.logGroupIdentifier === undefined))
    throw invalid('You must include either logGroupIdentifier or logGroupName, but not both.')
  const name = nameOf(named) ?? ''
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    )
  const group = logs.find(placeOf(call), name)
  if (!group) throw noGroup()
  return group
}
