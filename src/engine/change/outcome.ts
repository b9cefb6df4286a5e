// The outcome of a change as data: status, text, links, and the results of commands.

import type { Offer } from '../../model/errors.ts'
import type { ExecRecord } from '../audit/audit.ts'

/** A link. `url`: built by Quarterdeck from encoded parts. */
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
  /** A person stopped it: it failed in nothing. */
  readonly isStopped?: true
  readonly details?: readonly string[]
  /** Links that are shown after the details. */
  readonly links?: readonly Link[]
  readonly offers?: readonly Offer[]
  /** The id of the deployment that the change started. `definition`: what its call deployed, an ARN or a name. */
  readonly deployment?: string
  readonly definition?: string
  /** How the watch after a deployment ended. */
  readonly watch?: 'watched' | 'watch stopped' | 'watch lost' | 'rolled back' | 'not rolled back'
  /** When the calls began, ISO 8601. */
  readonly since?: string
  /** Values that changed between the request and the execution, although the plan stayed valid. */
  readonly drift?: readonly string[]
  /** The sessions in which the change ran a command. */
  readonly sessions?: readonly ExecRecord[]
  /** The result of a command that ran in one task. */
  readonly ran?: CommandRun
  /** The results of a command that ran in several tasks. */
  readonly results?: readonly TaskResult[]
  /** The AWS request ids of the calls, in order; absent if the plan has no calls. */
  readonly requestIds?: readonly string[]
}

export type TaskResult = {
  /** The first characters of the task's id. */
  readonly task: string
  readonly zone: string
  /** The exit status of the command, or a word such as `running`. */
  readonly status: string
  readonly seconds?: number
  /** The first line of the command's output, or the reason why there is none. */
  readonly line: string
}

/** The result of one command. `line`: the first line of the output. */
export type CommandRun = {
  /** The exit status; absent if the image has no shell to report it, or if it is unknown how the command ended. */
  readonly status?: number
  readonly seconds: number
  readonly line: string
}
