// The outcome of a change as data: its status, text, links, and the results of commands.

import type { Offer } from '../../model/errors.ts'
import type { ExecRecord } from '../audit/audit.ts'

/** `url`: made by us, of parts that are encoded. */
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
  /** Behind the details. */
  readonly links?: readonly Link[]
  readonly offers?: readonly Offer[]
  /** What moved on its own between consent and execution. */
  readonly drift?: readonly string[]
  /** Of a command: its sessions. */
  readonly sessions?: readonly ExecRecord[]
  /** Of a command in one task. */
  readonly ran?: CommandRun
  /** Of a command in many: a row each. */
  readonly results?: readonly TaskResult[]
  /** Of the calls that were sent, in order; not there when none was to be. */
  readonly requestIds?: readonly string[]
}

export type TaskResult = {
  /** The beginning of its id. */
  readonly task: string
  readonly zone: string
  /** The exit status, or a word. */
  readonly status: string
  readonly seconds?: number
  /** The first line of what it printed, or why there is none. */
  readonly line: string
}

/** Of one command: what is known of its run. */
export type CommandRun = {
  /** Not there where the image has no shell to tell it, and where its end is not known. */
  readonly status?: number
  readonly seconds: number
  readonly line: string
}
