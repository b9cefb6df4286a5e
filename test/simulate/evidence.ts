// What a run leaves behind, as plain data: everything that the judge looks at, and nothing else.

import type { AuditRecord } from '../../src/engine/audit/audit.ts'
import type { Approval } from '../../src/engine/change/approval.ts'
import type { PlaceLock } from '../../src/engine/rules/rule-inputs.ts'
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
  /** When its last step was over. */
  readonly endedAt?: number
  /** When it was last looked whether it still may run. */
  readonly recheckedAt?: number
  /** When it had read what was decided. */
  readonly wokenAt?: number
  readonly callbackIds: readonly string[]
  readonly approval?: Approval
  /** The inputs of its plan's calls; known of what had to be consented to. */
  readonly planned?: readonly unknown[]
  /** What its plan holds for a while. */
  readonly lease?: { readonly quantity: Quantity; readonly holding: Value }
  /** Whom it lets into which task, from when on. */
  readonly grant?: { readonly task: string; readonly minutes: number; readonly from?: number }
  /** When its last look at how far it is was over. */
  readonly settledAt?: number
  /** When it was looked what the end of its lease has to do. */
  readonly decidedAt: readonly number[]
}

/** One change on the wire, whether or not AWS took it. */
export type Write = {
  /** Its place in the log of calls. */
  readonly order: number
  readonly at: number
  readonly operation: string
  readonly action: string
  /** `operator`, `revert`, … */
  readonly role: string
  /** `account/region/cluster/service`. */
  readonly place: string
  readonly input: { readonly [name: string]: unknown }
  /** AWS did it, whatever became of the answer. */
  readonly isDone: boolean
}

/** What leases hold. */
export type Quantity = 'count' | 'bounds' | 'suspended'
/** `[tasks]`, `[least, most]`, or whether `[scaling in, scaling out, schedules]` are suspended: 0 or 1 each. */
export type Value = readonly number[]

/** A quantity of a service became another. In the order in which that happened, beginning with what was there first. */
export type Moved = {
  /** Of the call that did it; of what was no call of ours, the call before it. */
  readonly order: number
  readonly at: number
  readonly place: string
  readonly quantity: Quantity
  readonly value: Value
  /** An operation, `somebody` else, or `anew`: the service is another one of the same name. */
  readonly by: string
}

export type Held = {
  readonly operation: string
  readonly quantity: Quantity
  readonly holding: Value
  readonly until: number
  /** Who ended it before its time. */
  readonly endedBy?: string
  /** It waits for a person. */
  readonly isLeft: boolean
}

/** What is leased on a service, as it was written to the store. */
export type Book = { readonly order: number; readonly place: string; readonly leases: readonly Held[] }

/** A session in a container, as Session Manager has it; `end`: when it was over. */
export type Conversation = {
  readonly id: string
  readonly task: string
  readonly begin: number
  readonly end?: number
  /** Its id was stored: whoever finds its operation dead can end it. */
  readonly isOnFile: boolean
  /** That of a command; a person's has none. */
  readonly operation?: string
}

/** Who locks a service from then on; nobody without `operation`. */
export type Locking = {
  readonly order: number
  readonly at: number
  readonly place: string
  readonly operation?: string
  readonly until?: number
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
  readonly writes: readonly Write[]
  readonly history: readonly Moved[]
  readonly books: readonly Book[]
  readonly lockings: readonly Locking[]
  readonly conversations: readonly Conversation[]
  /** Tasks whose tag lets somebody in, when the run is over. */
  readonly open: readonly string[]
  readonly recorded: readonly Recorded[]
  readonly posted: readonly Posted[]
  /** Each approval as it was written, in order. */
  readonly approvals: readonly Approval[]
  /** By account, and `hub`. */
  readonly chains: Readonly<Record<string, readonly AuditRecord[]>>
  readonly inForce: readonly InForce[]
  readonly halts: readonly Span[]
  readonly holds: readonly (Span & { readonly scope: PlaceLock['scope'] })[]
  /** Time that went by at once: whoever was due was late. */
  readonly jumps: readonly Span[]
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
