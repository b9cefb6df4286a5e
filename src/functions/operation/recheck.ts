// Repeats every check before the execution: plans again, applies the rules and counts the votes.

import type { Vote } from '../../engine/change/approval.ts'
import { boundedOutcome } from '../../engine/change/bounded.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { driftOf, fingerprint, higherRisk, type Plan, planDifferences } from '../../engine/change/plan.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { blockOf } from '../../engine/rules/judge.ts'
import { countPeople } from '../../engine/rules/voters.ts'
import { isRefusal } from '../../model/errors.ts'
import type { Proposal } from '../prepare/proposal.ts'
import { propose } from '../prepare/propose.ts'
import { proposeGate } from '../prepare/propose-gate.ts'
import { isShadow, notMade } from '../prepare/shadow.ts'
import { stopRequest } from './exec/stop.ts'
import type { OperationPorts } from './ports.ts'
import { type ApprovalOutcome, offerPlanAgain, type Story } from './story.ts'

/**
 * `votes`: those that still count, of a gate. The answer is sent as the person of the last one. `amounts`: those of the plan
 * as it is now. Absent in steps of earlier versions.
 */
export type Rechecked = {
  readonly kind: 'fresh'
  readonly drift: readonly string[]
  readonly lease?: PlannedLease
  readonly votes?: readonly Vote[]
} & Pick<Plan, 'amounts'>

/**
 * Plans again from current data, applies the current rules, and counts the votes again. A service of a change set may have
 * waited since it was started, so it looks for Stop, too. It reads the members of user groups from the cache of five
 * minutes: Slack lists the members of 20 groups a minute, and the set itself has read them again before it began.
 */
const checkAgain = async (story: Story): Promise<Rechecked | Outcome> => {
  const { job, ports, face, approval } = story
  if (job.gate !== undefined) return recheckGate(story, job.gate)
  const { plan, reason, isBreakGlass = false } = face
  const stale = (text: string, details?: readonly string[], offers = offerPlanAgain(plan)): Outcome =>
    boundedOutcome({ status: 'stale', text, offers, ...(details && { details }) })
  const stopped = job.set && (await stopRequest(job.set.operation, ports))
  if (stopped !== undefined) return { status: 'cancelled', text: stopped }
  const given = { isBreakGlass, ...(reason !== undefined && { reason }) }
  const now = await propose(
    { line: plan.invocation, actor: job.actor, purpose: job.id, ports, isFresh: job.set === undefined },
    given,
  )
  if (isRefusal(now)) return stale(now.text, undefined, now.offers)
  if (job.set !== undefined && !(await (await ports.slack()).isActive(job.actor.user)))
    return stale(`${job.actor.name} is no longer active in Slack.`)
  if (now.verdict.corporateId !== face.corporateId)
    return stale(`${job.actor.name} is another person in the configuration now.`)
  if (fingerprint(now.plan) !== fingerprint(plan) || higherRisk(plan, now.plan).length > 0)
    return stale('The plan has changed since its approval:', planDifferences(plan, now.plan))
  const { votes, lost } = await countVotes(now, approval, ports)
  if (lost !== undefined) return stale(lost)
  const { lease, gate, amounts } = now.plan
  return {
    ...{ kind: 'fresh', drift: driftOf(plan, now.plan) },
    ...(lease && { lease }),
    ...(gate && { votes }),
    ...(amounts && { amounts }),
  }
}

/**
 * Repeats every check. In shadow mode, a change that passes them ends here: before its intent, its lease and its calls. The
 * services of a change set end each by itself.
 */
export const recheck = async (story: Story): Promise<Rechecked | Outcome> => {
  const checked = await checkAgain(story)
  const { plan } = story.face
  if ('status' in checked || plan.members !== undefined) return checked
  return isShadow(plan, await story.ports.config()) ? { status: 'blocked', text: notMade(plan) } : checked
}

/** As for other changes, without a requester. The answer is sent as the last person whose vote still counts. */
const recheckGate = async (
  { job, ports, face, approval }: Story,
  gate: NonNullable<Story['job']['gate']>,
): Promise<Rechecked | Outcome> => {
  const { plan } = face
  const stale = (text: string, details?: readonly string[]): Outcome =>
    boundedOutcome({ status: 'stale', text, offers: offerPlanAgain(plan), ...(details && { details }) })
  const now = await proposeGate(gate, job.id, ports, true)
  if (isRefusal(now)) return boundedOutcome({ status: 'stale', text: now.text })
  const { proposal, inputs } = now
  if (fingerprint(proposal.plan) !== fingerprint(plan) || higherRisk(plan, proposal.plan).length > 0)
    return stale('The gate has changed since its approval:', planDifferences(plan, proposal.plan))
  const { votes, lost } = await countVotes(proposal, approval, ports)
  const by = votes.at(-1)?.voter
  if (by === undefined) return stale(lost ?? 'It is not known who settled it.')
  const block = blockOf(proposal.plan, { actor: by, isBreakGlass: false }, await ports.config(), inputs)
  if (block !== undefined) return stale(block.text)
  return lost === undefined ? { kind: 'fresh', drift: driftOf(plan, proposal.plan), votes } : stale(lost)
}

/** `lost`: the reason why the votes no longer suffice. They must still be valid when the change is executed. */
type Counted = { readonly votes: readonly Vote[]; readonly lost?: string }

const countVotes = async (
  { verdict }: Proposal,
  { votes }: ApprovalOutcome,
  ports: OperationPorts,
): Promise<Counted> => {
  if (verdict.kind === 'free') return { votes }
  const slack = await ports.slack()
  const isValid = await Promise.all(
    votes.map(async ({ voter }) => verdict.approvers.includes(voter.user) && (await slack.isActive(voter.user))),
  )
  const valid = votes.filter((_, at) => isValid[at] === true)
  const users = valid.map(({ voter }) => voter.user)
  const counted = countPeople(users, await ports.config())
  if (counted >= verdict.rule.approvals) return { votes: valid }
  const invalid = votes.filter((_, at) => isValid[at] !== true).map(({ voter }) => voter.name)
  const why = invalid.length === 0 ? '' : ` ${invalid.join(', ')} may no longer approve it.`
  const { approvals } = verdict.rule
  const needed = `${approvals} ${approvals === 1 ? 'approval' : 'approvals'}`
  return { votes: valid, lost: `It needs ${needed} now and has ${counted}.${why}` }
}
