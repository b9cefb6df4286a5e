// FilterLogEvents: the events of several streams in the order of their times, in pages. A page ends at its limit, at 1 MB,
// or after a number of events was scanned. Therefore some pages have a token but no events.

import type { FilterLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs'
import { isBefore, type LogEvent, type LogGroup, type LogStream, type Logs } from '../../../world/logs.ts'
import type { Call } from '../../wire/service.ts'
import { invalid, noStream } from './errors.ts'
import { expectGroup } from './find.ts'
import { type Matches, parsePattern } from './pattern.ts'
import { readToken, writeToken } from './tokens.ts'

const MOST_EVENTS = 10_000
const MOST_BYTES = 1_048_576
/** The start time from which AWS allows the newest-first order. */
const NEWEST_FIRST_SINCE = Date.UTC(2024, 0, 1)

/** The maximum number of events that are scanned for a page. AWS does not document its rule. */
const LOOKED_AT = 20_000

type Position = { readonly isForward: boolean; readonly at?: number; readonly id?: string; readonly request: string }

/** Settings for tests. `emptyPages`: the number of pages without events to return first. */
export type FilterKnobs = { emptyPages: number }

const checkRange = ({ startTime = 0, endTime, startFromHead = true, nextToken }: FilterLogEventsRequest) => {
  if (endTime !== undefined && endTime < startTime) throw invalid('End time should not be less than start time.')
  if (!startFromHead && nextToken === undefined && startTime < NEWEST_FIRST_SINCE)
    throw invalid('startFromHead can be false only if startTime is on or after Jan 1, 2024 00:00:00 UTC.')
}

const check = (input: FilterLogEventsRequest) => {
  const { logStreamNames, logStreamNamePrefix } = input
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined)
    throw invalid('LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.')
  checkRange(input)
}

const chosen = ({ streams }: LogGroup, input: FilterLogEventsRequest): readonly LogStream[] => {
  const { logStreamNames, logStreamNamePrefix = '' } = input
  if (!logStreamNames) return [...streams.values()].filter(({ name }) => name.startsWith(logStreamNamePrefix))
  return [...new Set(logStreamNames)].map(name => {
    const stream = streams.get(name)
    if (!stream) throw noStream()
    return stream
  })
}

/** The fields of a request that do not concern pages. A token is valid only for a request with the same fields. */
const requestOf = ({ nextToken: _, startFromHead: __, limit: ___, ...rest }: FilterLogEventsRequest) =>
  JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)))

const positionOf = (input: FilterLogEventsRequest, now: number): Position => {
  const request = requestOf(input)
  if (input.nextToken === undefined) return { isForward: input.startFromHead ?? true, request }
  const position = readToken<Position>(input.nextToken, now)
  if (position.request !== request) throw invalid('The specified nextToken is invalid.')
  return position
}

const isPast = (event: LogEvent, { isForward, at, id }: Position): boolean => {
  if (at === undefined || id === undefined) return false
  return isForward ? !isBefore({ at, id }, event) : !isBefore(event, { at, id })
}

type Page = { readonly events: LogEvent[]; last?: LogEvent; isWhole: boolean }

const fill = (minutes: Iterable<readonly LogEvent[]>, position: Position, matches: Matches, limit: number): Page => {
  const page: Page = { events: [], isWhole: true }
  let bytes = 0
  let seen = 0
  for (const event of flat(minutes)) {
    if (isPast(event, position)) continue
    const isMatch = matches(event.message)
    const size = isMatch ? Buffer.byteLength(event.message) + 100 : 0
    const isFull = page.events.length >= limit || (bytes + size > MOST_BYTES && page.events.length > 0)
    if (isFull || seen >= LOOKED_AT) return { ...page, isWhole: false }
    seen += 1
    bytes += size
    page.last = event
    if (isMatch) page.events.push(event)
  }
  return page
}

function* flat<T>(lists: Iterable<readonly T[]>): Generator<T> {
  for (const list of lists) yield* list
}

const view = ({ stream, at, message, ingestedAt, id }: LogEvent) => ({
  logStreamName: stream,
  timestamp: at,
  message,
  ingestionTime: ingestedAt,
  eventId: id,
})

export const filterEvents = (
  logs: Logs,
  knobs: FilterKnobs,
  input: FilterLogEventsRequest,
  call: Call,
  now: number,
) => {
  const group = expectGroup(logs, input, call)
  check(input)
  const matches = parsePattern(input.filterPattern ?? '')
  const position = positionOf(input, now)
  if (knobs.emptyPages > 0) {
    knobs.emptyPages -= 1
    return { events: [], searchedLogStreams: [], nextToken: writeToken(position, now) }
  }
  // The span includes the end time: "Events with a timestamp later than this time are not returned".
  const whole = { from: input.startTime ?? 0, to: (input.endTime ?? now) + 1 }
  const { at = position.isForward ? whole.from : whole.to - 1, isForward } = position
  const range = isForward ? { from: at, to: whole.to } : { from: whole.from, to: at + 1 }
  const minutes = logs.read(group, chosen(group, input), range, isForward)
  const { events, last, isWhole } = fill(minutes, position, matches, input.limit ?? MOST_EVENTS)
  const next = last && { ...position, at: last.at, id: last.id }
  return {
    events: events.map(view),
    searchedLogStreams: [],
    ...(!isWhole && next && { nextToken: writeToken(next, now) }),
  }
}
