// One change, from the typed line to its outcome. It is one durable function: each step is either recorded once or
// pure.

import type { DurableContext } from '@aws/durable-execution-sdk-js'
import { declarations } from '../../commands/declarations.ts'
import type { Face, Stage } from '../../engine/cards/card.ts'
import { renderCard } from '../../engine/cards/render-card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { answeredKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import { armFirstCheck } from '../../engine/jobs/timers.ts'
import { ruleWords } from '../../engine/rules/approval-rules.ts'
import { withOption } from '../../kit/language/invocation.ts'
import { plain } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { stepAfter } from '../../model/slack-error.ts'
import { keptLine } from '../prepare/kept-line.ts'
import { otherLines, withOtherLines } from '../prepare/mentioned-lines.ts'
import type { Proposal } from '../prepare/proposal.ts'
import { propose } from '../prepare/propose.ts'
import { awaitApproval, postWithoutApproval } from './await-approval.ts'
import { type Review, scheduleReview } from './break-glass-review.ts'
import { explainRefusal, gateOutcome, gatePlan, noteAnswer, refuseGate } from './gate.ts'
import { execute } from './interpreter.ts'
import { limitPlanSize } from './plan-size.ts'
import type { OperationPorts } from './ports.ts'
import { type Rechecked, recheck } from './recheck.ts'
import { finish } from './report.ts'
import { runGrant } from './run-grant.ts'
import { addToLeases, removeFromLeases, runLease } from './run-lease.ts'
import { isUrgent, type Locked, lock, unlock } from './service-mutex.ts'
import { faceOfSet, joinSet, tellSet } from './set/member.ts'
import { step } from './steps.ts'
import { type ApprovalOutcome, errorText, nothingChanged, offerPlanAgain, type Story } from './story.ts'
import { isWatched, watchDeployment } from './watch/watch-deployment.ts'

export type Ending = Outcome['status'] | 'refused' | 'previewed'

export const operate = async (job: OperationJob, ctx: DurableContext, ports: OperationPorts): Promise<Ending> => {
  const { durableExecutionArn } = ctx.executionContext
  const since = ports.now()
  await step(ctx, 'arm the look', async () =>
    armFirstCheck({ ...job, line: await keptLine(job.line, ports) }, durableExecutionArn, ports),
  ).catch(() => null)
  const proposal = await step(ctx, 'plan', () => planOf(job, ports)).catch(cannotPlan)
  if (isRefusal(proposal) && job.set !== undefined) return refuseMember(job, ctx, ports, proposal)
  if (isRefusal(proposal) && job.gate !== undefined) return refuseGate(job, job.gate, ctx, ports, proposal)
  if (isRefusal(proposal)) return answerRequester(job, ctx, ports, 'refused', renderRefusal(proposal))
  const face = faceOf(job, proposal)
  if (proposal.isDryRun)
    return answerRequester(job, ctx, ports, 'previewed', renderCard({ ...face, stage: previewOf(face) }))

  const approval = await requestApproval({ job, ctx, ports, face, since }, proposal).catch(cannotPlan)
  if (isRefusal(approval) && job.set !== undefined) return refuseMember(job, ctx, ports, approval)
  if (isRefusal(approval) && job.gate !== undefined) return refuseGate(job, job.gate, ctx, ports, approval)
  if (isRefusal(approval)) return answerRequester(job, ctx, ports, 'refused', renderRefusal(approval))
  const story: Story = {
    job,
    ctx,
    ports,
    approval,
    face: {
      ...face,
      ...(approval.decision && { decision: approval.decision, votes: approval.votes }),
      ...(approval.started && {
        plan: { ...face.plan, gate: approval.started.gate },
        requester: approval.started.requester,
      }),
    },
  }
  const refused =
    proposal.verdict.kind === 'consent' && job.set === undefined ? refusedByVote(approval, face.plan) : undefined
  if (refused !== undefined) return finish(story, refused)

  const execution = await executeLocked(story)
  const made = withVotes(story, execution.votes)
  const review = await scheduleReview(made, execution.outcome)
  const ended = await waitForEnd(made, execution, review)
  const hasEnd = execution.isLeased || isGranted(made, execution) || isWatched(face.plan, execution.outcome)
  const ending = await finish(hasEnd ? { ...made, turn: 'lease' } : made, ended)
  await review.waitAndRequest()
  return ending
}

