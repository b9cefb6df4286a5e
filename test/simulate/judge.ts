// Judges a run: each invariant has a name, reads only the evidence, and returns a line for each violation.
import { verifyChain } from '../../src/engine/audit/audit.ts'
import { canonicalJson, type JsonObject } from '../../src/model/json.ts'
import type { Evidence, Operation, PostedMessage, Write } from './evidence.ts'
import { decidedOnce, decisionsAreKept, decisionsWakeOperations, offersReplace } from './judge-approvals.ts'
import { commandsBeginOnce, noSessionIsLeft, statusIsNeverGuessed } from './judge-exec.ts'
import { accessEndsWithGrant, grantsEnd } from './judge-grants.ts'
import { leasesEndInTime } from './judge-lease-times.ts'
import { baselineIsRestored, changesByOthersAreKept, leasesEnd } from './judge-leases.ts'
import { oneChangeAtATime, operationsStopAfterTakeover } from './judge-locks.ts'
import { endsGrant, whyNot } from './judge-rules.ts'
import { isWaiting } from './waiting.ts'

export type Violation = { readonly invariant: string; readonly what: string }

type Check = (evidence: Evidence) => readonly string[]

const ENDINGS =
  /^(done|failed|superseded|blocked|unknown|stale|rejected|expired|cancelled|reverted|kept|left|refused|previewed)$/
/** Endings of operations that never started: no write may have reached AWS. */
const UNTOUCHED = /^(stale|rejected|expired|cancelled|refused|previewed)$/
const NOTHING_CHANGED = /nothing (was|has been) changed|\bnot done:/i

const everyOperationEnds: Check = evidence =>
  evidence.operations
    .filter(operation => !isWaiting(operation, evidence))
    .filter(({ status, ending = '' }) => status !== 'SUCCEEDED' || !ENDINGS.test(ending))
    .map(({ id, status, ending, error }) => `${id} is ${status}, ending ${ending}, error ${error}`)

/** The ending that the card's plain text begins with. */
const endOn = ({ text, hasButtons }: PostedMessage): string | undefined =>
  hasButtons ? undefined : ENDS.find(([words]) => text.includes(` ${words} · `))?.[1]

const ENDS = [
  ['Done', 'done'],
  ['Failed', 'failed'],
  ['Replaced', 'superseded'],
  ['Blocked', 'blocked'],
  ['Unknown', 'unknown'],
  ['Out of date', 'stale'],
  ['Rejected', 'rejected'],
  ['Expired', 'expired'],
  ['Cancelled', 'cancelled'],
  ['Reverted', 'reverted'],
  ['Kept', 'kept'],
  ['Not reverted', 'left'],
] as const

const postedOf = ({ posted }: Evidence, { id }: Operation) => posted.filter(({ operation }) => operation === id)

const oneCardTellsTheEnd: Check = evidence =>
  evidence.operations.flatMap(operation => {
    const { id, ending = '' } = operation
    const posted = postedOf(evidence, operation)
    const deleted = posted.filter(({ isDeleted }) => isDeleted).length
    const last = posted.findLast(({ isDeleted }) => !isDeleted)
    const mayBeReplaced = evidence.hadOutage || posted.some(({ channel }) => evidence.archived.includes(channel))
    if (posted.length - deleted > (mayBeReplaced ? 2 : 1)) return [`${id} has ${posted.length - deleted} messages`]
    const hasCard = ending !== 'refused' && ending !== 'previewed'
    if ((!hasCard && posted.length === 0) || isWaiting(operation, evidence)) return []
    // The card was deleted after its last update.
    if (last === undefined && posted.some(one => endOn(one) === ending)) return []
    if (last === undefined) return [`${id} ended ${ending}, and no message says so`]
    return endOn(last) === ending ? [] : [`${id} ended ${ending}, and its card says: ${last.text}`]
  })

const everyChangeWasAllowed: Check = evidence =>
  evidence.writes.flatMap(write => {
    const operation = evidence.operations.find(({ id }) => id === write.operation)
    if (operation === undefined) return [`${write.action} of no operation: ${canonicalJson(write.input as JsonObject)}`]
    return whyNot(write, operation, evidence).map(why => `${operation.id} (${operation.line}), ${write.action}: ${why}`)
  })

