// The event history of AWS CloudTrail, read from the call log. Events appear some minutes late. Sources: CloudTrail API
// reference, LookupEvents; user guide, CloudTrail record contents. Error texts are guesses.
import type { LookupAttribute, LookupEventsRequest } from '@aws-sdk/client-cloudtrail'
import * as client from '@aws-sdk/client-cloudtrail'
import type { Clock } from '../../world/clock.ts'
import type { CallLog, LoggedCall } from '../wire/call-log.ts'
import rules from '../wire/constraints/cloudtrail.json' with { type: 'json' }
import { modelError, type Refuse } from '../wire/constraints.ts'
import { awsJson } from '../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

/**
 * The delay of events in milliseconds. "Typically delivers events within an average of about 5 minutes of an API call"
 * (user guide, How CloudTrail works).
 */
const DELAY_MS = 5 * 60_000
const PAGE = 50
const READ = /^(Describe|Get|List|Lookup|Filter|BatchGet)/

/** Services whose calls are data events, which are not in the event history. */
const DATA = new Set(['dynamodb', 'logs'])

const CODES: Readonly<Record<string, string>> = {
  maxResults: 'InvalidMaxResultsException',
  lookupAttributes: 'InvalidLookupAttributesException',
}

const refuse: Refuse = (broken, action) =>
  modelError(CODES[broken[0].at.split('.')[0] ?? ''] ?? 'InvalidParameterCombinationException')(broken, action)

const protocol = awsJson({
  version: '1.1',
  target: 'CloudTrail_20131101',
  client,
  rules,
  refuse,
})

const SOURCES: Readonly<Record<string, string>> = { 'application-autoscaling': 'autoscaling', cloudwatch: 'monitoring' }

const sourceOf = ({ service }: LoggedCall): string => `${SOURCES[service] ?? service}.amazonaws.com`

const lowerFirst = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowerFirst)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toLowerCase() + key.slice(1), lowerFirst(inner)]),
  )
}

const identityOf = ({ arn, account, sourceIdentity }: LoggedCall) => {
  const [kind = '', role = '', session = ''] = arn.split(':').at(-1)?.split('/') ?? []
  if (kind !== 'assumed-role') return { type: 'IAMUser', arn, accountId: account, userName: role }
  return {
    type: 'AssumedRole',
    principalId: `AROA:${session}`,
    arn,
    accountId: account,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, accountId: account, userName: role },
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  }
}

const nameOf = ({ arn }: LoggedCall): string => arn.split('/').at(-1) ?? ''

const view = (call: LoggedCall) => {
  const at = new Date(call.at)
  const record = {
    eventVersion: '1.11',
    userIdentity: identityOf(call),
    eventTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: sourceOf(call),
    eventName: call.action,
    awsRegion: call.region,
    requestParameters: lowerFirst(call.input),
    ...(call.output !== undefined && { responseElements: call.output }),
    ...(call.errorCode !== undefined && { errorCode: call.errorCode, errorMessage: call.errorMessage }),
    requestID: call.requestId,
    eventID: call.requestId,
    readOnly: READ.test(call.action),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.account,
    eventCategory: 'Management',
  }
  return {
    EventId: call.requestId,
    EventName: call.action,
    ReadOnly: `${record.readOnly}`,
    EventTime: at,
    EventSource: record.eventSource,
    Username: nameOf(call),
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  }
}

const ATTRIBUTES: Readonly<Record<string, (call: LoggedCall) => string>> = {
  EventId: ({ requestId }) => requestId,
  EventName: ({ action }) => action,
  EventSource: sourceOf,
  ReadOnly: ({ action }) => `${READ.test(action)}`,
  Username: nameOf,
}

const matching = (attributes: readonly LookupAttribute[]): ((call: LoggedCall) => boolean) => {
  const [attribute, ...others] = attributes
  if (others.length > 0)
    throw new AwsError('InvalidLookupAttributesException', 'You can specify only one lookup attribute.')
  if (attribute === undefined) return () => true
  const read = ATTRIBUTES[attribute.AttributeKey ?? '']
  if (read === undefined)
    throw new AwsError('InvalidLookupAttributesException', 'The lookup attribute is not one that this sandbox keeps.')
  return call => read(call) === attribute.AttributeValue
}

const lookup = (callLog: CallLog, clock: Clock, input: LookupEventsRequest, { caller, region }: Call) => {
  const { LookupAttributes = [], StartTime, EndTime, MaxResults = PAGE, NextToken } = input
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
    throw new AwsError('InvalidTimeRangeException', 'The start time must be before the end time.')
  if (NextToken !== undefined && !/^\d+$/.test(NextToken))
    throw new AwsError('InvalidNextTokenException', 'The token is not valid.')
  const isAsked = matching(LookupAttributes)
  const from = StartTime?.getTime() ?? 0
  const to = Math.min(EndTime?.getTime() ?? Number.POSITIVE_INFINITY, clock.now() - DELAY_MS)
  const found = callLog
    .list()
    .filter(
      call =>
        call.account === caller.account &&
        call.region === region &&
        !DATA.has(call.service) &&
        call.at >= from &&
        call.at <= to &&
        isAsked(call),
    )
    .toReversed()
  const start = Number(NextToken ?? 0)
  return {
    Events: found.slice(start, start + MaxResults).map(view),
    ...(start + MaxResults < found.length && { NextToken: `${start + MaxResults}` }),
  }
}

export const createCloudtrail = (callLog: CallLog, clock: Clock): AwsService => ({
  name: 'cloudtrail',
  protocol,
  operations: { LookupEvents: (input: LookupEventsRequest, call) => lookup(callLog, clock, input, call) },
})
