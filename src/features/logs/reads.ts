// What reading and following logs reads of AWS.

import type { ServiceRef } from '../../model/ecs.ts'
import type { LiveTail, LogAnswer, LogQuery, LogTasks } from './log-types.ts'

export type LogReads = {
  /** Tasks that run or stopped within the last hour, at most 100 of each, and where their containers write. */
  readonly logTasks: (ref: ServiceRef) => Promise<LogTasks>
  /** Lines of some streams, or of a whole group. */
  readonly logLines: (ref: Pick<ServiceRef, 'accountId' | 'service'>, query: LogQuery) => Promise<LogAnswer>
  /** Lines as they arrive; undefined where there can be no session. */
  readonly liveTail: (
    ref: Pick<ServiceRef, 'accountId'>,
    query: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter'>,
  ) => Promise<LiveTail | undefined>
}