const sameInput = (a: unknown, b: unknown): boolean => canonicalJson(a as JsonObject) === canonicalJson(b as JsonObject)

const restartsHappenOnce: Check = ({ operations, writes }) =>
  operations.flatMap(({ id }) => {
    const forced = writes.filter(({ operation, input }) => operation === id && input['forceNewDeployment'] === true)
    return forced.length > 1 ? [`${id} sent a forced deployment ${forced.length} times`] : []
  })

/** For a stopped deployment; the deployment of another revision may be sent twice. */
const rollbacksHappenOnce: Check = ({ operations, writes }) =>
  operations.flatMap(({ id }) => {
    const sent = writes.filter(({ operation, action }) => operation === id && action === 'StopServiceDeployment')
    return sent.length > 1 ? [`${id} stopped a deployment ${sent.length} times`] : []
  })

/** What the end of a lease reverts is planned at its end. */
const isPlanned = (write: Write): boolean => write.role !== 'revert' && !endsGrant(write)

/** For a command, its words are encoded in the runner. */
const isAsPlanned = (planned: unknown, input: Write['input']): boolean => {
  const { command: _, ...rest } = input
  return sameInput(planned, rest)
}

/** As planned and shown on a card with an approval; otherwise as in the intent's invocation. */
const whatWasPlannedIsWhatRuns: Check = evidence =>
  evidence.writes.filter(isPlanned).flatMap(({ operation: id, input }) => {
    const planned = evidence.operations.find(operation => operation.id === id)?.planned
    if (planned !== undefined && !planned.some(one => isAsPlanned(one, input)))
      return [`${id} sent ${JSON.stringify(input)}, planned ${JSON.stringify(planned)}`]
    const intent = recordsOf(evidence, id).find(({ kind }) => kind === 'intent')
    const [, count] = /^scale \S+ (\d+)$/.exec(intent?.invocation ?? '') ?? []
    return count === undefined || Number(count) === input['desiredCount']
      ? []
      : [`${id} sent ${JSON.stringify(input)}, recorded ${intent?.invocation}`]
  })

const recordsOf = ({ chains }: Evidence, id: string) =>
  Object.values(chains)
    .flat()
    .filter(({ operation }) => operation === id)

const intentComesFirst: Check = ({ writes, auditWrites, operations, hadOutage }) =>
  writes
    .filter(write => {
      // Access is ended even when the audit cannot record it.
      if (hadOutage && endsGrant(write)) return false
      const name = intentOf(write, operations)
      return !auditWrites.some(
        ({ order, id }) =>
          order < write.order && id.startsWith(write.operation) && name.test(id.slice(write.operation.length)),
      )
    })
    .map(({ operation, action }) => `${operation} called ${action} before its intent was recorded`)

/** The end of a lease has its own intent, as has each call that ends a grant. */
const intentOf = (write: Write, operations: Evidence['operations']): RegExp => {
  if (write.role === 'revert') return /^-put back \d+: (again: )?intent$/
  const isOfGrant = operations.some(({ id, grant }) => id === write.operation && grant !== undefined)
  if (!isOfGrant || !endsGrant(write)) return /^-intent$/
  return write.action === 'UntagResource' ? /^-end: intent$/ : /^-end: session \d+: intent$/
}

/** Temporary changes have two outcomes: of their start and of their end. */
const theAuditAgrees: Check = evidence =>
  evidence.operations.flatMap(operation => {
    const { id, ending = '', lease, grant } = operation
    const hasEnd = lease !== undefined || grant !== undefined
    if (['refused', 'previewed'].includes(ending) || isWaiting(operation, evidence)) return []
    const outcomes = recordsOf(evidence, id).filter(({ kind }) => kind === 'outcome' || kind === 'ended')
    const last = outcomes.at(-1)
    // When the audit failed, the card says so.
    const isMissing = !evidence.hadOutage && postedOf(evidence, operation).length > 0 && last === undefined
    if (outcomes.length > (hasEnd ? 2 : 1)) return [`${id} has ${outcomes.length} outcomes in the audit`]
    if (isMissing) return [`${id} ended ${ending}, but the audit has no outcome`]
    // After an outage, the last record may be missing.
    if (last === undefined || (evidence.hadOutage && hasEnd)) return []
    return last.outcome === ending ? [] : [`${id} ended ${ending}, audit ${last.outcome}`]
  })

