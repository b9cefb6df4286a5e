// Handles a vote: checks the voter, stores the decision, and wakes the operation. If the wake-up is lost, a scheduled
// job repeats it.

import type { Face } from '../../engine/cards/card.ts'
import { showLatest, startingCard } from '../../engine/cards/show-latest.ts'
import type { Approval, ApprovalEvent, ApprovalRefusal, Decision } from '../../engine/change/approval.ts'
import { applyEvent } from '../../engine/change/approval-store.ts'
import { approvedVersion } from '../../engine/change/plan.ts'
import { approvalKey, faceKey, postedKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import { armWakeRetry } from '../../engine/jobs/timers.ts'
import { wakeOrRetry } from '../../engine/jobs/wake.ts'
import { identify } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { isSamePerson, mayVote } from '../../engine/rules/voters.ts'
import { redactText } from '../../features/logs/redaction.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { Choice, DecisionJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { stepAfter } from '../../model/slack-error.ts'
import { endLease } from './end-lease.ts'
import { showDialog } from './open-card.ts'
import type { DecisionPorts } from './ports.ts'
import { stopFollow } from './stop-follow.ts'

export const decide = async (job: DecisionJob, ports: DecisionPorts): Promise<void> => {
  const refusal = await settle(job, ports)
  // If a request was not superseded, for example because it is another person's, the click needs no reply.
  if (job.view !== undefined) return showDialog({ ...job, view: job.view }, refusal, ports)
  if (refusal === undefined || job.choice === 'supersede') return
  await answerAsker(job, await ports.slack(), renderRefusal(refusal))
}

const settle = (job: DecisionJob, ports: DecisionPorts): Promise<Refusal | undefined> => {
  if (isVote(job)) return vote(job, ports)
  return (job.choice === 'stop' ? stopFollow(job, ports) : endLease(job, ports)).catch(refuseUnread)
}

const isVote = (job: DecisionJob): job is VoteJob => job.choice !== 'revert' && job.choice !== 'stop'

type VoteJob = DecisionJob<Exclude<Choice, 'revert' | 'stop'>>

const vote = async (job: VoteJob, ports: DecisionPorts): Promise<Refusal | undefined> => {
  const [before, face] = await Promise.all([
    ports.store.get<Approval>(approvalKey(job.operation)),
    ports.store.get<Face>(faceKey(job.operation)),
  ])
  if (before === undefined || face === undefined)
    return refuse('This request has expired.', 'Request the change again.')
  if (face.value.plan.gate !== undefined && job.choice !== 'approve')
    return refuse('A gate is continued or rolled back.', '*Roll Back* takes any one operator.')
  if (job.choice === 'approve' && job.seen !== undefined && job.seen !== approvedVersion(face.value.plan))
    return refuse(
      'This is an older version of the request, so your approval was not counted.',
      'Open Details and look again.',
    )
  const voter = await authorise(job, before.value, face.value, ports).catch(refuseUnread)
  if (isRefusal(voter)) return voter
  const spoken = await withoutSecrets(job, ports)
  const arm = () => armWakeRetry(job.operation, ports)
  const result = await applyEvent(ports.store, job.operation, () => eventOf(spoken, voter, ports.now()), arm)
  if (result === 'unknown-operation') return refuse('This request has expired.')
  if (result.kind === 'changed' && result.approval.decision === undefined)
    return showVotes(face.value, result.approval, ports)
  if (result.kind !== 'changed' && result.kind !== 'settled') return refusalOf(result)
  if (result.kind === 'changed') await showApproved(face.value, result.approval, ports)
  await wakeOrRetry(job.operation, ports)
  const decision = result.kind === 'settled' ? result.decision : result.approval.decision
  return decision === undefined || isDuplicate(decision, job) ? undefined : refuse(settledText(decision))
}

/** The reason of a rejection is stored and posted. */
const withoutSecrets = async (job: VoteJob, ports: DecisionPorts): Promise<VoteJob> => {
  const { reason } = job
  return reason === undefined ? job : { ...job, reason: redactText(reason, { config: await ports.config() }) }
}

/**
 * Returns the corporate id of the person who clicked. The requester may cancel. A voter must be an approver by the current
 * rules and groups.
 */
const authorise = async (
  { actor, choice }: DecisionJob,
  approval: Approval,
  { plan }: Face,
  ports: DecisionPorts,
): Promise<string | Refusal> => {
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId)) return corporateId
  if (choice === 'cancel' || choice === 'supersede' || approval.decision !== undefined) return corporateId
  if (plan.gate?.people.includes(corporateId))
    return refuse('You deployed this, so someone else must continue it.', 'You may roll it back.')
  if (choice === 'approve' && isSamePerson(actor, approval.requester, config) && !approval.maySelfApprove)
    return refusalOf({ kind: 'own-request' })
  const facts = await loadRuleInputs(config, ports)
  if (choice === 'approve' && facts.halted !== undefined) return refuse(`All changes are halted: ${facts.halted}.`)
  if (mayVote(actor, approval, plan, approval.requester, config, facts)) {
    // Asked last: clicks of people who may not vote must not use up the look-ups that everybody shares.
    const isActive = await (await ports.slack()).isActive(actor.user)
    return isActive ? corporateId : refuse(`${actor.name} is no longer active in Slack.`)
  }
  const whoMay = approval.approvers.includes('operators')
    ? 'everyone who may make this change'
    : 'the approvers of its rule'
  return refuse(
    `${actor.name} may not approve or reject this. Approvers: ${whoMay}.`,
    '`/ecs whoami` lists your roles.',
  )
}

