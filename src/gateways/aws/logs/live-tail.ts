// Buffers log lines from a CloudWatch Logs Live Tail session.
import {
  type CloudWatchLogsClient,
  StartLiveTailCommand,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LiveTail, LogLine, LogQuery } from '../../../features/logs/log-types.ts'

/** CloudWatch Logs API reference, StartLiveTail: log stream names. */
const MOST_STREAMS = 100

/** Live Tail is denied, unsupported for the log class, or over its limits: the follow polls instead. */
const UNAVAILABLE = /^(?:AccessDenied|InvalidOperation|LimitExceeded|Throttling|ResourceNotFound|UnknownOperation)/

/** `account`: an account id. Undefined if Live Tail is not available. */
export const startLiveTail = async (
  client: CloudWatchLogsClient,
  account: string,
  { group, region, streams, filter }: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter'>,
): Promise<LiveTail | undefined> => {
  if (streams.length > MOST_STREAMS) return undefined
  const abort = new AbortController()
  const command = new StartLiveTailCommand({
    logGroupIdentifiers: [`arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${group}`],
    ...(streams.length > 0 && { logStreamNames: [...streams] }),
    ...(filter !== undefined && { logEventFilterPattern: filter }),
  })
  try {
    const { responseStream } = await client.send(command, { abortSignal: abort.signal })
    return responseStream && listen(responseStream, abort)
  } catch (error) {
    if (error instanceof Error && UNAVAILABLE.test(error.name)) return undefined
    throw error
  }
}

/** The partition of a region. */
const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

const listen = (events: AsyncIterable<StartLiveTailResponseStream>, abort: AbortController): LiveTail => {
  let lines: LogLine[] = []
  let isSampled = false
  let isOver = false
  const read = async () => {
    for await (const { sessionUpdate } of events) {
      isSampled ||= sessionUpdate?.sessionMetadata?.sampled ?? false
      for (const { timestamp = 0, logStreamName = '', message = '' } of sessionUpdate?.sessionResults ?? [])
        lines.push({ at: timestamp, stream: logStreamName, message, id: '' })
    }
  }
  // A session ends after three hours, on a lost connection, or on close; `take` reports it.
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
