// GetLogEvents: the events of one stream, forward or backward. The answer always contains a token. At the end of the stream,
// this is the token of the request.

import type { GetLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs'
import { isBefore, type LogEvent, type Logs } from '../../../world/logs.ts'
import type { Call } from '../../wire/service.ts'
import { invalid, noStream } from './errors.ts'
import { expectGroup } from './find.ts'

const MOST_EVENTS = 10_000
const MOST_BYTES = 1_048_576

/** Parses a token: `f/<id>/s` continues after the event with this id, `b/<id>/s` before it. */
const cursorOf = (token: string | undefined, startFromHead: boolean | undefined) => {
  if (token === undefined) return { isForward: startFromHead ?? false, id: undefined }
  const [, way, id] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? []
  if (id === undefined) throw invalid('The specified nextToken is invalid.')
  return { isForward: way === 'f', id }
}

type Cursor = ReturnType<typeof cursorOf>

/** Whether an event is still to be read from the cursor on. Event ids have equal length and sort in event order. */
const isAhead = ({ id: eventId }: LogEvent, { isForward, id }: Cursor): boolean =>
  id === undefined || (isForward ? eventId > id : eventId < id)

const take = (minutes: Iterable<readonly LogEvent[]>, cursor: Cursor, limit: number): readonly LogEvent[] => {
  const found: LogEvent[] = []
  let bytes = 0
  for (const minute of minutes) {
    for (const event of minute) {
      if (!isAhead(event, cursor)) continue
      bytes += Buffer.byteLength(event.message) + 26
      if (found.length >= limit || (bytes > MOST_BYTES && found.length > 0)) return found
      found.push(event)
    }
  }
  return found
}

export const getEvents = (logs: Logs, input: GetLogEventsRequest, call: Call, now: number) => {
  const group = expectGroup(logs, input, call)
  const { limit = MOST_EVENTS, startTime = 0, endTime = now + 1, nextToken } = input
  const stream = group.streams.get(input.logStreamName ?? '')
  if (!stream) throw noStream()
  const cursor = cursorOf(nextToken, input.startFromHead)
  const minutes = logs.read(group, [stream], { from: startTime, to: endTime }, cursor.isForward)
  const events = [...take(minutes, cursor, limit)].toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
  const [first, last] = [events[0]?.id, events.at(-1)?.id]
  const at = cursor.id ?? `3${cursor.isForward ? startTime : endTime}`.padEnd(56, '0')
  return {
    events: events.map(({ at: timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
    nextForwardToken: `f/${last ?? at}/s`,
    nextBackwardToken: `b/${first ?? at}/s`,
  }
}
