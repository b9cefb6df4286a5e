// What /ecs logs asks for, and what it finds.

import type { Asker } from '../../engine/rules/asker.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Entries } from './entry.ts'
import type { Source } from './log-sources.ts'
import type { Span, SpanAsked } from './log-span.ts'
import type { LogLine } from './log-types.ts'
import type { LogReads } from './reads.ts'

export type LogsAsked = SpanAsked & {
  readonly lines?: number
  readonly file?: true
  readonly filter?: string
  readonly container?: string
  readonly task?: string
}

/** A service and its cluster, or a log group alone. */
export type LogsPlace = Pick<ServiceRef, 'account' | 'accountId' | 'region'> & {
  readonly name: string
  readonly cluster?: string
}

export type LogsState = {
  readonly place: LogsPlace
  readonly span: Span
  /** An IANA name. */
  readonly zone: string
  readonly most: number
  readonly filter?: string
  /** Empty where a log group was named. */
  readonly sources: readonly Source[]
  readonly groups: readonly string[]
  readonly found: Entries
  readonly count: number
  /** Whether older lines or more tasks were not read. */
  readonly isPartial: boolean
  readonly notes: readonly string[]
  /** Canonical text that sends all lines as a file. */
  readonly asFile: string
}

/** The reads and the asker that loading logs needs. */
export type With = {
  readonly read: Pick<LogReads, 'logTasks' | 'logLines'>
  readonly asker: Asker
}

/** Raw lines of one service or group. */
export type Found = Pick<LogsState, 'place' | 'span' | 'sources' | 'groups' | 'isPartial' | 'notes'> & {
  readonly lines: readonly LogLine[]
}

/** Replaces curly quotes, which phones type, by the straightQuotes ones that CloudWatch needs. */
export const straightQuotes = (filter: string): string => filter.replace(/[“”„‟]/g, '"')
