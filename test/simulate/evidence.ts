// The evidence of a run, as plain data: everything that the judge reads.

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
  /** When its last step ended. */
  readonly endedAt?: number
  /** When it last checked whether it may still run. */
  readonly recheckedAt?: number
  /** When it had read its decision. */
  readonly wokenAt?: number
  readonly callbackIds: readonly string[]
  readonly approval?: Approval
  /** The inputs of its plan's calls; known for operations that needed an approval. */
  readonly planned?: readonly unknown[]
  /** The quantity that its plan changes temporarily. */
  readonly lease?: { readonly quantity: Quantity; readonly holding: Value }
  /** The task that it grants access to, for how long, and from when. */
  readonly grant?: { readonly task: string; readonly minutes: number; readonly from?: number }
  /** When it last read the progress of its change. */
  readonly settledAt?: number
  /** When it determined what the end of its lease must revert. */
  readonly decidedAt: readonly number[]
}

/** One write to AWS, whether or not AWS applied it. */
export type Write = {
  /** Its position in the call log. */
  readonly order: number
  readonly at: number
  readonly operation: string
  readonly action: string
  /** `operator`, `revert`, … */
  readonly role: string
  /** `account/region/cluster/service`. */
  readonly place: string
  readonly input: { readonly [name: string]: unknown }
  /** AWS applied it, even if its answer was lost. */
  readonly isDone: boolean
}

/** The quantities that leases set. */
export type Quantity = 'count' | 'bounds' | 'suspended'
/** `[tasks]`, `[min, max]`, or whether `[scaling in, scaling out, schedules]` are suspended: 0 or 1 each. */
export type Value = readonly number[]

/** A quantity of a service changed. In order, starting with the initial value. */
export type QuantityChange = {
  /** The call that changed it; for a change that was not ours, the call before it. */
  readonly order: number
  readonly at: number
  readonly place: string
  readonly quantity: Quantity
  readonly value: Value
  /** An operation, `somebody` else, or `recreated`: a new service of the same name. */
  readonly by: string
}

export type ActiveLease = {
  readonly operation: string
  readonly quantity: Quantity
  readonly holding: Value
  readonly until: number
  /** Who ended it early. */
  readonly endedBy?: string
  /** It waits for a person. */
  readonly isLeft: boolean
}

/** The leases on a service, as written to the store. */
export type Book = { readonly order: number; readonly place: string; readonly leases: readonly ActiveLease[] }

/** A session in a container, as Session Manager lists it; `end`: when it ended. */
export type ExecSession = {
  readonly id: string
  readonly task: string
  readonly begin: number
  readonly end?: number
  /** Its id was stored, so that it can be ended when its operation is dead. */
  readonly isOnFile: boolean
  /** The operation of a command's session; a person's session has none. */
  readonly operation?: string
}

/** Which operation locks a service from that time; undefined when none does. */
export type LockChange = {
  readonly order: number
  readonly at: number
  readonly place: string
  readonly operation?: string
  readonly until?: number
}

/** A record in the audit, and its position in the call log. */
export type AuditWrite = { readonly order: number; readonly id: string }

/** The last state of a message that shows an operation. */
export type PostedMessage = {
  readonly operation: string
  readonly channel: string
  readonly ts: string
  readonly text: string
  readonly hasButtons: boolean
  readonly isDeleted: boolean
}

/** The configuration, halts and locks in force from a time on. */
export type RulesInForce = {
  readonly at: number
  readonly rules: RulesName
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly inactive: readonly string[]
}

export type Span = { readonly from: number; readonly until: number }

export type Evidence = {
  readonly operations: readonly Operation[]
  readonly writes: readonly Write[]
  readonly history: readonly QuantityChange[]
  readonly books: readonly Book[]
  readonly lockChanges: readonly LockChange[]
  readonly execSessions: readonly ExecSession[]
  /** Tasks whose tag still grants access when the run ends. */
  readonly open: readonly string[]
  readonly auditWrites: readonly AuditWrite[]
  readonly posted: readonly PostedMessage[]
  /** Each approval as it was written, in order. */
  readonly approvals: readonly Approval[]
  /** By account, and `hub`. */
  readonly chains: Readonly<Record<string, readonly AuditRecord[]>>
  readonly inForce: readonly RulesInForce[]
  readonly halts: readonly Span[]
  readonly holds: readonly (Span & { readonly scope: PlaceLock['scope'] })[]
  /** Times at which the clock jumped, so that everything due was late. */
  readonly jumps: readonly Span[]
  /** Operations' locks that remain in the store. */
  readonly locks: readonly string[]
  /** All text that people or log readers see: log lines, messages, answers. */
  readonly visibleTexts: readonly string[]
  readonly secrets: readonly string[]
  /** How often Slack refused chat.update for its rate, beyond injected faults. */
  readonly overdrawn: number
  /** AWS or Slack was unavailable longer than a step retries, or refused: a card may have been replaced. */
  readonly hadOutage: boolean
  /** Offers of pending cards that somebody clicked. */
  readonly takenOffers: readonly { readonly operation: string; readonly line: string }[]
  /** Channels that were archived at some time: a card there may have been replaced. */
  readonly archived: readonly string[]
  /** People who were told that nothing ran, with the operations that their request had started. */
  readonly deniedRequests: readonly string[]
}
