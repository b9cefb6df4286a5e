// Renders the part of a card that depends on its stage: votes and buttons, progress, temporary change, outcome.

import { buttons, cut, date, list, quote, richText, section, withoutMarkup } from '../../kit/messages/markup.ts'
import { clickable, offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Offer } from '../../model/errors.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import { holdingText, leaseButtons } from '../leases/render-leases.ts'
import type { Approval } from './approval.ts'
import type { Card, Stage } from './card.ts'
import type { Outcome, TaskResult } from './outcome.ts'
import type { Plan } from './plan.ts'
import { renderResults } from './render-results.ts'

type StageOf<Kind extends Stage['kind']> = Extract<Stage, { kind: Kind }>

export const stageBlocks = (card: Card): readonly Block[] => {
  const { plan, stage, operation } = card
  switch (stage.kind) {
    case 'preview':
      return offerBlocks(plan.offers)
    case 'starting':
      return [richText(section('Starting.'))]
    case 'waiting':
      return [votesLine(stage.approval), ...offerBlocks(plan.offers, operation), decisionButtons(card)]
    case 'running':
      return [progressLine(stage), ...resultsTable(card)]
    case 'leased':
      return [temporaryChange(stage), leaseButtons(plan, stage.lease)]
    case 'granted':
      return [shellAccess(stage), revokeButton(card)]
    case 'left':
      return [
        richText(section(`*The temporary change ended.* ${cut(stage.text, 2_000)}`)),
        ...offerBlocks(stage.offers),
      ]
    case 'ended':
      return [outcomeBlock(stage), ...resultsTable(card), ...offerBlocks(stage.outcome.offers ?? [])]
  }
}

export const resultsOf = ({ stage }: Card): readonly TaskResult[] =>
  (stage.kind === 'ended' ? stage.outcome.results : stage.kind === 'running' ? stage.results : undefined) ?? []

const resultsTable = (card: Card): readonly Block[] => {
  const results = resultsOf(card)
  return results.length === 0 ? [] : renderResults(results)
}

/** The buttons of offers. `superseding`: the pending operation that a click on an offer replaces. */
const offerBlocks = (offers: readonly Offer[], superseding?: string): readonly Block[] => {
  const shown = clickable(offers)
  return shown.length === 0 ? [] : [offerButtons(shown, superseding)]
}

/** The number of votes that are still needed: `2 approvals`, or `1 more approval` after the first vote. */
export const votesNeeded = ({ quorum, votes }: Approval): string => {
  const missing = quorum - votes.length
  return `${missing}${votes.length > 0 ? ' more' : ''} ${missing === 1 ? 'approval' : 'approvals'}`
}

const votesLine = (approval: Approval): Block => {
  const { votes, expiresAt } = approval
  const given = votes.length === 0 ? [] : [`Approved by ${votes.map(({ voter }) => voter.name).join(', ')}. `]
  return richText(
    section(
      ...given,
      `Needs ${votesNeeded(approval)} from `,
      ...whoMayApprove(approval),
      ', until ',
      date(expiresAt, '{date_short_pretty} {time}'),
      '.',
    ),
  )
}

/** The approvers as mentions, and the requester's mention if they may not approve. */
export const whoMayApprove = ({ approvers, maySelfApprove, requester }: Approval): readonly (string | JsonObject)[] => [
  ...approvers.flatMap((approver, at) => [...(at === 0 ? [] : [', ']), mention(approver)]),
  ...(maySelfApprove ? [] : [`, not ${requester.name}`]),
]

const mention = (approver: string): string | JsonObject => {
  if (approver === 'operators') return 'anyone who may make this change'
  if (approver === 'everyone') return 'anyone here'
  return approver.startsWith('S') ? { type: 'usergroup', usergroup_id: approver } : { type: 'user', user_id: approver }
}

