// Reports operations whose durable execution died: checks the status of the execution, and posts the final outcome in
// its place.

import { record, recordsOf } from '../../engine/audit/audit.ts'
import type { Card, Face } from '../../engine/cards/card.ts'
import type { Approval, Vote } from '../../engine/change/approval.ts'
import { applyEvent } from '../../engine/change/approval-store.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { Plan } from '../../engine/change/plan.ts'
import {
  approvalKey,
  executionKey,
  faceKey,
  finalCardKey,
  postedKey,
  reportedDeadKey,
} from '../../engine/change/records.ts'
import { askedBy } from '../../engine/jobs/asked-by.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { type ExecutionRecord, scheduleDeadOperationCheck } from '../../engine/jobs/timers.ts'
import { GRANT_TAG } from '../../features/exec/grant.ts'
import type { EndedExecution } from '../../model/ports/ended-execution.ts'
import type { ExecutionStatus, Schedule } from '../../model/ports/functions.ts'
import { decodeJob, kindOf, type LookJob, type OperationJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { isOfCanary, noteHeard } from '../canary/records.ts'
import { entryOf, offerPlanAgain, type ReportPorts, updateCard } from '../operation/story.ts'
import { tellEnd } from '../operation/tell-end.ts'
import { keptLine } from '../prepare/kept-line.ts'
import { clearPending } from '../prepare/pending.ts'
import { reportDeadMember } from './dead-member.ts'
import { loseLease, notifyLost } from './lost-lease.ts'
import { notifyRequester } from './notify-requester.ts'

export type DeadOperationPorts = ReportPorts & {
  readonly executionStatus: ExecutionStatus
  readonly schedule: Schedule
}

export const checkOperation = async (job: LookJob, ports: DeadOperationPorts): Promise<void> => {
  const found = await executionState(job.operation, ports)
  if (found === 'ended' || (found === 'running' && (await isAwaitingApproval(job.operation, ports)))) return
  await scheduleDeadOperationCheck({ ...job, number: Math.max(1, job.number) + 1 }, ports)
}

/**
 * Whether the operation waits for approval: its reminders then check it. Reading the decision schedules another check.
 */
const isAwaitingApproval = async (operation: string, { store, now }: DeadOperationPorts): Promise<boolean> => {
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  return approval !== undefined && approval.decision === undefined && now() < approval.expiresAt
}

/**
 * Handles the notice of an ended execution, within seconds; a scheduled check follows later. Reads the status from
 * Lambda, not from the notice. Throws if the report failed, so that the notice is delivered again.
 */
export const receiveEnded = async (
  { operation, from, ...event }: EndedExecution,
  ports: DeadOperationPorts,
): Promise<void> => {
  if (isOfCanary(operation)) return noteHeard(operation, from, ports)
  const found = await executionState(operation, ports, event)
  if (found !== 'ended') throw new Error(`the end of ${operation} could not be reported: its execution is ${found}`)
}

/** The state of an operation. `unknown`: the status could not be read, or the report failed. */
export type ExecutionState = 'running' | 'ended' | 'unknown'

/** Reads the state of an operation. Reports it if its execution died. */
export const executionState = async (
  operation: string,
  ports: DeadOperationPorts,
  event: EndedEvent = {},
): Promise<ExecutionState> => {
  try {
    const execution =
      (await ports.store.get<ExecutionRecord>(executionKey(operation)))?.value ?? (await onFileFromEvent(event, ports))
    // The operation was started by an older version, which stored no execution.
    if (execution === undefined) return 'running'
    // The dead-letter queue contains only failed executions, but not their ARNs.
    const status = execution.arn === undefined ? 'FAILED' : await ports.executionStatus(execution.arn)
    if (status === 'RUNNING') return 'running'
    if (status !== 'SUCCEEDED') await reportDeadOnce(operation, status, execution, ports)
    return 'ended'
  } catch (error) {
    logError('look', operation, error)
    return 'unknown'
  }
}

type EndedEvent = Pick<EndedExecution, 'arn' | 'job'>

/** The data of an execution that died before its first step, which has stored nothing. */
const onFileFromEvent = async (
  { arn, job }: EndedEvent,
  ports: DeadOperationPorts,
): Promise<Partial<ExecutionRecord> | undefined> => {
  if (arn === undefined && job === undefined) return undefined
  return {
    ...(arn !== undefined && { arn }),
    ...(kindOf(job) === 'operation' && (await fromJob(decodeJob('operation', job), ports))),
  }
}

const fromJob = async (
  job: OperationJob,
  ports: DeadOperationPorts,
): Promise<Pick<ExecutionRecord, 'asked' | 'set'>> => ({
  asked: askedBy({ ...job, line: await keptLine(job.line, ports) }, ports.now()),
  ...(job.set && { set: job.set }),
})

/**
 * Reports a dead operation once. The status event, the dead-letter queue and the scheduled check all call this. The
 * mark is written last, so that a failed report is repeated.
 */
const reportDeadOnce = async (
  operation: string,
  status: string,
  execution: Partial<ExecutionRecord>,
  ports: DeadOperationPorts,
): Promise<void> => {
  const key = reportedDeadKey(operation)
  if ((await ports.store.get(key)) !== undefined) return
  await reportDeadOperation(operation, status, execution, ports)
  await ports.store.create(key, { at: ports.now() })
}

/** Writes the audit record, then updates the card. The operation's lock stays until it expires. */
const reportDeadOperation = async (
  operation: string,
  status: string,
  { asked, set }: Partial<ExecutionRecord>,
  ports: DeadOperationPorts,
): Promise<void> => {
  const { store } = ports
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const tellRequester = async (text: string): Promise<void> => asked && notifyRequester(operation, asked, text, ports)
  if (face === undefined) {
    process.stderr.write(`${JSON.stringify(alarmOf(operation, status))}\n`)
    return set === undefined
      ? tellRequester(NOTHING_CHANGED.text)
      : reportDeadMember({ operation, set, outcome: NOTHING_CHANGED }, ports)
  }
  const approval = (await store.get<Approval>(approvalKey(set?.operation ?? operation)))?.value
  const votes = approval?.votes ?? []
  await closeRequest(face, ports)
  const recorded = await outcomeFromAudit(face, votes, ports)
  const lost = await loseLease(face, recorded.isBegun, ports)
  const at = lost === undefined ? recorded.at : await recordLostLease(face, votes, lost, ports)
  const outcome = lost ?? recorded.outcome
  process.stderr.write(`${JSON.stringify(alarmOf(operation, status))}\n`)
  if (set !== undefined) return reportDeadMember({ operation, set, face, outcome, isLost: lost !== undefined }, ports)
  const posted = (await store.get<Posted>(postedKey(operation, 'card')))?.value
  if (posted === undefined) return tellRequester(outcome.text)
  const decision = approval?.decision
  const stage = { kind: 'ended', outcome, at } as const
  const card: Card = { ...face, ...(decision && { decision }), stage }
  await store.create(finalCardKey(operation), card)
  await updateCard(ports, posted, card, 'outcome')
  const isWatchLost = face.plan.watch !== undefined && outcome.status === 'left'
  if (lost !== undefined || isWatchLost) await notifyLost({ operation, posted, face, text: outcome.text }, ports)
  else
    await tellEnd(card, { posted, votes, ...(decision && { decision }) }, ports).catch(error =>
      logError('end', operation, error),
    )
}

/** Nobody may vote on it any more, and the same request may be made again. */
const closeRequest = async ({ operation, plan }: Face, { store, now }: DeadOperationPorts): Promise<void> => {
  await applyEvent(store, operation, () => ({ kind: 'withdraw', at: now() }))
  await clearPending(store, operation, plan.target.arn)
}

const recordLostLease = async (
  face: Face,
  votes: readonly Vote[],
  { status, text }: Outcome,
  { store, now }: DeadOperationPorts,
): Promise<string> => {
  const id = `${face.operation}-lease: outcome`
  const entry = { ...entryOf(face, votes, 'outcome'), id, at: now(), outcome: status, text }
  return (await record(store, face.plan.target.accountId, entry)).at
}

const alarmOf = (operation: string, status: string) => ({
  level: 'alarm',
  where: 'operation',
  operation,
  error: `the durable execution ended ${status} without an outcome`,
})

/** The outcome in the audit. If there is none, the known facts become the outcome. */
const outcomeFromAudit = async (
  face: Face,
  votes: readonly Vote[],
  { store, now }: DeadOperationPorts,
): Promise<{ readonly at: string; readonly outcome: Outcome; readonly isBegun: boolean }> => {
  const records = await recordsOf(store, face.operation, 10)
  // An intent is recorded before every call, so without an intent no call was made.
  const isBegun = records.some(({ kind }) => kind === 'intent')
  const isWatched = face.plan.watch !== undefined && records.some(({ kind }) => kind === 'outcome')
  const known: Outcome = isWatched ? LOST_WATCH : isBegun ? unknownOutcome(face.plan) : NOTHING_CHANGED
  // A grant and a watched deployment have two outcome records: the last one is that of the end of the access or of the watch.
  const hasTwo = face.plan.grant !== undefined || face.plan.watch !== undefined
  const last = hasTwo ? `${face.operation}-lease: outcome` : undefined
  const entry = {
    ...entryOf(face, votes, isBegun ? 'outcome' : 'ended'),
    ...(last !== undefined && isBegun && { id: last }),
    outcome: known.status,
    text: known.text,
  }
  const final =
    records.find(
      ({ kind, id, outcome }) =>
        kind === 'ended' ||
        (kind === 'outcome' && (last === undefined || id === last || (face.plan.watch && outcome !== 'done'))),
    ) ?? (await record(store, face.plan.target.accountId, { ...entry, at: now() }))
  const status = final.outcome as Outcome['status']
  const offers = status === 'failed' ? offerPlanAgain(face.plan) : []
  return { at: final.at, outcome: { status, text: final.text ?? '', offers }, isBegun }
}

const unknownOutcome = ({ grant, role, runsCommands }: Plan): Outcome => ({
  status: 'unknown',
  text: `Quarterdeck stopped unexpectedly${runsCommands === true ? TASK_MAY_RUN : effectsText(grant, role)}`,
})

const LOST_WATCH: Outcome = {
  status: 'left',
  text: 'watch lost: Quarterdeck stopped unexpectedly after the deployment. If a rollback began, the service shows it.',
}

const TASK_MAY_RUN =
  '. Its task may still run: ECS lists it in the cluster, with the operation under `startedBy`. `/ecs stop` stops it.'

/** Describes the effects of a dead operation that may still be present. */
const effectsText = (grant: Plan['grant'], role: Plan['role']): string => {
  if (grant !== undefined)
    return `. The tag \`${GRANT_TAG}\` of task \`${grant.task.slice(0, 8)}\` may still grant access. Remove it, and terminate the sessions that \`/ecs exec sessions\` lists.`
  return role === 'exec'
    ? '. Its session may still be open: `/ecs exec sessions` lists it.'
    : '; the call may or may not have reached AWS. Check the service.'
}

const NOTHING_CHANGED: Outcome = { status: 'failed', text: 'Nothing was changed: Quarterdeck stopped unexpectedly.' }
