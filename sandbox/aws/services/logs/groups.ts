// The operations that describe log groups and log streams.

import type { DescribeLogGroupsRequest, DescribeLogStreamsRequest } from '@aws-sdk/client-cloudwatch-logs'
import type { LogGroup, LogStream, Logs } from '../../../world/logs.ts'
import type { Call } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectGroup, nameOf, placeOf } from './find.ts'
import { readToken, writeToken } from './tokens.ts'

const MOST = 50

type PageRequest = { readonly limit?: number | undefined; readonly nextToken?: string | undefined }

const pageOf = <T>(items: readonly T[], { limit = MOST, nextToken }: PageRequest, now: number) => {
  const from = nextToken === undefined ? 0 : readToken<{ readonly from: number }>(nextToken, now).from
  const end = from + limit
  return { page: items.slice(from, end), ...(end < items.length && { nextToken: writeToken({ from: end }, now) }) }
}

const viewGroup = ({ name, arn, createdAt, retentionInDays }: LogGroup) => ({
  logGroupName: name,
  creationTime: createdAt,
  retentionInDays,
  metricFilterCount: 0,
  arn: `${arn}:*`,
  logGroupArn: arn,
  storedBytes: 0,
  logGroupClass: 'STANDARD' as const,
})

const viewGroupBriefly = ({ name, arn, createdAt }: LogGroup) => ({
  logGroupName: name,
  creationTime: createdAt,
  arn: `${arn}:*`,
})

/**
 * Validates the identifiers of DescribeLogGroups, which omits missing groups. Source of the rules: CloudWatch Logs API
 * reference, DescribeLogGroups; the texts are guesses.
 */
const checkIdentifiers = (others: DescribeLogGroupsRequest): void => {
  const { logGroupNamePrefix, logGroupNamePattern, logGroupClass, limit, nextToken } = others
  if ([logGroupNamePrefix, logGroupNamePattern, logGroupClass, limit, nextToken].some(given => given !== undefined))
    throw invalid('logGroupIdentifiers cannot be used together with other filters.')
}

export const describeGroups = (logs: Logs, input: DescribeLogGroupsRequest, call: Call, now: number) => {
  const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers } = input
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
    throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  if (logGroupIdentifiers !== undefined) checkIdentifiers(input)
  const named =
    logGroupIdentifiers && new Set(logGroupIdentifiers.map(logGroupIdentifier => nameOf({ logGroupIdentifier })))
  const found = logs
    .list(placeOf(call))
    .filter(({ name }) => named === undefined || named.has(name))
    .filter(({ name }) => name.startsWith(logGroupNamePrefix ?? '') && name.includes(logGroupNamePattern ?? ''))
  const { page, ...next } = pageOf(found, input, now)
  return { logGroups: page.map(logGroupNamePattern === undefined ? viewGroup : viewGroupBriefly), ...next }
}

export const describeStreams = (logs: Logs, input: DescribeLogStreamsRequest, call: Call, now: number) => {
  const group = expectGroup(logs, input, call)
  const { logStreamNamePrefix = '', orderBy = 'LogStreamName', descending = false } = input
  if (orderBy === 'LastEventTime' && input.logStreamNamePrefix !== undefined)
    throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
  const seen = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(logStreamNamePrefix))
    .map(stream => viewStream(logs, group, stream, now))
  const sorted = seen.toSorted((a, b) =>
    orderBy === 'LastEventTime'
      ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0)
      : a.logStreamName < b.logStreamName
        ? -1
        : 1,
  )
  const { page, ...next } = pageOf(descending ? sorted.toReversed() : sorted, input, now)
  return { logStreams: page, ...next }
}

const viewStream = (logs: Logs, group: LogGroup, stream: LogStream, now: number) => {
  const times = logs.extent(group, stream)
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(times && {
      firstEventTimestamp: times.first,
      lastEventTimestamp: times.last,
      lastIngestionTime: Math.min(times.last + 200, now),
    }),
    uploadSequenceToken: '49039859657812412442313241234123412341234123412341234123',
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  }
}
