// The outcome of a change as data: status, text, links, and the results of commands.

import type { Offer } from '../../model/errors.ts'
import type { ExecRecord } from '../audit/audit.ts'

/** `url`: built by Quarterdeck from encoded parts. */
export type Link = { readonly text: string; readonly url: string }

export type Outcome = {
  readonly status:
    | 'done'
    | 'failed'
    | 'superseded'
    | 'blocked'
    | 'unknown'
    | 'stale'
    | 'rejected'
    | 'expired'
    | 'cancelled'
    | 'reverted'
    | 'kept'
    | 'left'
  readonly text: string
  readonly details?: readonly string[]
  /** Shown after the details. */
  readonly links?: readonly Link[]
  readonly offers?: readonly Offer[]
  /** Values that changed between the request and the execution without making the plan out of date. */
  readonly drift?: readonly string[]
  /** The sessions of a command. */
  readonly sessions?: readonly ExecRecord[]
  /** The result of a command in one task. */
  readonly ran?: CommandRun
  /** The results of a command in several tasks. */
  readonly results?: readonly TaskResult[]
  /** AWS request ids of the calls, in order; absent when the plan has no calls. */
  readonly requestIds?: readonly string[]
}

export type TaskResult = {
  /** The first characters of its id. */
  readonly task: string
  readonly zone: string
  /** The exit status, or a word such as `running`. */
  readonly status: string
  readonly seconds?: number
  /** The first line of the output, or why there is none. */
  readonly line: string
}

/** The run of one command. `line`: the first line of the output. */
export type CommandRun = {
  /** The exit status; absent when the image has no shell to report it, or when the end is unknown. */
  readonly status?: number
  readonly seconds: number
  readonly line: string
}
