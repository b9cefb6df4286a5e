// The request of /ecs logs as data, and its result.

import type { Asker } from '../../engine/rules/asker.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Entries } from './entry.ts'
import type { Source } from './log-sources.ts'
import type { Span, SpanAsked } from './log-span.ts'
import type { LogLine } from './log-types.ts'
import type { LogReads, SessionGroupReads } from './reads.ts'

export type LogsAsked = SpanAsked & {
  readonly lines?: number
  readonly file?: true
  readonly filter?: string
  readonly container?: string
  readonly task?: string
  /** Set if the answer is posted to the channel. */
  readonly share?: true
}

/** The service and its cluster, or only the log group, to which the lines belong. */
export type LogsPlace = Pick<ServiceRef, 'account' | 'accountId' | 'region'> & {
  readonly name: string
  readonly cluster?: string
}

export type LogsState = {
  readonly place: LogsPlace
  readonly span: Span
  /** The asker's time zone, an IANA name. */
  readonly zone: string
  readonly most: number
  readonly filter?: string
  /** The streams that were read; empty if the request names a log group. */
  readonly sources: readonly Source[]
  readonly groups: readonly string[]
  readonly found: Entries
  readonly count: number
  /** Whether there are older lines that were not read. */
  readonly isPartial: boolean
  readonly notes: readonly string[]
  /** The canonical text of the request that sends all lines as a file. */
  readonly asFile: string
}

/** What is needed to load logs: the reads and the asker. */
export type With = {
  readonly read: Pick<LogReads, 'logTasks' | 'logLines' | 'sessionGroups'> & SessionGroupReads
  readonly asker: Asker
}

/** The raw lines of one service or log group. */
export type Found = Pick<LogsState, 'place' | 'span' | 'sources' | 'groups' | 'isPartial' | 'notes'> & {
  readonly lines: readonly LogLine[]
}
