// What a run leaves behind, as plain data: everything that the judge looks at, and nothing else.
import type { Approval } from '../../src/approval.ts'
import type { AuditRecord } from '../../src/audit.ts'
import type { Hold } from '../../src/policy.ts'
import type { RulesName } from './rules.ts'

/** Times are epoch milliseconds of world time. */
export type Operation = {
  readonly id: string
  readonly user: string
  /** As typed. */
  readonly line: string
  readonly status: string
  /** The Ending that its function returned. */
  readonly ending?: string
  readonly error?: string
  /** When it was last looked whether it still may run. */
  readonly recheckedAt?: number
  /** When it had read what was decided. */
  readonly wokenAt?: number
  readonly callbackIds: readonly string[]
  readonly approval?: Approval
  /** The inputs of its plan's calls; known of what had to be consented to. */
  readonly planned?: readonly unknown[]
}

/** One UpdateService on the wire, whether or not AWS took it. */
export type Update = {
  /** Its place in the log of calls. */
  readonly order: number
  readonly at: number
  readonly operation: string
  readonly input: { readonly [name: string]: unknown }
  /** AWS did it, whatever became of the answer. */
  readonly isDone: boolean
}

/** A record that reached the audit, and its place in the log of calls. */
export type Recorded = { readonly order: number; readonly id: string }

/** A message that carries an operation, as it was last. */
export type Posted = {
  readonly operation: string
  readonly channel: string
  readonly ts: string
  readonly text: string
  readonly hasButtons: boolean
  readonly isDeleted: boolean
}

/** What was in force from a moment on. */
export type InForce = {
  readonly at: number
  readonly rules: RulesName
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly inactive: readonly string[]
}

export type Span = { readonly from: number; readonly until: number }

export type Evidence = {
  readonly operations: readonly Operation[]
  readonly updates: readonly Update[]
  readonly recorded: readonly Recorded[]
  readonly posted: readonly Posted[]
  /** Each approval as it was written, in order. */
  readonly approvals: readonly Approval[]
  /** By account, and `hub`. */
  readonly chains: Readonly<Record<string, readonly AuditRecord[]>>
  readonly inForce: readonly InForce[]
  readonly halts: readonly Span[]
  readonly holds: readonly (Span & { readonly scope: Hold['scope'] })[]
  /** Locks of operations that are left in the store. */
  readonly locks: readonly string[]
  /** Whatever people or log readers see: log lines, messages, answers. */
  readonly said: readonly string[]
  readonly secrets: readonly string[]
  /** chat.update refused for their number by Slack, beyond those that were asked for. */
  readonly overdrawn: number
  /** A peer was gone for longer than a step's patience, or gave a definite no: a card may have had to be replaced. */
  readonly hadOutage: boolean
  /** Offers of pending cards that were clicked, by whomever. */
  readonly taken: readonly { readonly operation: string; readonly line: string }[]
  /** Channels that were archived at some time: a card there may have had to be replaced. */
  readonly archived: readonly string[]
  /** Who was told that nothing has run, and the operations that had begun by that request. */
  readonly denied: readonly string[]
}