const chainsHold: Check = ({ chains }) =>
  Object.entries(chains).flatMap(([chain, records]) => verifyChain(records).map(wrong => `${chain}: ${wrong}`))

/** "Nothing was changed" is true, and so is "done". */
const reportsAreTrue: Check = evidence =>
  evidence.operations.flatMap(operation => {
    const { id, ending = '', line } = operation
    const done = evidence.writes.filter(write => write.operation === id && write.isDone)
    const texts = postedOf(evidence, operation).map(({ text }) => text)
    const claims = UNTOUCHED.test(ending) || texts.some(text => NOTHING_CHANGED.test(text))
    if (claims && done.length > 0) return [`${id} ended ${ending} and reported no change, but AWS changed`]
    return ending === 'done' && done.length === 0 && !isOurOwn(line) ? [`${id} is done, but AWS applied nothing`] : []
  })

/** It only changes our own store. */
const isOurOwn = (line: string): boolean => line.startsWith('lease ')

/** When the store does not answer, the lock stays until it expires. */
const noLockStays: Check = ({ locks, hadOutage }) => (hadOutage ? [] : locks.map(lock => `${lock} is still there`))

const secretsStaySecret: Check = ({ visibleTexts, secrets }) =>
  secrets.flatMap(secret => {
    const found = visibleTexts.find(text => text.includes(secret))
    return found === undefined ? [] : [`${secret.slice(0, 6)}… is in: ${found.replace(secret, '…').slice(0, 200)}`]
  })

const updatesStayWithinLimits: Check = ({ overdrawn }) =>
  overdrawn === 0 ? [] : [`Slack refused ${overdrawn} chat.update calls for their rate`]

const nothingHasRunIsTrue: Check = ({ deniedRequests }) =>
  deniedRequests.map(line => `“${line}” has run, but the requester was told that nothing ran`)

const dryRunsAreDry: Check = evidence =>
  evidence.operations
    .filter(({ line }) => line.includes('--dry-run'))
    .filter(operation => operation.approval !== undefined || postedOf(evidence, operation).length > 0)
    .map(({ id }) => `${id} was a dry run, but asked for approval`)

export const INVARIANTS: Readonly<Record<string, Check>> = {
  'every operation ends with a known outcome': everyOperationEnds,
  'one card shows the outcome': oneCardTellsTheEnd,
  'every change was allowed': everyChangeWasAllowed,
  'a restart is sent once': restartsHappenOnce,
  'the calls are the planned calls': whatWasPlannedIsWhatRuns,
  'the intent is recorded first': intentComesFirst,
  'the audit agrees with the card': theAuditAgrees,
  'the audit chains verify': chainsHold,
  'reports are true': reportsAreTrue,
  'every approval is decided once': decidedOnce,
  'outcomes follow decisions': decisionsAreKept,
  'a decision wakes its operation': decisionsWakeOperations,
  'a chosen offer replaces the plan': offersReplace,
  'one operation at a time changes a service, except a takeover': oneChangeAtATime,
  'an operation stops after a takeover': operationsStopAfterTakeover,
  'a rollback is sent once': rollbacksHappenOnce,
  'a lease reverts its quantity, unless somebody else changed it': leasesEnd,
  'a lease ends on time': leasesEndInTime,
  'the baseline is restored': baselineIsRestored,
  'changes by others are not overwritten': changesByOthersAreKept,
  'ExecuteCommand is sent at most once per operation and task': commandsBeginOnce,
  'no session outlives its operation': noSessionIsLeft,
  'the status of a command is never guessed': statusIsNeverGuessed,
  'a grant ends at its time, at Revoke and at a halt': grantsEnd,
  'nobody has access after the grant ends': accessEndsWithGrant,
  'no lock remains': noLockStays,
  'secrets stay secret': secretsStaySecret,
  'chat.update stays within Slack’s rate limit': updatesStayWithinLimits,
  '“nothing has run” is true': nothingHasRunIsTrue,
  'a dry run needs no approval': dryRunsAreDry,
}

export const judge = (evidence: Evidence): readonly Violation[] =>
  Object.entries(INVARIANTS).flatMap(([invariant, check]) => check(evidence).map(what => ({ invariant, what })))
