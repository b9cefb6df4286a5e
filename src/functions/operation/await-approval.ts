// Requests approval: opens the vote in the store, posts the card, waits for one callback, and then reads the decision
// from the store.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { Face } from '../../engine/cards/card.ts'
import type { Approval, Decision } from '../../engine/change/approval.ts'
import { applyEvent } from '../../engine/change/approval-store.ts'
import { fingerprint } from '../../engine/change/plan.ts'
import { approvalKey, callbackKey, decisionReadKey, executionKey, faceKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { logMetric } from '../../engine/jobs/log-metric.ts'
import { armDeadOperationCheck, scheduleReminder } from '../../engine/jobs/timers.ts'
import type { Verdict } from '../../engine/rules/judge.ts'
import type { Refusal } from '../../model/errors.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import { clearPending, pendingFrom, pendingKey, showPending, untilOf } from '../prepare/pending.ts'
import { claimRequest } from '../prepare/same-request.ts'
import type { OperationPorts } from './ports.ts'
import { postOnce } from './post-once.ts'
import { postList } from './set/post-list.ts'
import { step } from './steps.ts'
import type { ApprovalOutcome } from './story.ts'

type ApprovalRequest = {
  readonly job: OperationJob
  readonly ctx: DurableContext
  readonly ports: OperationPorts
  readonly face: Face
  /** When this invocation began. */
  readonly since: string
}

/** Counts how long the card took, once it is posted. */
const timed = async <T>({ since, ports }: ApprovalRequest, posting: Promise<T>): Promise<T> => {
  const posted = await posting
  logMetric('card', Date.parse(ports.now()) - Date.parse(since))
  return posted
}

/** Posts the card of a change that needs no approval, so that the channel sees it. */
export const postWithoutApproval = async (
  asking: ApprovalRequest,
  channel?: string,
): Promise<ApprovalOutcome | Refusal> => {
  const { job, ctx, ports, face } = asking
  const posted = await step(ctx, 'post the card', async () => {
    await saveCard(asking)
    return timed(asking, postOnce('card', job, ports, { ...face, stage: { kind: 'starting' } }, channel))
  })
  if ('kind' in posted) return posted
  await postList(asking, posted)
  return { kind: 'consent', posted, votes: [] }
}

export const awaitApproval = async (
  asking: ApprovalRequest,
  verdict: Extract<Verdict, { kind: 'consent' }>,
): Promise<ApprovalOutcome | Refusal> => {
  const { job, ctx, ports, face } = asking
  const [callback, callbackId] = await ctx.createCallback('consent', {
    timeout: { minutes: verdict.rule.expiryMinutes },
  })
  const closeVote = () => step(ctx, 'withdraw the vote', () => withdraw(ports, job.id, face.plan.target.arn))
  const closeAndThrow = async (error: unknown): Promise<never> => {
    await closeVote().catch(() => undefined)
    throw error
  }
  const approval = await step(ctx, 'open the vote', () => openVote(asking, verdict, callbackId)).catch(closeAndThrow)
  if ('kind' in approval) return approval
  const posted = await step(ctx, 'post the card', () =>
    timed(
      asking,
      postOnce('card', job, ports, { ...face, stage: { kind: 'waiting', approval } }, verdict.rule.channel),
    ),
  ).catch(closeAndThrow)
  if ('kind' in posted) {
    await closeVote()
    return posted
  }
  await step(ctx, 'schedule a reminder', async () => {
    await showPending(ports.store, pendingKey(face.plan.target.arn, job.id), posted).catch(() => undefined)
    return scheduleReminders(approval, ports)
  }).catch(() => null)
  await postList(asking, posted)
  await callback.catch(() => 'timed out')
  const settled = await step(ctx, 'read the decision', () => readDecision(ports, job.id, face.plan.target.arn)).catch(
    async () => {
      await closeVote().catch(() => undefined)
      return { votes: [] }
    },
  )
  return { kind: 'consent', posted, ...settled }
}

/** Schedules the reminders. If this fails, the request continues. */
const scheduleReminders = async (approval: Approval, ports: OperationPorts): Promise<null> => {
  const job = { kind: 'reminder', operation: approval.operation, number: 1 } as const
  await scheduleReminder(job, approval, ports).catch(error => logError('first reminder', job.operation, error))
  return null
}

/** Stores the card and the execution's ARN, which reminders and the check for dead operations read. */
const saveCard = async ({ job, ctx, ports, face }: ApprovalRequest): Promise<void> => {
  await Promise.all([
    ports.store.create(faceKey(job.id), face),
    ports.store.create(executionKey(job.id), { arn: ctx.executionContext.durableExecutionArn }),
  ])
}

/**
 * Opens the vote. Runs before the card is posted: a click on the card needs the stored vote, and its decision needs the
 * stored callback. Refuses a request that is the same as an open one.
 */
const openVote = async (
  asking: ApprovalRequest,
  verdict: Extract<Verdict, { kind: 'consent' }>,
  callbackId: string,
): Promise<Approval | Refusal> => {
  const { job, ports, face } = asking
  const { rule, ruleNumber } = verdict
  const claimed = { channel: job.place.channel, ports }
  const refused = job.gate === undefined ? await claimRequest(face.plan, job.id, verdict, claimed) : undefined
  if (refused !== undefined) return refused
  const { store, now } = ports
  const askedAt = now()
  const approval: Approval = {
    operation: job.id,
    version: 1,
    requester: face.requester,
    corporateId: face.corporateId,
    quorum: rule.approvals,
    approvers: rule.approvers,
    maySelfApprove: rule.maySelfApprove,
    ruleNumber,
    askedAt,
    expiresAt: face.plan.gate?.expiresAt ?? new Date(Date.parse(askedAt) + rule.expiryMinutes * 60_000).toISOString(),
    remindMinutes: rule.remindMinutes,
    fingerprint: fingerprint(face.plan),
    votes: [],
    ...(face.plan.gate !== undefined && { excluded: face.plan.gate.people }),
  }
  const pending = pendingFrom(face.plan, approval)
  const [isOpened] = await Promise.all([
    store.create(approvalKey(job.id), approval),
    store.create(callbackKey(job.id), { callbackId }),
    saveCard(asking),
    store.create(pendingKey(face.plan.target.arn, job.id), pending, untilOf(pending)),
  ])
  // A step that runs again keeps the vote that it opened before.
  return isOpened ? approval : ((await store.get<Approval>(approvalKey(job.id)))?.value ?? approval)
}

/**
 * Reads the decision from the store, because the callback only wakes the operation. Without a vote the request expires.
 */
const readDecision = async (
  ports: OperationPorts,
  operation: string,
  serviceArn: string,
): Promise<Pick<ApprovalOutcome, 'votes' | 'started'> & { readonly decision: Decision }> => {
  const { store, now } = ports
  await applyEvent(store, operation, approval => ({ kind: 'expire', at: approval.expiresAt }))
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval?.decision === undefined) throw new Error(`the approval of ${operation} was not found`)
  const noted = async () => {
    await armDeadOperationCheck(operation, ports)
    await store.create(decisionReadKey(operation), { at: now() })
  }
  const [face] = await Promise.all([
    store.get<Face>(faceKey(operation)).then(item => item?.value),
    noted(),
    clearPending(ports.store, operation, serviceArn),
  ])
  const gate = face?.plan.gate
  return {
    decision: approval.decision,
    votes: approval.votes,
    ...(face !== undefined && gate !== undefined && { started: { gate, requester: face.requester } }),
  }
}

/** Closes the vote if its card could not be posted. */
const withdraw = async (ports: OperationPorts, operation: string, serviceArn: string): Promise<null> => {
  await applyEvent(ports.store, operation, () => ({ kind: 'withdraw', at: ports.now() }))
  await clearPending(ports.store, operation, serviceArn)
  return null
}