const planOf = async (job: OperationJob, ports: OperationPorts): Promise<Proposal | Refusal> => {
  // Before the plan, which takes longer: the next edit of the message must find the line.
  const { line, actor, id, place } = job
  if (job.set !== undefined) return memberPlan(job, ports)
  if (job.gate !== undefined) return gatePlan(job.gate, job.id, ports)
  const others = await otherLines(job, ports)
  const proposed = await propose({ line, actor, purpose: id, ports, channel: place.channel })
  return limitPlanSize(withOtherLines(proposed, others))
}

/** A service of a change set has the reason of the set. Its full name needs no channel. */
const memberPlan = async (job: OperationJob, ports: OperationPorts): Promise<Proposal | Refusal> => {
  const set = await faceOfSet(job, ports)
  if (set === undefined) return refuse('The change set is not known.')
  const { reason, isBreakGlass = false } = set
  const given = { isBreakGlass, ...(reason !== undefined && { reason }) }
  return limitPlanSize(await propose({ line: job.line, actor: job.actor, purpose: job.id, ports }, given))
}

const faceOf = (
  job: OperationJob,
  { plan, requester, reason, verdict, configVersion, isBreakGlass }: Proposal,
): Face => ({
  operation: job.id,
  plan,
  requester: requester ?? job.actor,
  corporateId: verdict.corporateId,
  askedIn: job.place.channel,
  rule: verdict.kind === 'consent' ? ruleWords(verdict) : verdict.why,
  configVersion,
  ...(reason !== undefined && { reason }),
  ...(isBreakGlass && { isBreakGlass }),
  ...(job.gate !== undefined && { isOfDeployment: true as const }),
})

const previewOf = ({ plan: { invocation }, reason }: Face): Stage => {
  const request = reason === undefined ? invocation : withOption(invocation, 'reason', reason, declarations)
  return { kind: 'preview', ...(typeof request === 'string' && { request }) }
}

const requestApproval = async (
  request: Omit<Story, 'approval'> & { readonly face: Face; readonly since: string },
  { verdict, isBreakGlass }: Proposal,
): Promise<ApprovalOutcome | Refusal> => {
  const { job, ctx, ports, face } = request
  if (job.set !== undefined) return step(ctx, 'approval of the set', () => joinSet(job, face, verdict, ports))
  if (verdict.kind === 'consent') return awaitApproval(request, verdict)
  const channel = isBreakGlass
    ? await step(ctx, 'break glass', async () => (await ports.config()).breakGlass?.channel ?? null)
    : null
  return postWithoutApproval(request, channel ?? undefined)
}

/**
 * The outcome of a request that was not approved; undefined if it was. A vote that cannot be read counts as a
 * rejection.
 */
const refusedByVote = ({ decision }: ApprovalOutcome, { gate }: Plan): Outcome | undefined => {
  if (decision === undefined) return { status: 'failed', text: 'Nothing was changed: the vote could not be read.' }
  if (decision.outcome === 'approved') return undefined
  if (gate !== undefined) return gateOutcome(decision, gate)
  const text = decision.outcome === 'superseded' ? 'Replaced by another request; nothing was changed.' : ''
  return { status: decision.outcome, text }
}

/** Waits for the end of a lease, of a shell access grant, or of the watch after a deployment. */
const waitForEnd = (story: Story, carried: Execution, review: Review): Promise<Outcome> => {
  if (carried.isLeased) return runLease(story, carried.outcome, review)
  if (isWatched(story.face.plan, carried.outcome)) return watchDeployment(story, carried.outcome)
  return isGranted(story, carried) ? runGrant(story, carried.outcome) : Promise.resolve(carried.outcome)
}

/**
 * Whether a grant may exist. This includes a call whose outcome is unknown, so that the end of the grant removes it.
 */
const isGranted = ({ face }: Story, { outcome }: Execution): boolean =>
  face.plan.grant !== undefined && ((outcome.requestIds ?? []).length > 0 || outcome.status === 'unknown')

const preemptedWords = ({ from }: Extract<Locked, { kind: 'ours' }>): readonly string[] =>
  from === undefined ? [] : [`This replaces “${from.what}” of ${from.holder.name}, which was running`]

/** `votes`: see Rechecked. */
type Execution = { readonly outcome: Outcome; readonly isLeased: boolean } & Pick<Rechecked, 'votes'>

