// Live Tail, read into our words: lines as they arrive, until it is closed.
import {
  type CloudWatchLogsClient,
  StartLiveTailCommand,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LiveTail, LogLine, LogQuery } from '../../../features/logs/log-types.ts'

/** CloudWatch Logs API reference, StartLiveTail: streams by name. */
const MOST_STREAMS = 100

/** Not allowed to this role, not for this class of group, too many sessions, too many starts: then it is polled. */
const INSTEAD = /^(?:AccessDenied|InvalidOperation|LimitExceeded|Throttling|ResourceNotFound|UnknownOperation)/

/** `account`: an id. Undefined where there can be no session. */
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
    if (error instanceof Error && INSTEAD.test(error.name)) return undefined
    throw error
  }
}

/** Live Tail is not there in China and in GovCloud; the other partitions are named `aws`. */
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
  // It ends after three hours, with its connection, or when it is closed: whoever takes lines is told.
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