/** The refusal if the voter's identity or groups cannot be read. */
const refuseUnread = (error: unknown): Refusal => {
  if (!(error instanceof RemoteError)) throw error
  return refuse(
    `Your click was not counted: ${error.message}.`,
    error.passing ? 'Click again in a minute.' : stepAfter(error),
  )
}

/** Shows the votes on the card. If this fails, the vote still counts. */
const showVotes = async (face: Face, approval: Approval, ports: DecisionPorts): Promise<undefined> => {
  const posted = await ports.store.get<Posted>(postedKey(approval.operation, 'card'))
  if (posted === undefined) return
  const card = { ...face, stage: { kind: 'waiting', approval } } as const
  await showLatest(card, posted.value, 'vote', ports).catch(() => undefined)
}

/**
 * Shows that the change runs, before the operation is woken: from then on the operation updates the card. If this fails,
 * the operation does it.
 */
const showApproved = async (face: Face, approval: Approval, ports: DecisionPorts): Promise<void> => {
  if (approval.decision?.outcome !== 'approved') return
  const posted = await ports.store.get<Posted>(postedKey(approval.operation, 'card'))
  if (posted === undefined) return
  await showLatest(startingCard(face, approval), posted.value, 'vote', ports).catch(() => undefined)
}

const eventOf = ({ choice, actor, reason }: VoteJob, corporateId: string, at: string): ApprovalEvent =>
  choice === 'reject'
    ? { kind: 'reject', actor, corporateId, at, ...(reason !== undefined && { reason }) }
    : { kind: choice, actor, corporateId, at }

const OUTCOMES = { approve: 'approved', reject: 'rejected', cancel: 'cancelled', supersede: 'superseded' } as const

/** Whether the click is a duplicate delivery of the one that settled the vote. It then gets no reply. */
const isDuplicate = ({ by, outcome }: Decision, { actor, choice }: VoteJob): boolean =>
  by?.user === actor.user && by.team === actor.team && outcome === OUTCOMES[choice]

const refusalOf = (refusal: ApprovalRefusal): Refusal => {
  switch (refusal.kind) {
    case 'settled':
      return refuse(settledText(refusal.decision))
    case 'own-request':
      return refuse('You requested this change, so someone else must approve it.')
    case 'voted-already':
      return refuse('You have already approved this.', 'It needs another approver.')
    case 'not-yours-to-cancel':
      return refuse('Only the requester can cancel.', 'You can reject it.')
    case 'not-yet':
      return refuse('It has not expired yet.')
  }
}

const settledText = ({ outcome, by, at, reason }: Decision): string => {
  const when = timeMark(at)
  if (by === undefined && reason !== undefined) return `Too late: ${reason} (${when}).`
  return by === undefined
    ? `Too late: it ${outcome === 'expired' ? 'expired' : `was ${outcome}`} at ${when}.`
    : `Too late: ${by.name} ${outcome} it at ${when}.`
}
