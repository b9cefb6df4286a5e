// The Lambda operations that read durable executions: one execution, its history, and all executions of a function.
import type { Execution, HistoryEvent } from './execution.ts'
import { LONGEST_EXECUTION_MS } from './limits.ts'
import { invalid } from './state-machine.ts'
import { epochSeconds, timesOnWire } from './wire.ts'

const RETENTION_DAYS = 90
const MOST_ITEMS = 1000
const ITEMS = 100

/** The answer of GetDurableExecution. */
export const describeExecution = (execution: Execution, query: URLSearchParams): object => {
  const { arn, name, payload, status, result, error, startedAt, endedAt, version } = execution
  const hasData = query.get('IncludeExecutionData') !== 'false'
  return timesOnWire(
    {
      DurableExecutionArn: arn,
      DurableExecutionName: name,
      FunctionArn: `${execution.function.arn}:${execution.qualifier}`,
      ...(hasData && { InputPayload: payload, Result: result, Error: error }),
      StartTimestamp: startedAt,
      EndTimestamp: endedAt,
      Status: status,
      Version: version,
      ExecutionDataIncluded: hasData,
      DurableConfig: {
        RetentionPeriodInDays: RETENTION_DAYS,
        ExecutionTimeout: (execution.function.executionTimeoutMs ?? LONGEST_EXECUTION_MS) / 1000,
      },
    },
    epochSeconds,
  ) as object
}

/** The answer of GetDurableExecutionHistory. */
export const executionHistory = ({ events }: Execution, query: URLSearchParams): object => {
  const hasData = query.get('IncludeExecutionData') !== 'false'
  const ordered = query.get('ReverseOrder') === 'true' ? events.toReversed() : events
  const { items, NextMarker } = slice(ordered, query)
  return { Events: items.map(event => eventOnWire(event, hasData)), ...(NextMarker && { NextMarker }) }
}

const eventOnWire = ({ details, ...event }: HistoryEvent, hasData: boolean): unknown =>
  timesOnWire({ ...event, [`${event.EventType}Details`]: hasData ? details : withoutPayloads(details) }, epochSeconds)

const withoutPayloads = (details: object): object =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, ['Result', 'Error', 'Input'].includes(name) ? {} : value]),
  )

/** The answer of ListDurableExecutionsByFunction: newest first, unless the request reverses the order. */
export const listExecutions = (executions: readonly Execution[], query: URLSearchParams): object => {
  const name = query.get('DurableExecutionName')
  const qualifier = query.get('Qualifier')
  const statuses = query.getAll('Statuses')
  const after = timeOf(query, 'StartedAfter')
  const before = timeOf(query, 'StartedBefore')
  const fitting = executions.filter(
    one =>
      (name === null || one.name === name) &&
      (qualifier === null || one.qualifier === qualifier || one.version === qualifier) &&
      (statuses.length === 0 || statuses.includes(one.status)) &&
      (after === undefined || one.startedAt > after) &&
      (before === undefined || one.startedAt < before),
  )
  const { items, NextMarker } = slice(query.get('ReverseOrder') === 'true' ? fitting : fitting.toReversed(), query)
  return { DurableExecutions: items.map(summaryOf), ...(NextMarker && { NextMarker }) }
}

const summaryOf = (execution: Execution): unknown =>
  timesOnWire(
    {
      DurableExecutionArn: execution.arn,
      DurableExecutionName: execution.name,
      FunctionArn: `${execution.function.arn}:${execution.qualifier}`,
      Status: execution.status,
      StartTimestamp: execution.startedAt,
      EndTimestamp: execution.endedAt,
    },
    epochSeconds,
  )

const timeOf = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  return text === null ? undefined : Date.parse(text)
}

/** The page size of a request: 100 by default, at most 1,000. 0 means the default. */
export const itemsIn = (query: URLSearchParams): number => {
  const maxItems = Number(query.get('MaxItems') ?? 0)
  if (!Number.isInteger(maxItems) || maxItems < 0 || maxItems > MOST_ITEMS)
    throw invalid(`MaxItems must be between 0 and ${MOST_ITEMS}`)
  return maxItems === 0 ? ITEMS : maxItems
}

const slice = <T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; NextMarker?: string } => {
  const from = Number(Buffer.from(query.get('Marker') ?? '', 'base64').toString('utf8') || 0)
  if (!Number.isInteger(from)) throw invalid('Invalid Marker')
  const to = from + itemsIn(query)
  return {
    items: all.slice(from, to),
    ...(to < all.length && { NextMarker: Buffer.from(String(to)).toString('base64') }),
  }
}
