// The permissions that Lambda calls need, derived from their URL paths. Source: service authorization reference, AWS
// Lambda.

import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

const segmentOf = (url: string, pattern: RegExp): string => decodeURIComponent(pattern.exec(url)?.[1] ?? '')

/** The ARN of the function that a call gives by name or ARN. With a version or alias, the qualified ARN. */
const functionArn = ({ url, region, caller }: Call): string => {
  const name = segmentOf(url, /^\/[\d-]+\/functions\/([^/?]+)\//)
  const qualifier = new URLSearchParams(url.split('?')[1] ?? '').get('Qualifier')
  const arn = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${caller.account}:function:${name}`
  return qualifier === null || arn.endsWith(`:${qualifier}`) ? arn : `${arn}:${qualifier}`
}

const executionArn = ({ url }: Call): string => segmentOf(url, /^\/2025-12-01\/durable-executions\/([^/?]+)/)

const rows: Readonly<Record<string, (call: Call) => { readonly action: string; readonly resource: string }>> = {
  Invoke: call => ({ action: 'InvokeFunction', resource: functionArn(call) }),
  CheckpointDurableExecution: call => ({ action: call.action, resource: executionArn(call) }),
  GetDurableExecution: call => ({ action: call.action, resource: executionArn(call) }),
  GetDurableExecutionHistory: call => ({ action: call.action, resource: executionArn(call) }),
  GetDurableExecutionState: call => ({ action: call.action, resource: executionArn(call) }),
  ListDurableExecutionsByFunction: call => ({ action: call.action, resource: functionArn(call) }),
  StopDurableExecution: call => ({ action: call.action, resource: executionArn(call) }),
}

/**
 * The permissions that a call needs; undefined if this file does not list its action. The callback actions are not listed,
 * because only Lambda knows to which execution a callback id belongs.
 */
export const lambdaChecks = (call: Call): readonly Check[] | undefined => {
  const row = Object.hasOwn(rows, call.action) ? rows[call.action]?.(call) : undefined
  return row && [{ action: `lambda:${row.action}`, resource: row.resource, context: {} }]
}
