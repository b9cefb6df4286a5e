// Watches a sandbox from outside while a run goes on: what went over the wire, what people saw, what was in force.
import type { Approval } from '../../src/engine/change/approval.ts'
import type { Hold } from '../../src/engine/rules/rule-inputs.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Message } from '../slack/types.ts'
import type { Book, Evidence, InForce, Locking, Posted, Recorded, Write } from './evidence.ts'
import { noteCall } from './watch-calls.ts'
import { type ScaleWatch, watchScale } from './watch-scale.ts'

type Span = { from: number; until: number }

export type Watch = {
  readonly writes: Write[]
  readonly books: Book[]
  readonly lockings: Locking[]
  readonly scale: ScaleWatch
  readonly recorded: Recorded[]
  readonly approvals: Approval[]
  readonly halts: Span[]
  readonly jumps: Span[]
  readonly holds: (Span & { readonly name: string; readonly scope: Hold['scope'] })[]
  readonly messages: Map<string, Posted>
  readonly said: string[]
  readonly inForce: InForce[]
  readonly denied: string[]
  readonly taken: { readonly operation: string; readonly line: string }[]
  readonly archived: Set<string>
  /** chat.update faults of the kind `ratelimited` that were asked for. */
  limits: number
  hadOutage: boolean
  /** How many faults of chat.update were asked for: as many as a step has attempts are an outage. */
  updateFaults: number
  calls: number
}

export const watch = (sandbox: Sandbox): Watch => {
  const { groups } = sandbox.slack.workspace
  const usual: InForce = {
    at: 0,
    rules: 'usual',
    groups: Object.fromEntries([...groups].map(([id, { users }]) => [id, users])),
    inactive: [],
  }
  const seen: Watch = {
    writes: [],
    books: [],
    lockings: [],
    scale: watchScale(sandbox),
    recorded: [],
    approvals: [],
    halts: [],
    jumps: [],
    holds: [],
    messages: new Map(),
    said: [],
    inForce: [usual],
    denied: [],
    taken: [],
    archived: new Set(),
    limits: 0,
    hadOutage: false,
    updateFaults: 0,
    calls: 0,
  }
  sandbox.aws.callLog.subscribe(call => noteCall(call, seen))
  sandbox.slack.subscribe(change => {
    if (change.kind === 'message') noteMessage(change.message, seen)
    if (change.kind === 'deleted') noteDeleted(`${change.channel} ${change.ts}`, seen)
    if (['message', 'ephemeral', 'views', 'home'].includes(change.kind)) seen.said.push(JSON.stringify(change))
  })
  return seen
}

const noteMessage = ({ metadata, channel, ts, text, blocks }: Message, seen: Watch): void => {
  const payload = (metadata as { readonly event_payload?: { readonly operation?: string } } | undefined)?.event_payload
  const before = seen.messages.get(`${channel} ${ts}`)
  const operation = payload?.operation ?? before?.operation
  if (operation === undefined) return
  const hasButtons = JSON.stringify(blocks ?? []).includes('"decide:')
  seen.messages.set(`${channel} ${ts}`, { operation, channel, ts, text, hasButtons, isDeleted: false })
}

const noteDeleted = (key: string, seen: Watch): void => {
  const message = seen.messages.get(key)
  if (message !== undefined) seen.messages.set(key, { ...message, isDeleted: true })
}

export const nowInForce = ({ inForce }: Watch): InForce => {
  const last = inForce.at(-1)
  if (last === undefined) throw new Error('nothing is in force')
  return last
}

export const postedIn = ({ messages }: Watch): Evidence['posted'] => [...messages.values()]
