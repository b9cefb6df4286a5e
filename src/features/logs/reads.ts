// The reads that showing and following logs need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { LiveTail, LogAnswer, LogQuery, LogTask, LogTasks } from './log-types.ts'

export type LogReads = {
  /**
   * Reads the running tasks and those that stopped within the last hour, at most 500 of each, with their log
   * destinations. `task`: a whole task id; then reads that task only, if it exists.
   */
  readonly logTasks: (ref: ServiceRef, task?: string) => Promise<LogTasks>
  /** Reads one task of the service's cluster by its ARN, also a standalone one; undefined if ECS no longer has it. */
  readonly logTask: (ref: ServiceRef, arn: string) => Promise<LogTask | undefined>
  /** Reads the lines of some streams, or of a whole log group. */
  readonly logLines: (ref: Pick<ServiceRef, 'accountId' | 'service'>, query: LogQuery) => Promise<LogAnswer>
  /** Starts a Live Tail session; undefined if a session is not possible. */
  readonly liveTail: (
    ref: Pick<ServiceRef, 'accountId'>,
    query: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter' | 'sessions'>,
  ) => Promise<LiveTail | undefined>
  /** Reads the log groups to which these clusters write the transcripts of sessions in containers. */
  readonly sessionGroups: (
    place: Pick<ServiceRef, 'account' | 'accountId' | 'region'>,
    clusters: readonly string[],
  ) => Promise<readonly string[]>
}

export type SessionGroupReads = Pick<ServiceReads, 'index'>
