// Opens a Live Tail session of CloudWatch Logs and buffers its log lines.
import {
  type CloudWatchLogsClient,
  StartLiveTailCommand,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { patternOf } from '../../../features/logs/filter-pattern.ts'
import type { LiveTail, LogLine, LogQuery, SessionLines } from '../../../features/logs/log-types.ts'
import { isSessionStream } from '../../../features/logs/session-lines.ts'

/** The maximum number of log stream names (CloudWatch Logs API reference, StartLiveTail). */
const MOST_STREAMS = 100

/**
 * Matches the errors after which the follow polls instead of using Live Tail: access is denied, the log class does not support
 * Live Tail, or a limit is exceeded.
 */
const UNAVAILABLE = /^(?:AccessDenied|InvalidOperation|LimitExceeded|Throttling|ResourceNotFound|UnknownOperation)/

/** Starts a session; undefined if Live Tail is not available. `account`: an account id. */
export const startLiveTail = async (
  client: CloudWatchLogsClient,
  account: string,
  { group, region, streams, filter, sessions }: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter' | 'sessions'>,
): Promise<LiveTail | undefined> => {
  if (streams.length > MOST_STREAMS) return undefined
  const abort = new AbortController()
  const command = new StartLiveTailCommand({
    logGroupIdentifiers: [`arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${group}`],
    ...(streams.length > 0 && { logStreamNames: [...streams] }),
    ...(filter !== undefined && { logEventFilterPattern: patternOf(filter) }),
  })
  try {
    const { responseStream } = await client.send(command, { abortSignal: abort.signal })
    return responseStream && listen(responseStream, abort, sessions)
  } catch (error) {
    if (error instanceof Error && UNAVAILABLE.test(error.name)) return undefined
    throw error
  }
}

/** The partition of a region, such as `aws`. */
const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

const listen = (
  events: AsyncIterable<StartLiveTailResponseStream>,
  abort: AbortController,
  sessions: SessionLines,
): LiveTail => {
  let lines: LogLine[] = []
  let isSampled = false
  let isOver = false
  const read = async () => {
    for await (const { sessionUpdate } of events) {
      isSampled ||= sessionUpdate?.sessionMetadata?.sampled ?? false
      for (const { timestamp = 0, logStreamName = '', message = '' } of sessionUpdate?.sessionResults ?? []) {
        if (sessions === 'left out' && isSessionStream(logStreamName)) continue
        lines.push({ at: timestamp, stream: logStreamName, message, id: '' })
      }
    }
  }
  // The session ends after three hours, when the connection is lost, or when it is closed. `take` then returns `isOver`.
  read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true
    })
  return {
    take: () => {
      const taken = { lines, isSampled, isOver }
      lines = []
      return taken
    },
    close: () => abort.abort(),
  }
}
