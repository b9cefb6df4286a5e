// One service of a change set: it has the approval of the set, if it is as the set approved it.

import type { Face } from '../../../engine/cards/card.ts'
import type { Approval } from '../../../engine/change/approval.ts'
import { boundedText } from '../../../engine/change/bounded.ts'
import { isHigher, type Member, type Plan } from '../../../engine/change/plan.ts'
import { approvalKey, faceKey, postedKey } from '../../../engine/change/records.ts'
import type { Verdict } from '../../../engine/rules/judge.ts'
import { IMAGES_UNREAD } from '../../../features/deployments/image-tags.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import type { OperationJob } from '../../../model/ports/job.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import type { OperationPorts } from '../ports.ts'
import type { ApprovalOutcome } from '../story.ts'
import { type MemberResult, RESULT_DAYS, resultKey } from './records.ts'

/** The card of the set; undefined if it is not stored. */
export const faceOfSet = async (
  { set }: Pick<OperationJob, 'set'>,
  { store }: Pick<OperationPorts, 'store'>,
): Promise<Face | undefined> => set && (await store.get<Face>(faceKey(set.operation)))?.value

const CHANGED = 'It changed after the set was planned.'

/**
 * The approval of the set, for one of its services; a refusal if this is not what was approved. Its face is stored, so that
 * its end and its death find it. It has no card: its messages go to the thread of the set's card.
 */
export const joinSet = async (
  job: OperationJob,
  face: Face,
  verdict: Verdict,
  ports: OperationPorts,
): Promise<ApprovalOutcome | Refusal> => {
  const approval = await approvalOfSet(job, face, verdict, ports)
  if (!isRefusal(approval)) await ports.store.create(faceKey(job.id), face)
  return approval
}

const approvalOfSet = async (
  job: OperationJob,
  { plan, corporateId }: Face,
  verdict: Verdict,
  ports: OperationPorts,
): Promise<ApprovalOutcome | Refusal> => {
  const { set, actor } = job
  const face = await faceOfSet(job, ports)
  const member = set && face?.plan.members?.[set.number]
  const posted = set && (await ports.store.get<Posted>(postedKey(set.operation, 'card')))?.value
  if (set === undefined || face === undefined || member === undefined || posted === undefined)
    return refuse('The change set is not known.')
  const isSame =
    face.plan.command === plan.command &&
    member.ref.arn === plan.target.arn &&
    face.requester.user === actor.user &&
    face.requester.team === actor.team &&
    face.corporateId === corporateId
  if (!isSame || !isBound(member, plan)) return refuse(CHANGED)
  if (plan.changes.some(({ what }) => what.startsWith('Image of ')))
    return refuse('Its image tag was pushed again: the set does not show the new image.', 'Request it alone.')
  if (plan.binds[IMAGES_UNREAD] !== undefined || plan.binds['images not compared'] === 'all')
    return refuse('Its image tags could not be read: a new image may start.', 'Request it alone.')
  if (isHigher(plan.risk.level, member.risk))
    return refuse(
      `Its own risk is ${plan.risk.level}, higher than when the set was planned: ${plan.risk.reasons[0] ?? ''}`,
      'Request it alone.',
    )
  const approval = (await ports.store.get<Approval>(approvalKey(set.operation)))?.value
  if (approval === undefined)
    return verdict.kind === 'free' ? { kind: 'consent', posted, votes: [] } : refuse('This service needs approval.')
  return approval.decision?.outcome === 'approved'
    ? { kind: 'consent', posted, decision: approval.decision, votes: approval.votes }
    : refuse('The change set was not approved.')
}

const isBound = ({ binds }: Member, plan: Plan): boolean =>
  Object.entries(binds).every(([name, value]) => plan.binds[name] === undefined || plan.binds[name] === value)

/** Written once: the first result counts. */
export const tellSet = async (
  { set }: Pick<OperationJob, 'set'>,
  result: Pick<MemberResult, 'status' | 'text'>,
  { store, now }: Pick<OperationPorts, 'store' | 'now'>,
): Promise<null> => {
  if (set === undefined) return null
  const at = now()
  const until = Math.floor(Date.parse(at) / 1_000) + RESULT_DAYS * 86_400
  const value: MemberResult = { ...result, number: set.number, text: boundedText(result.text), at }
  await store.create(resultKey(set.operation, set.number), value, until)
  return null
}
