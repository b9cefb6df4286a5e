// CloudWatch Logs, read into our words: the newest lines of a few streams, in a bounded number of calls.
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import { ECSClient } from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { LogAnswer, LogLine, LogQuery } from '../../../features/logs/log-types.ts'
import { accountOf } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { asking } from '../translate.ts'
import { startLiveTail } from './live-tail.ts'
import { readLogTasks } from './log-tasks.ts'

/** CloudWatch Logs API reference, FilterLogEvents. */
const MOST_STREAMS = 100
const MOST_IN_PAGE = 10_000
/** A page is full at 1 MB: so many lines of 400 bytes, and few services write longer ones. */
const LEAST_IN_PAGE = 2_500
/** Pages may be empty and carry a token: it has to end somewhere. */
const MOST_PAGES = 10
/** Of streams, 100 each: more than that is a fleet, which a filter finds through better than eyes. */
const MOST_PARTS = 4

/** `isElsewhere`: AWS is not at its usual place, where Live Tail has a host of its own. */
export const createLogReaders = (
  config: Config,
  sessions: Sessions,
  isElsewhere = false,
): Pick<Readers, 'logTasks' | 'logLines' | 'liveTail'> => {
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  const logsFor = sessions.each(settings => new CloudWatchLogsClient({ ...settings, disableHostPrefix: isElsewhere }))
  return {
    logTasks: ref =>
      asking(`reading the tasks of ${ref.service}`, async () =>
        readLogTasks(await ecsFor(accountOf(config, ref), ref.region), ref),
      ),
    logLines: (ref, query) =>
      asking(`reading the logs of ${ref.service}`, async () =>
        readLines(await logsFor(accountOf(config, ref), query.region), query),
      ),
    liveTail: (ref, query) =>
      asking(`following ${query.group}`, async () =>
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
    const kept = query.oldestFirst ? lines.slice(0, query.limit) : lines.slice(-query.limit)
    return { kind: 'lines', lines: kept, isPartial }
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return { kind: 'no group' }
    if (isNamed(error, 'InvalidParameterException') && query.filter !== undefined)
      return { kind: 'bad filter', why: error.message }
    throw error
  }
}

/** From the oldest on, lines are whole only as far as the part that came least far. */
const horizonOf = (parts: readonly Found[]): number =>
  Math.min(...parts.map(({ lines, isPartial }) => (isPartial ? (lines.at(-1)?.at ?? 0) : Number.POSITIVE_INFINITY)))

type Found = { readonly lines: readonly LogLine[]; readonly isPartial: boolean }

/** A task that has only just started has no stream yet, and AWS refuses the whole request for it: then by prefix. */
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
  // Each event brings its stream's name as a text of its own: one of them is kept.
  const names = new Map<string, string>()
  const most = Math.max(MOST_PAGES, Math.ceil(query.limit / LEAST_IN_PAGE))
  for (let page = 0; page < most; page += 1) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName: query.group,
        ...which,
        startTime: query.since,
        ...(query.until !== undefined && { endTime: query.until }),
        startFromHead: query.oldestFirst ?? false,
        limit: Math.min(query.limit, MOST_IN_PAGE),
        ...(query.filter !== undefined && { filterPattern: query.filter }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    for (const { timestamp = 0, logStreamName = '', message = '', eventId = '', ingestionTime } of answer.events ??
      []) {
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
