// Watches a sandbox from outside while a run goes on: what went over the wire, what people saw, what was in force.
import type { Approval } from '../../src/approval.ts'
import type { Hold } from '../../src/policy.ts'
import type { LoggedCall } from '../aws/call-log.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Message } from '../slack/types.ts'
import type { Evidence, InForce, Posted, Recorded, Update } from './evidence.ts'

type Span = { from: number; until: number }

export type Watch = {
  readonly updates: Update[]
  readonly recorded: Recorded[]
  readonly approvals: Approval[]
  readonly halts: Span[]
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
    updates: [],
    recorded: [],
    approvals: [],
    halts: [],
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

const noteCall = (call: LoggedCall, seen: Watch): void => {
  seen.calls += 1
  if (call.service === 'dynamodb') noteWrite(call, seen)
  const [, operation = ''] = /assumed-role\/[\w-]+\/[UW][A-Z0-9]+-([0-9a-f]{40})$/.exec(call.arn) ?? []
  if (call.action !== 'UpdateService') return
  const input = call.input as Update['input']
  seen.updates.push({ order: call.id, at: call.at, operation, input, isDone: isDone(call) })
}

/** AWS did it: it said so, or would have. */
const isDone = ({ status, fault = '', errorCode }: LoggedCall): boolean =>
  status === 200 || (fault.startsWith('after') && errorCode === undefined)

type Attributes = Readonly<Record<string, { readonly S?: string } | undefined>>

const noteWrite = (call: LoggedCall, seen: Watch): void => {
  const { Item, Key } = call.input as { readonly Item?: Attributes; readonly Key?: Attributes }
  const attributes = Item ?? Key ?? {}
  const [pk, sk] = [attributes['pk']?.S ?? '', attributes['sk']?.S ?? '']
  if (call.action === 'DeleteItem') noteRemoval(pk, sk, call.at, seen)
  if (call.action !== 'PutItem' || !isDone(call)) return
  const value: unknown = readValue(attributes['value']?.S)
  if (pk.startsWith('audit#')) seen.recorded.push({ order: call.id, id: (value as { id: string }).id })
  if (call.status !== 200) return
  if (sk === 'approval') seen.approvals.push(value as Approval)
  if (pk === 'halt') seen.halts.push({ from: call.at, until: Number.POSITIVE_INFINITY })
  if (pk === 'holds') seen.holds.push({ from: call.at, ...holdOf(value as Hold) })
}

/** The log cuts texts of more than four thousand characters; none of those is looked at. */
const readValue = (text = 'null'): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const holdOf = ({ name, scope, until }: Hold) => ({
  name,
  scope,
  until: until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until),
})

/** Even a removal whose answer was lost ends a hold here: better to judge mildly than wrongly. */
const noteRemoval = (pk: string, sk: string, at: number, seen: Watch): void => {
  const spans = pk === 'halt' ? seen.halts : pk === 'holds' ? seen.holds.filter(({ name }) => name === sk) : []
  for (const span of spans) span.until = Math.min(span.until, at)
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
