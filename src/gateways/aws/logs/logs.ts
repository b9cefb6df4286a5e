// Reads log lines from CloudWatch Logs with a bounded number of calls.
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import { ECSClient } from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { patternOf } from '../../../features/logs/filter-pattern.ts'
import type { LogAnswer, LogLine, LogQuery } from '../../../features/logs/log-types.ts'
import { isSessionStream } from '../../../features/logs/session-lines.ts'
import { accountOf } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { startLiveTail } from './live-tail.ts'
import { readLogTask, readLogTasks } from './log-tasks.ts'
import { readSessionGroups } from './session-groups.ts'

/** The maximum number of streams in one request (CloudWatch Logs API reference, FilterLogEvents). */
const MOST_STREAMS = 100
const MOST_IN_PAGE = 10_000
/** The minimum number of lines requested in a page. A page ends at 1 MB, which is 2,500 lines of 400 bytes. */
const LEAST_IN_PAGE = 2_500
/** The maximum number of pages. Pages may be empty and still have a token for the next page. */
const MOST_PAGES = 10
/** The maximum number of requests, each for 100 streams. */
const MOST_PARTS = 4

/** Creates the readers. `isElsewhere`: the endpoint is overridden, so Live Tail's host prefix must be disabled. */
export const createLogReaders = (
  config: Config,
  sessions: Sessions,
  isElsewhere = false,
): Pick<Readers, 'logTasks' | 'logTask' | 'logLines' | 'liveTail' | 'sessionGroups'> => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  const logsFor = sessions.each(settings => new CloudWatchLogsClient({ ...settings, disableHostPrefix: isElsewhere }))
  return {
    logTasks: (ref, named) =>
      askAws(`reading the tasks of ${ref.service}`, async () =>
        readLogTasks(await ecsFor(accountOf(config, ref), ref.region), ref, named),
      ),
    logTask: (ref, arn) =>
      askAws('reading the task', async () => readLogTask(await ecsFor(accountOf(config, ref), ref.region), ref, arn)),
    logLines: (ref, query) =>
      askAws(`reading the logs of ${ref.service}`, async () =>
        readLines(await logsFor(accountOf(config, ref), query.region), query),
      ),
    sessionGroups: (place, clusters) =>
      askAws(`reading clusters in ${place.region}`, async () =>
        readSessionGroups(await ecsFor(accountOf(config, place), place.region), clusters),
      ),
    liveTail: (ref, query) =>
      askAws(`following ${query.group}`, async () =>
        startLiveTail(await logsFor(accountOf(config, ref), query.region), ref.accountId, query),
      ),
  }
}

const readLines = async (client: CloudWatchLogsClient, query: LogQuery): Promise<LogAnswer> => {
  try {
    const parts = query.streams.length === 0 ? [[]] : chunks([...new Set(query.streams)])
    const read = await Promise.all(parts.slice(0, MOST_PARTS).map(streams => readStreams(client, query, streams)))
    const all = read.flatMap(({ lines }) => lines).toSorted(inTime)
    const lines = query.oldestFirst ? all.filter(({ at }) => at <= horizonOf(read)) : all
    const isPartial = read.some(({ isPartial }) => isPartial) || parts.length > MOST_PARTS || lines.length > query.limit
    const limited = query.oldestFirst ? lines.slice(0, query.limit) : lines.slice(-query.limit)
    return { kind: 'lines', lines: limited, isPartial }
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return { kind: 'no group' }
    if (isNamed(error, 'InvalidParameterException') && query.filter !== undefined)
      return { kind: 'bad filter', why: error.message }
    throw error
  }
}

/** The time up to which the lines of all parts are complete: the earliest last line of the parts that are partial. */
const horizonOf = (parts: readonly Found[]): number =>
  Math.min(...parts.map(({ lines, isPartial }) => (isPartial ? (lines.at(-1)?.at ?? 0) : Number.POSITIVE_INFINITY)))

type Found = { readonly lines: readonly LogLine[]; readonly isPartial: boolean }

/**
 * Reads streams by name. AWS refuses the whole request if one of the streams does not exist, as for a new task. In this case,
 * reads by the common prefix of the names.
 */
const readStreams = async (
  client: CloudWatchLogsClient,
  query: LogQuery,
  streams: readonly string[],
): Promise<Found> => {
  try {
    return await readPages(client, query, streams.length === 0 ? {} : { logStreamNames: [...streams] })
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException') || !error.message.includes('stream')) throw error
    const wanted = new Set(streams)
    const { lines, isPartial } = await readPages(client, query, { logStreamNamePrefix: commonPrefix(streams) })
    return { lines: lines.filter(({ stream }) => wanted.has(stream)), isPartial }
  }
}

type Which = Pick<FilterLogEventsCommandInput, 'logStreamNames' | 'logStreamNamePrefix'>

const readPages = async (client: CloudWatchLogsClient, query: LogQuery, which: Which): Promise<Found> => {
  const lines: LogLine[] = []
  let nextToken: string | undefined
  // Each event has its own copy of the stream's name. Only one copy is kept, which saves memory.
  const names = new Map<string, string>()
  const maxPages = Math.max(MOST_PAGES, Math.ceil(query.limit / LEAST_IN_PAGE))
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName: query.group,
        ...which,
        startTime: query.since,
        ...(query.until !== undefined && { endTime: query.until }),
        startFromHead: query.oldestFirst ?? false,
        limit: Math.min(query.limit, MOST_IN_PAGE),
        ...(query.filter !== undefined && { filterPattern: patternOf(query.filter) }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    for (const { timestamp = 0, logStreamName = '', message = '', eventId = '', ingestionTime } of answer.events ??
      []) {
      if (query.sessions === 'left out' && isSessionStream(logStreamName)) continue
      const stream = names.get(logStreamName) ?? logStreamName
      names.set(stream, stream)
      lines.push({
        at: timestamp,
        stream,
        message,
        id: eventId,
        ...(ingestionTime !== undefined && { ingestedAt: ingestionTime }),
      })
    }
    nextToken = answer.nextToken
    if (nextToken === undefined) return { lines, isPartial: false }
    if (lines.length >= query.limit) return { lines, isPartial: true }
  }
  return { lines, isPartial: true }
}

const chunks = (streams: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(streams.length / MOST_STREAMS) }, (_, at) =>
    streams.slice(at * MOST_STREAMS, (at + 1) * MOST_STREAMS),
  )

const inTime = (a: LogLine, b: LogLine): number => a.at - b.at || (a.id < b.id ? -1 : 1)

const commonPrefix = (texts: readonly string[]): string => {
  const [first = '', ...rest] = texts
  let length = first.length
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length -= 1
  return first.slice(0, length)
}

const isNamed = (error: unknown, name: string): error is Error => error instanceof Error && error.name === name
