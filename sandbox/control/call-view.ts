// Describes an AWS call of the call log for the World panel: its caller, result and a short summary.
import type { LoggedCall } from '../aws/wire/call-log.ts'
import type { AwsCall } from '../page/ui/wire.ts'

export const viewCall = (call: LoggedCall): AwsCall => ({
  at: call.at,
  service: call.service,
  action: call.action,
  region: call.region,
  caller: call.arn.replace(/^.*:(assumed-role|user)\//, ''),
  status: statusOf(call),
  ...(call.errorCode !== undefined && { code: call.errorCode }),
  summary: summaryOf(call),
})

const statusOf = ({ status, errorCode = '' }: LoggedCall): AwsCall['status'] => {
  if (status > 0 && status < 400) return 'allowed'
  if (/AccessDenied|Unauthorized|UnrecognizedClient|InvalidClientToken/.test(errorCode)) return 'denied'
  return /Throttl|TooManyRequests/.test(errorCode) ? 'throttled' : 'failed'
}

const NAMES = [
  'ResourceId',
  'ResourceIds',
  'PolicyName',
  'ScheduledActionName',
  'AlarmName',
  'service',
  'services',
  'cluster',
  'taskDefinition',
  'RoleArn',
  'Name',
  'Names',
  'Key',
  'TableName',
  'DurableExecutionArn',
]

const NUMBERS: Readonly<Record<string, string>> = { desiredCount: 'desired', MinCapacity: 'min', MaxCapacity: 'max' }

const summaryOf = ({ input, errorMessage, fault }: LoggedCall): string => {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  const named = NAMES.flatMap(name => (fields[name] === undefined ? [] : [short(fields[name])])).slice(0, 2)
  const count = Object.entries(NUMBERS).flatMap(([name, label]) =>
    fields[name] === undefined ? [] : [`${label} ${String(fields[name])}`],
  )
  return [
    ...named,
    ...count,
    ...(fault === undefined ? [] : [`(${fault})`]),
    ...(errorMessage === undefined ? [] : [errorMessage]),
  ]
    .join(' · ')
    .slice(0, 300)
}

const short = (value: unknown): string => {
  const text =
    typeof value === 'string' ? value : Array.isArray(value) ? value.map(short).join(', ') : JSON.stringify(value)
  return text.startsWith('arn:') ? text.split('/').slice(1).join('/') : text
}
