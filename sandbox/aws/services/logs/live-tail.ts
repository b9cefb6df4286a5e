// StartLiveTail: while a client is connected, sends the new lines of some log groups once a second. Of a large volume, only
// a sample is sent. Source: CloudWatch Logs API reference, StartLiveTail; quotas: user guide, CloudWatch Logs limits. The
// error texts are not from AWS, except the general errors of CloudWatch Logs.

import type { StartLiveTailRequest } from '@aws-sdk/client-cloudwatch-logs'
import type { Clock, Timer } from '../../../world/clock.ts'
import type { LogEvent, LogGroup, Logs } from '../../../world/logs.ts'
import { encodeEvent } from '../../wire/event-stream.ts'
import { AwsError, type Call, type Sink, Streamed } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectGroup, placeOf } from './find.ts'
import { type Matches, parsePattern } from './pattern.ts'

/** The maximum number of events in each update. */
const MOST_EVENTS = 500
/** The maximum number of sessions in an account and region. */
const MOST_SESSIONS = 15
const SECOND = 1_000
const LONGEST = 3 * 3_600_000
/** The maximum delay of an event that is still sent, in milliseconds. AWS has no such limit. */
const LATE = 300_000

/**
 * Settings for tests: the number of sessions of other clients, and the log groups that are not of the Standard class.
 */
export type TailKnobs = { othersSessions: number; infrequent: Set<string> }

const ARN = /^arn:aws[\w-]*:logs:[a-z0-9-]+:\d{12}:log-group:[.\-_/#A-Za-z0-9]{1,512}$/

const check = ({ logGroupIdentifiers = [], logStreamNames, logStreamNamePrefixes }: StartLiveTailRequest): void => {
  const count = logGroupIdentifiers.length
  if (logGroupIdentifiers.some(arn => !ARN.test(arn)))
    throw invalid('Log group identifiers must be ARNs without a trailing *.')
  const named = [logStreamNames, logStreamNamePrefixes].filter(list => list !== undefined)
  if (named.length > 1) throw invalid('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.')
  if (named.length > 0 && count > 1) throw invalid('Log streams can be given for a single log group only.')
}

const sampled = (events: readonly LogEvent[]): readonly LogEvent[] =>
  events.length <= MOST_EVENTS
    ? events
    : Array.from({ length: MOST_EVENTS }, (_, nth) => events[Math.floor((nth * events.length) / MOST_EVENTS)]).filter(
        event => event !== undefined,
      )

type SentEvents = { readonly since: number; readonly sent: ReadonlySet<string> }

type Session = {
  readonly input: StartLiveTailRequest
  readonly groups: readonly LogGroup[]
  readonly matches: Matches
}

const isMeant = ({ logStreamNames: names, logStreamNamePrefixes: prefixes }: StartLiveTailRequest, name: string) =>
  (names === undefined || names.includes(name)) && (prefixes?.some(prefix => name.startsWith(prefix)) ?? true)

type NewEvent = { readonly event: LogEvent; readonly group: LogGroup }

/**
 * The events that arrived since the last update. `since`: the last millisecond of that update. `sent`: the ids of events
 * that arrived in this millisecond and were already sent.
 */
const newEventsIn = (
  logs: Logs,
  { input, groups, matches }: Session,
  { since, sent }: SentEvents,
  now: number,
): readonly NewEvent[] =>
  groups.flatMap(group => {
    const streams = [...group.streams.values()].filter(({ name }) => isMeant(input, name))
    return [...logs.read(group, streams, { from: since - LATE, to: now + 1 }, true)].flatMap(minute =>
      minute
        .filter(
          ({ ingestedAt, message, id }) =>
            ingestedAt >= since && ingestedAt <= now && !sent.has(id) && matches(message),
        )
        .map(event => ({ event, group })),
    )
  })

const updateOf = (newEvents: readonly NewEvent[]): object => {
  const sample = new Set(sampled(newEvents.map(({ event }) => event)))
  return {
    sessionMetadata: { sampled: sample.size < newEvents.length },
    sessionResults: newEvents
      .filter(({ event }) => sample.has(event))
      .map(({ event: { stream, at, ingestedAt, message }, group }) => ({
        logStreamName: stream,
        logGroupIdentifier: `${group.account}:${group.name}`,
        message,
        timestamp: at,
        ingestionTime: ingestedAt,
      })),
  }
}

/** Sends an update once a second until the client disconnects or the session times out. */
const sendUpdates = (logs: Logs, clock: Clock, session: Session, sink: Sink): void => {
  const endsAt = clock.now() + LONGEST
  let sent: SentEvents = { since: clock.now(), sent: new Set() }
  let timer: Timer
  const update = () => {
    const now = clock.now()
    if (now >= endsAt) {
      sink.write(encodeEvent({ exception: 'SessionTimeoutException' }, { message: 'The session timed out.' }))
      return sink.end()
    }
    const newEvents = newEventsIn(logs, session, sent, now)
    const latest = newEvents.filter(({ event: { ingestedAt } }) => ingestedAt === now)
    sent = { since: now, sent: new Set(latest.map(({ event: { id } }) => id)) }
    sink.write(encodeEvent({ event: 'sessionUpdate' }, updateOf(newEvents)))
    timer = clock.after(SECOND, update)
  }
  timer = clock.after(SECOND, update)
  sink.onClose(() => timer.cancel())
  sink.write(encodeEvent({ event: 'initial-response' }, {}))
  const ids = { requestId: crypto.randomUUID(), sessionId: crypto.randomUUID() }
  sink.write(encodeEvent({ event: 'sessionStart' }, { ...ids, ...session.input }))
}

export type LiveTails = ReturnType<typeof createLiveTails>

export const createLiveTails = (logs: Logs, clock: Clock, knobs: TailKnobs) => {
  const open = new Map<string, Set<Sink>>()
  return {
    start: (input: StartLiveTailRequest, call: Call): Streamed => {
      check(input)
      const matches = parsePattern(input.logEventFilterPattern ?? '')
      const groups = (input.logGroupIdentifiers ?? []).map(arn => expectGroup(logs, { logGroupIdentifier: arn }, call))
      if (groups.some(({ name }) => knobs.infrequent.has(name)))
        throw new AwsError(
          'InvalidOperationException',
          'Live Tail is available for log groups of the Standard class only.',
        )
      const { account, region } = placeOf(call)
      const sessions = open.get(`${account}/${region}`) ?? new Set<Sink>()
      open.set(`${account}/${region}`, sessions)
      if (sessions.size + knobs.othersSessions >= MOST_SESSIONS)
        throw new AwsError('LimitExceededException', 'The maximum number of concurrent Live Tail sessions was reached.')
      return new Streamed(sink => {
        sessions.add(sink)
        sink.onClose(() => sessions.delete(sink))
        sendUpdates(logs, clock, { input, groups, matches }, sink)
      })
    },
    /** The number of open sessions of an account and region. */
    count: ({ account, region }: { account: string; region: string }): number =>
      open.get(`${account}/${region}`)?.size ?? 0,
    /** Breaks every connection, as a network failure does. */
    cut: (): void => {
      for (const sessions of open.values()) for (const sink of [...sessions]) sink.end()
    },
  }
}
