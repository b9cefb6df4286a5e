// Watches a sandbox from outside during a run: calls on the wire, messages that people see, rules in force.
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Message } from '../../sandbox/slack/types.ts'
import type { Evidence, RulesInForce } from './evidence.ts'
import { noteCall } from './watch-calls.ts'
import { watchScale } from './watch-scale.ts'
import type { Watch } from './watch-state.ts'

export const watch = (sandbox: Sandbox): Watch => {
  const { groups } = sandbox.slack.workspace
  const usual: RulesInForce = {
    at: 0,
    rules: 'usual',
    groups: Object.fromEntries([...groups].map(([id, { users }]) => [id, users])),
    inactive: [],
  }
  const seen: Watch = {
    writes: [],
    books: [],
    lockChanges: [],
    scale: watchScale(sandbox),
    auditWrites: [],
    approvals: [],
    halts: [],
    jumps: [],
    holds: [],
    messages: new Map(),
    visibleTexts: [],
    inForce: [usual],
    deniedRequests: [],
    takenOffers: [],
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
    if (['message', 'ephemeral', 'views', 'home'].includes(change.kind)) seen.visibleTexts.push(JSON.stringify(change))
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

export const nowInForce = ({ inForce }: Watch): RulesInForce => {
  const last = inForce.at(-1)
  if (last === undefined) throw new Error('nothing is in force')
  return last
}

export const postedIn = ({ messages }: Watch): Evidence['posted'] => [...messages.values()]
