// The state machine of one approval, as a pure function: pending, then settled exactly once.
import type { Actor } from '../../model/ecs.ts'

/** `corporateId`: absent in votes that earlier versions stored. */
export type Vote = { readonly voter: Actor; readonly corporateId?: string; readonly at: string }

export type Decision = {
  readonly outcome: 'approved' | 'rejected' | 'cancelled' | 'superseded' | 'expired'
  readonly by?: Actor
  readonly at: string
  readonly reason?: string
}

export type Approval = {
  readonly operation: string
  /** A version number for conditional writes. It increases with every change of the approval. */
  readonly version: number
  readonly requester: Actor
  /** Of the requester; absent in approvals that earlier versions stored. */
  readonly corporateId?: string
  readonly quorum: number
  /**
   * The approvers of the rule at the time of the request, for display. Rules and group members are loaded again at each
   * click.
   */
  readonly approvers: readonly string[]
  readonly maySelfApprove: boolean
  readonly ruleNumber: number
  readonly askedAt: string
  readonly expiresAt: string
  /** The minutes until the first reminder. The interval doubles after each reminder. */
  readonly remindMinutes: number
  readonly fingerprint: string
  readonly votes: readonly Vote[]
  /** The corporate ids of people who may not approve: those who deployed what waits at the gate. */
  readonly excluded?: readonly string[]
  readonly decision?: Decision
}

/** `corporateId`: of the actor. */
export type ApprovalEvent = { readonly at: string } & (
  | { readonly kind: 'approve' | 'cancel' | 'supersede'; readonly actor: Actor; readonly corporateId: string }
  | { readonly kind: 'reject'; readonly actor: Actor; readonly corporateId: string; readonly reason?: string }
  | { readonly kind: 'expire' }
  /** The approval is withdrawn because its card could not be posted. */
  | { readonly kind: 'withdraw' }
  /** What the approval waits for was settled elsewhere. `reason`: what settled it. */
  | { readonly kind: 'close'; readonly outcome: 'superseded' | 'expired'; readonly reason: string }
  /** It became known who deployed: their votes are struck. */
  | ({ readonly kind: 'exclude' } & Pick<Approval, 'requester' | 'quorum'> & { readonly people: readonly string[] })
)

/** The reason why an event changed nothing. functions/decision has a message for each code. */
export type ApprovalRefusal =
  | { readonly kind: 'settled'; readonly decision: Decision }
  | { readonly kind: 'own-request' }
  | { readonly kind: 'voted-already' }
  | { readonly kind: 'not-yours-to-cancel' }
  | { readonly kind: 'not-yet' }

export type Transition = { readonly kind: 'changed'; readonly approval: Approval } | ApprovalRefusal

export const transition = (approval: Approval, event: ApprovalEvent): Transition => {
  if (approval.decision !== undefined) return { kind: 'settled', decision: approval.decision }
  if (event.kind === 'expire')
    return isExpired(approval, event.at) ? settle(approval, { outcome: 'expired', at: event.at }) : { kind: 'not-yet' }
  if (event.kind !== 'close' && isExpired(approval, event.at))
    return settle(approval, { outcome: 'expired', at: approval.expiresAt })
  switch (event.kind) {
    case 'close':
      return settle(approval, { outcome: event.outcome, at: event.at, reason: event.reason })
    case 'exclude':
      return exclude(approval, event)
    case 'withdraw':
      return settle(approval, { outcome: 'cancelled', at: event.at })
    case 'approve':
      return approve(approval, { voter: event.actor, corporateId: event.corporateId, at: event.at })
    case 'reject':
      return settle(approval, {
        outcome: 'rejected',
        by: event.actor,
        at: event.at,
        ...(event.reason !== undefined && { reason: event.reason }),
      })
    case 'cancel':
    case 'supersede': {
      if (!isRequester(approval, event.actor, event.corporateId)) return { kind: 'not-yours-to-cancel' }
      const outcome = event.kind === 'cancel' ? 'cancelled' : 'superseded'
      return settle(approval, { outcome, by: event.actor, at: event.at })
    }
  }
}

const isExpired = ({ expiresAt }: Approval, at: string): boolean => at >= expiresAt

/** One person is one corporate id, also with several Slack users and teams. */
const isRequester = ({ requester, corporateId }: Approval, actor: Actor, id: string): boolean =>
  actor.user === requester.user || id === corporateId

const approve = (approval: Approval, vote: Vote & { readonly corporateId: string }): Transition => {
  const { voter, corporateId, at } = vote
  if (approval.excluded?.includes(corporateId)) return { kind: 'own-request' }
  if (isRequester(approval, voter, corporateId) && !approval.maySelfApprove) return { kind: 'own-request' }
  if (approval.votes.some(one => one.voter.user === voter.user || one.corporateId === corporateId))
    return { kind: 'voted-already' }
  const voted = { ...approval, votes: [...approval.votes, vote] }
  return voted.votes.length < approval.quorum
    ? { kind: 'changed', approval: { ...voted, version: approval.version + 1 } }
    : settle(voted, { outcome: 'approved', by: voter, at })
}

/** Fewer votes may be needed once it is known who deployed: then the votes that are left may suffice. */
const exclude = (approval: Approval, event: Extract<ApprovalEvent, { kind: 'exclude' }>): Transition => {
  const { people, requester, quorum, at } = event
  const votes = approval.votes.filter(({ corporateId }) => corporateId === undefined || !people.includes(corporateId))
  const next = { ...approval, requester, quorum, excluded: people, votes }
  const last = votes.at(-1)
  return last === undefined || votes.length < quorum
    ? { kind: 'changed', approval: { ...next, version: approval.version + 1 } }
    : settle(next, { outcome: 'approved', by: last.voter, at })
}

const settle = (approval: Approval, decision: Decision): Transition => ({
  kind: 'changed',
  approval: { ...approval, decision, version: approval.version + 1 },
})
