// The state of the watch during a run, as data.

import type { Approval } from '../../src/engine/change/approval.ts'
import type { PlaceLock } from '../../src/engine/rules/rule-inputs.ts'
import type { AuditWrite, Book, LockChange, PostedMessage, RulesInForce, Write } from './evidence.ts'
import type { ScaleWatch } from './watch-scale.ts'

type Span = { from: number; until: number }

export type Watch = {
  readonly writes: Write[]
  readonly books: Book[]
  readonly lockChanges: LockChange[]
  readonly scale: ScaleWatch
  readonly auditWrites: AuditWrite[]
  readonly approvals: Approval[]
  readonly halts: Span[]
  readonly jumps: Span[]
  readonly holds: (Span & { readonly name: string; readonly scope: PlaceLock['scope'] })[]
  readonly messages: Map<string, PostedMessage>
  readonly visibleTexts: string[]
  readonly inForce: RulesInForce[]
  readonly deniedRequests: string[]
  readonly takenOffers: { readonly operation: string; readonly line: string }[]
  readonly archived: Set<string>
  /** Injected `ratelimited` faults of chat.update. */
  limits: number
  hadOutage: boolean
  /** Injected faults of chat.update: as many as a step has attempts count as an outage. */
  updateFaults: number
  calls: number
}
