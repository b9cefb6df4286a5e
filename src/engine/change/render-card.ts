// The one message of an operation: what will happen, who has to agree, how far it is, how it ended.

import { misfits } from '../../kit/messages/limits.ts'
import {
  buttons,
  context,
  cut,
  date,
  list,
  literal,
  plain,
  quote,
  richText,
  section,
  withoutMarkup,
} from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { clickable, offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Offer } from '../../model/errors.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { timeText } from '../../model/scaling-words.ts'
import { holdingText, leaseButtons } from '../leases/render-leases.ts'
import type { Approval } from './approval.ts'
import type { Card, Stage } from './card.ts'
import { shortenCard } from './leaner-card.ts'
import type { Outcome, TaskResult } from './outcome.ts'
import type { Plan } from './plan.ts'
import { renderResults } from './render-results.ts'

/** Where a table would be too much for Slack, it is left out; and more than that, where it still is. */
export const renderCard = (card: Card): Rendered => {
  const kept = hasRoomForResults(card) ? card : withoutResults(card)
  const rendered = render(kept)
  return misfits(rendered).length === 0 ? rendered : render(shortenCard(kept))
}

/** With what may be said yet: that the audit did not take it. */
export const hasRoomForResults = (card: Card): boolean =>
  resultsOf(card).length === 0 || misfits(render(card), 'message', SPARE).length === 0

const SPARE = 500

const resultsOf = ({ stage }: Card): readonly TaskResult[] =>
  (stage.kind === 'ended' ? stage.outcome.results : stage.kind === 'running' ? stage.results : undefined) ?? []

const withoutResults = (card: Card): Card => {
  const { stage } = card
  if (stage.kind === 'running') return { ...card, stage: { ...stage, results: [] } }
  return stage.kind === 'ended' ? { ...card, stage: { ...stage, outcome: { ...stage.outcome, results: [] } } } : card
}

const render = (card: Card): Rendered => {
  const { plan } = card
  return {
    text: cut(
      plain(`${plan.title} (${plan.target.account}, ${plan.target.region}, ${plan.target.cluster}): ${summary(card)}`),
      3_000,
    ),
    blocks: [headline(card), placeLine(plan.target), details(plan), ...drift(card), ...stage(card), footer(card)],
  }
}

/** What a notification says after the title. */
const summary = ({ requester, stage, plan }: Card): string => {
  switch (stage.kind) {
    case 'preview':
      return `a dry run; nothing was asked or changed. Risk ${plan.risk.level}.`
    case 'starting':
      return `${requester.name} asked. Risk ${plan.risk.level}.`
    case 'waiting':
      return `${requester.name} asks; needs ${votesNeeded(stage.approval)}. Risk ${plan.risk.level}: ${plan.risk.reasons.join('; ')}.`
    case 'running':
      return `under way, ${stage.text}.`
    case 'leased':
      return `${stage.outcome.status}; leased until ${timeText(stage.lease.until)}. ${stage.outcome.text}`
    case 'granted':
      return `let in until ${timeText(stage.until)}. ${stage.outcome.text}`
    case 'left':
      return `the lease is over. ${stage.text}`
    case 'ended':
      return `${stage.outcome.status}. ${stage.outcome.text}`
  }
}

const headline = ({ plan, requester, reason, stage, askedIn, isBreakGlass }: Card): Block => {
  const asks =
    stage.kind === 'preview'
      ? [`Dry run for ${requester.name}: nobody is asked, nothing changes.`]
      : [
          `${requester.name} ${isBreakGlass ? '*breaks glass* for' : 'asked for'} this in `,
          channelLink(askedIn),
          reason === undefined ? '.' : ':',
        ]
  return richText(
    section(`*${plan.title.replaceAll('*', '')}*\n`),
    section(...asks),
    ...(reason === undefined ? [] : [quote(reason)]),
  )
}

/** Small print: what security asks for later. */
const footer = ({ rule, configVersion, operation, corporateId }: Card): Block =>
  context(`${rule} · as ${corporateId} · configuration ${configVersion} · operation ${operation.slice(0, 12)}`)

const details = ({ verbatim, changes, risk, consequences }: Plan): Block =>
  richText(
    ...(verbatim === undefined ? [] : [{ type: 'rich_text_preformatted', elements: [literal(verbatim)] }]),
    ...(changes.length === 0 ? [] : [list(changes.map(({ what, from, to }) => `${what}: ${from} → *${to}*`))]),
    section(`*Risk: ${risk.level}*`),
    list([...risk.reasons, ...consequences]),
  )

const drift = ({ drift = [] }: Card): readonly Block[] =>
  drift.length === 0 ? [] : [richText(section(`Moved since it was asked: ${drift.join('; ')}.`))]

const stage = (card: Card): readonly Block[] => {
  switch (card.stage.kind) {
    case 'preview':
      return offers(card.plan.offers)
    case 'starting':
      return [richText(section('Starting.'))]
    case 'waiting':
      return [asking(card.stage.approval), ...offers(card.plan.offers, card.operation), decisionButtons(card)]
    case 'running':
      return [...decided(card), running(card.stage), ...tabled(card)]
    case 'leased':
      return [...decided(card), leased(card.stage), leaseButtons(card.plan, card.stage.lease)]
    case 'granted':
      return [...decided(card), granted(card.stage), revokeButton(card)]
    case 'left':
      return [
        ...decided(card),
        richText(section(`*The lease is over.* ${cut(card.stage.text, 2_000)}`)),
        ...offers(card.stage.offers),
      ]
    case 'ended':
      return [...decided(card), ended(card.stage), ...tabled(card), ...offers(card.stage.outcome.offers ?? [])]
  }
}