const withVotes = (story: Story, votes = story.approval.votes): Story => ({
  ...story,
  approval: { ...story.approval, votes },
  face: { ...story.face, ...(story.face.votes && { votes }) },
})

/** Locks the service, repeats the checks, records the intent, makes the calls and waits until the change settles. */
const executeLocked = async (story: Story): Promise<Execution> => {
  const { job, ctx, ports, face } = story
  if (face.plan.isUnlocked === true) return checkAndPerform(story)
  const locked = await takeLock(story)
  if ('status' in locked) return { outcome: locked, isLeased: false }
  if (locked.kind === 'held') return { outcome: refusedByLock(locked, face.plan), isLeased: false }
  const execution = await checkAndPerform(story, preemptedWords(locked))
  await step(ctx, 'unlock', () => unlock(ports.store, job, face.plan)).catch(() => null)
  return execution
}

/** Takes the lock of a running change over only after the checks: a request that is out of date stops no other change. */
const takeLock = async (story: Story): Promise<Locked | Outcome> => {
  const { job, ctx, ports, face } = story
  const locking = (takesOver: boolean) => () => lock(ports.store, job, face.plan, ports.now(), takesOver)
  const locked = await step(ctx, 'lock', locking(false)).catch(nothingChanged)
  if ('status' in locked || locked.kind === 'ours' || !isUrgent(face.plan, face)) return locked
  const checked = await step(ctx, 're-check before the lock', () => recheck(story)).catch(nothingChanged)
  return 'status' in checked ? checked : step(ctx, 'take the lock over', locking(true)).catch(nothingChanged)
}

/** Repeats the checks and makes the change. `more`: additional changed values to show. */
const checkAndPerform = async (story: Story, more: readonly string[] = []): Promise<Execution> => {
  const checked = await step(story.ctx, 're-check', () => recheck(story)).catch(nothingChanged)
  if ('status' in checked) return { outcome: checked, isLeased: false }
  const made = await makeChange(withVotes(story, checked.votes), { ...checked, drift: [...checked.drift, ...more] })
  return { ...made, ...(checked.votes && { votes: checked.votes }) }
}

/** Makes the change. A lease is stored before the first call, so that its origin and end are known from then on. */
const makeChange = async (story: Story, { drift, lease, amounts }: Rechecked): Promise<Execution> => {
  const { ctx, face } = story
  if (lease !== undefined) {
    const joined = await step(ctx, 'join the book', () => addToLeases(story, lease)).catch(nothingChanged)
    if (joined !== null) return { outcome: joined, isLeased: false }
  }
  const { gate } = face.plan
  if (gate !== undefined) await noteAnswer(story, gate)
  // The audit has the counts right before the calls: rules over a window begin there.
  const plan = { ...face.plan, ...(amounts && { amounts }) }
  const outcome: Outcome = { ...(await execute({ ...story, face: { ...face, plan, drift } })), drift }
  if (gate !== undefined) return { outcome: await explainRefusal(story, gate, outcome), isLeased: false }
  const isMade = (outcome.requestIds ?? []).length > 0 || outcome.status === 'unknown'
  if (lease !== undefined && !isMade) await step(ctx, 'leave the book', () => removeFromLeases(story)).catch(() => null)
  return { outcome, isLeased: lease !== undefined && isMade }
}

const refuseMember = async (
  job: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  { text }: Refusal,
): Promise<'refused'> => {
  await step(ctx, 'tell the set', () => tellSet(job, { status: 'refused', text: plain(text) }, ports)).catch(() => null)
  return 'refused'
}

const cannotPlan = (error: unknown): Refusal =>
  refuse(
    `Request failed; nothing was changed: ${errorText(error)}.`,
    error instanceof RemoteError ? stepAfter(error) : 'Try again in a minute.',
  )

const answerRequester = async <As extends Ending>(
  job: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  as: As,
  message: Rendered,
): Promise<As> => {
  await step(ctx, as, async () => {
    await answerAsker(job, await ports.slack(), message)
    await ports.store.create(answeredKey(job.id), { at: ports.now() }).catch(() => false)
    return null
  }).catch(() => null)
  return as
}

const refusedByLock = ({ lock: { holder, what } }: Extract<Locked, { kind: 'held' }>, plan: Plan): Outcome => ({
  status: 'blocked',
  text: `${holder.name} is changing this service now (${what}). Nothing was changed.`,
  offers: offerPlanAgain(plan),
})