const decisionButtons = ({ operation, plan }: Card): Block =>
  buttons(`decide:${operation}`, [
    {
      label: 'Approve',
      action: 'decide:approve',
      value: operation,
      primary: true,
      ...(plan.risk.level === 'high' && { confirm: confirmation(plan) }),
    },
    { label: 'Reject', action: 'decide:reject', value: operation },
    { label: 'Cancel Request', action: 'decide:cancel', value: operation },
  ])

const confirmation = ({ title, risk }: Plan): JsonObject => ({
  title: { type: 'plain_text', text: 'High risk' },
  text: { type: 'plain_text', text: cut(withoutMarkup(`${title}. ${risk.reasons.join('. ')}.`), 300) },
  confirm: { type: 'plain_text', text: 'Approve' },
  deny: { type: 'plain_text', text: 'Back' },
})

const DECISIONS = {
  approved: 'Approved',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  superseded: 'Replaced',
  expired: 'Expired',
} as const

/** The blocks that tell how the vote ended; empty while it is open. */
export const decisionBlocks = ({ decision, stage }: Card): readonly Block[] => {
  const isOpen = stage.kind === 'preview' || stage.kind === 'starting' || stage.kind === 'waiting'
  if (decision === undefined || isOpen) return []
  const by = decision.by === undefined ? 'nobody answered in time' : `by ${decision.by.name}`
  const why = decision.reason === undefined ? [] : [quote(decision.reason)]
  return [
    richText(
      section(`${DECISIONS[decision.outcome]} ${by}, `, date(decision.at, '{date_short_pretty} {time}')),
      ...why,
    ),
  ]
}

/** A progress bar of ten characters, which fits beside the text on a phone. `share`: from 0 to 1. */
const bar = (share: number): string => `${'█'.repeat(Math.round(share * 10))}${'░'.repeat(10 - Math.round(share * 10))}`

const progressLine = ({ text, share, since }: StageOf<'running'>): Block =>
  richText(section(...(share === undefined ? [] : [`${bar(share)}  `]), text, ', since ', date(since, '{time_secs}')))

const OUTCOMES: Readonly<Record<Outcome['status'], string>> = {
  done: 'Done',
  failed: 'Failed',
  superseded: 'Superseded',
  blocked: 'Blocked',
  unknown: 'UNKNOWN: check the service first',
  stale: 'Stale: nothing was changed',
  rejected: 'Rejected: nothing was changed',
  expired: 'Expired: nothing was changed',
  cancelled: 'Cancelled: nothing was changed',
  reverted: 'Reverted',
  kept: 'Kept',
  left: 'Not reverted: changed by someone else',
}

const detailsList = (details: readonly string[] = []): readonly JsonObject[] =>
  details.length === 0 ? [] : [list(details.map(detail => cut(detail, 500)))]

const temporaryChange = ({ lease, outcome }: StageOf<'leased'>): Block =>
  richText(
    section(
      `*${OUTCOMES[outcome.status]}.* ${outcome.text}\n*Temporary*: ${holdingText(lease.holding)} until `,
      date(lease.until, '{date_short_pretty} {time}'),
      '; then it is reverted.',
    ),
    ...detailsList(outcome.details),
  )

const shellAccess = ({ until, outcome }: StageOf<'granted'>): Block =>
  richText(
    section(
      `*Access granted.* ${outcome.text === '' ? '' : `${outcome.text} `}Run the command above to open a session, until `,
      date(until, '{date_short_pretty} {time}'),
      '.',
    ),
  )

const revokeButton = ({ operation }: Card): Block =>
  buttons(`grant:${operation}`, [{ label: 'Revoke', action: 'decide:revert', value: operation }])

const outcomeBlock = ({ outcome, at }: StageOf<'ended'>): Block => {
  const { status, text, details = [], links = [] } = outcome
  const items = [
    ...details.map(detail => cut(detail, 500)),
    ...links.map((link): JsonObject => ({ type: 'link', url: link.url, text: cut(link.text, 200) })),
  ]
  return richText(
    section(`*${OUTCOMES[status]}.*${text === '' ? '' : ` ${text}`} `, date(at, '{time_secs}')),
    ...(items.length === 0 ? [] : [list(items)]),
  )
}