const tabled = (card: Card): readonly Block[] => {
  const results = resultsOf(card)
  return results.length === 0 ? [] : renderResults(results)
}

const offers = (list: readonly Offer[], instead?: string): readonly Block[] => {
  const shown = clickable(list)
  return shown.length === 0 ? [] : [offerButtons(shown, instead)]
}

export const votesNeeded = ({ quorum, votes }: Approval): string => {
  const left = quorum - votes.length
  return `${left}${votes.length > 0 ? ' more' : ''} ${left === 1 ? 'approval' : 'approvals'}`
}

/** Only people who must act are mentioned. */
const asking = (approval: Approval): Block => {
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

export const whoMayApprove = ({ approvers, maySelfApprove, requester }: Approval): readonly (string | JsonObject)[] => [
  ...approvers.flatMap((one, at) => [...(at === 0 ? [] : [', ']), mention(one)]),
  ...(maySelfApprove ? [] : [`, not ${requester.name}`]),
]

const mention = (one: string): string | JsonObject => {
  if (one === 'operators') return 'anyone who may make this change'
  if (one === 'everyone') return 'anyone here'
  return one.startsWith('S') ? { type: 'usergroup', usergroup_id: one } : { type: 'user', user_id: one }
}

const channelLink = (channel: string): string | JsonObject =>
  /^[CG]/.test(channel) ? { type: 'channel', channel_id: channel } : 'a direct message'

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

const VERBS = {
  approved: 'Approved',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  superseded: 'Replaced',
  expired: 'Expired',
} as const

const decided = ({ decision }: Card): readonly Block[] => {
  if (decision === undefined) return []
  const by = decision.by === undefined ? 'nobody answered in time' : `by ${decision.by.name}`
  const why = decision.reason === undefined ? [] : [quote(decision.reason)]
  return [
    richText(section(`${VERBS[decision.outcome]} ${by}, `, date(decision.at, '{date_short_pretty} {time}')), ...why),
  ]
}

/** Ten places are enough to see movement on a phone. */
const bar = (share: number): string => `${'█'.repeat(Math.round(share * 10))}${'░'.repeat(10 - Math.round(share * 10))}`

const running = ({ text, share, since }: Extract<Stage, { kind: 'running' }>): Block =>
  richText(section(...(share === undefined ? [] : [`${bar(share)}  `]), text, ', since ', date(since, '{time_secs}')))

const WORDS: Readonly<Record<Outcome['status'], string>> = {
  done: 'Done',
  failed: 'Failed',
  superseded: 'Superseded',
  blocked: 'Blocked',
  unknown: 'UNKNOWN: look at the service before anything else',
  stale: 'Stale: nothing was changed',
  rejected: 'Rejected: nothing was changed',
  expired: 'Expired: nothing was changed',
  cancelled: 'Cancelled: nothing was changed',
  reverted: 'Put back',
  kept: 'Kept',
  left: 'Left as it was found',
}

const leased = ({ lease, outcome }: Extract<Stage, { kind: 'leased' }>): Block =>
  richText(
    section(
      `*${WORDS[outcome.status]}.* ${outcome.text}\n*Leased*: ${holdingText(lease.holding)} until `,
      date(lease.until, '{date_short_pretty} {time}'),
      '; then it is put back.',
    ),
    ...(outcome.details === undefined || outcome.details.length === 0
      ? []
      : [list(outcome.details.map(detail => cut(detail, 500)))]),
  )

const granted = ({ until, outcome }: Extract<Stage, { kind: 'granted' }>): Block =>
  richText(
    section(
      `*Let in.* ${outcome.text === '' ? '' : `${outcome.text} `}The line above opens a session until `,
      date(until, '{date_short_pretty} {time}'),
      '.',
    ),
  )

const revokeButton = ({ operation }: Card): Block =>
  buttons(`grant:${operation}`, [{ label: 'Revoke', action: 'decide:revert', value: operation }])

const ended = ({ outcome, at }: Extract<Stage, { kind: 'ended' }>): Block => {
  const { status, text, details = [], links = [] } = outcome
  const items = [
    ...details.map(detail => cut(detail, 500)),
    ...links.map((link): JsonObject => ({ type: 'link', url: link.url, text: cut(link.text, 200) })),
  ]
  return richText(
    section(`*${WORDS[status]}.*${text === '' ? '' : ` ${text}`} `, date(at, '{time_secs}')),
    ...(items.length === 0 ? [] : [list(items)]),
  )
}

/** For the asker alone, when their card had to go to another channel. */
export const renderPostedElsewhere = (channel: string, link: string): Rendered => ({
  text: `The plan was posted in <#${channel}>. ${link}`,
  blocks: [
    richText(
      section(
        'The plan was posted in ',
        { type: 'channel', channel_id: channel },
        ...(link === '' ? ['.'] : [': ', { type: 'link', url: link, text: 'open it' }]),
      ),
    ),
  ],
})
