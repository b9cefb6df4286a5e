// The votes of an open request: how many are given, who may give the rest, who may not, and until when.

import { date, literal } from '../../kit/messages/markup.ts'
import { cutEnd } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Approval } from '../change/approval.ts'

/** The number of votes that are still needed: `2 approvals`, or `1 more approval` after the first vote. */
export const votesNeeded = ({ quorum, votes }: Approval): string => {
  const missing = quorum - votes.length
  return `${missing}${votes.length > 0 ? ' more' : ''} ${missing === 1 ? 'approval' : 'approvals'}`
}

/** Names longer than this are cut. */
const MOST_NAME = 20
/** A mention notifies: one group, or at most three people. */
const MOST_PEOPLE = 3

/** The line of the card, from the longest form to the shortest. */
export const votesVariants = (approval: Approval): readonly (readonly JsonObject[])[] => [
  votesLine(approval, true, MOST_PEOPLE),
  votesLine(approval, false, MOST_PEOPLE),
  votesLine(approval, false, 1),
]

const votesLine = (approval: Approval, isNamed: boolean, most: number): readonly JsonObject[] => {
  const { quorum, votes, expiresAt, excluded } = approval
  const names = isNamed ? ` (${votes.map(({ voter }) => cutEnd(voter.name, MOST_NAME)).join(', ')})` : ''
  const missing = quorum - votes.length
  return [
    literal(
      votes.length === 0
        ? `${excluded === undefined ? 'Needs' : 'Continue needs'} ${missing}: `
        : `${votes.length} of ${quorum} given${names}. ${missing} more: `,
    ),
    ...whoMayApprove(approval, most),
    ...(excluded === undefined
      ? [literal(', by '), date(expiresAt, '{date_short_pretty} {time}')]
      : [literal('. Roll Back: any 1 operator')]),
  ]
}

/**
 * The approvers as mentions: all, or the first group, or at most `most` people and the others as a number. And who may not.
 */
export const whoMayApprove = (
  { approvers, maySelfApprove, requester, excluded }: Approval,
  most: number | 'all' = MOST_PEOPLE,
): readonly JsonObject[] => {
  const mentioned = most === 'all' ? approvers : firstOf(approvers, most)
  const others = approvers.length - mentioned.length
  return [
    ...mentioned.flatMap((approver, at) => [...(at === 0 ? [] : [literal(', ')]), mention(approver)]),
    ...(others === 0 ? [] : [literal(` or ${others} ${others === 1 ? 'other' : 'others'}`)]),
    ...(excluded !== undefined ? [literal(`, not ${deployerNames(excluded)}`)] : []),
    ...(maySelfApprove || excluded !== undefined ? [] : [literal(`, not @${cutEnd(requester.name, MOST_NAME)}`)]),
  ]
}

/** Those who deployed what waits at a gate. */
const deployerNames = (people: readonly string[]): string =>
  people.length === 0 ? 'who deployed' : people.map(person => cutEnd(person, MOST_NAME)).join(' or ')

const firstOf = (approvers: readonly string[], most: number): readonly string[] => {
  const groups = approvers.filter(isGroup)
  return groups.length > 0 ? groups.slice(0, 1) : approvers.slice(0, most)
}

const isGroup = (approver: string): boolean => approver.startsWith('S')

const mention = (approver: string): JsonObject => {
  if (approver === 'operators') return literal('any operator')
  if (approver === 'everyone') return literal('anyone here')
  return isGroup(approver) ? { type: 'usergroup', usergroup_id: approver } : { type: 'user', user_id: approver }
}
