// Logs as data: the destinations of containers, queries, and the lines found.

import type { StopCause } from '../status/why-stopped.ts'

/** A running or stopped task, and the log destinations of its containers. */
export type LogTask = {
  readonly id: string
  /** The time of the stop, ISO 8601; absent while the task runs. */
  readonly stoppedAt?: string
  /** Why the task stopped. */
  readonly cause?: StopCause
  readonly containers: readonly LogContainer[]
}

export type LogContainer = { readonly name: string; readonly destination: Destination }

/** Where a container's output goes according to its task definition. `where`: a phrase that follows "writes". */
export type Destination =
  | { readonly kind: 'cloudwatch'; readonly group: string; readonly region: string; readonly stream: string }
  | { readonly kind: 'elsewhere'; readonly where: string }

export type LogTasks = {
  readonly tasks: readonly LogTask[]
  /** Whether there are more tasks than were read. */
  readonly isPartial: boolean
}

/** The note about tasks that were not read. */
export const PARTIAL_TASKS = 'Not all tasks were read: the service has too many. Name one with its full id.'

/** Whether an answer includes the transcripts of sessions in containers (session-lines.ts). */
export type SessionLines = 'shown' | 'left out'

/** A query of some streams of a log group, or of all its streams if `streams` is empty. Times: epoch milliseconds. */
export type LogQuery = {
  readonly group: string
  readonly region: string
  readonly streams: readonly string[]
  readonly since: number
  /** The end of the time span, inclusive; absent if it is the current time. */
  readonly until?: number
  readonly filter?: string
  /** The maximum number of log events: the newest, or the oldest if `oldestFirst` is set. */
  readonly limit: number
  readonly oldestFirst?: true
  readonly sessions: SessionLines
}

export type LogLine = {
  /** The time of the line, epoch milliseconds. */
  readonly at: number
  readonly stream: string
  readonly message: string
  readonly id: string
  /** The arrival time in CloudWatch Logs, epoch milliseconds. */
  readonly ingestedAt?: number
}

export type LogAnswer =
  | {
      readonly kind: 'lines'
      /** The lines, oldest first. */
      readonly lines: readonly LogLine[]
      /** Whether the span has older lines that were not read. */
      readonly isPartial: boolean
    }
  | { readonly kind: 'no group' }
  | { readonly kind: 'bad filter'; readonly why: string }

/** A Live Tail session. */
export type LiveTail = {
  /** Returns the lines since the last call. `isSampled`: Live Tail exceeded its limit of 500 lines/s and sampled. */
  readonly take: () => { readonly lines: readonly LogLine[]; readonly isSampled: boolean; readonly isOver: boolean }
  readonly close: () => void
}
