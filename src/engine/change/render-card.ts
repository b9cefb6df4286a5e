// Renders the one message of an operation, which is updated in place: plan, approval, progress and outcome.

import { misfits } from '../../kit/messages/limits.ts'
import { context, cut, list, plain, quote, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { timeText } from '../../model/scaling-words.ts'
import type { Card } from './card.ts'
import type { Change, Plan } from './plan.ts'
import { detailsBlocks, verbatimParts } from './render-details.ts'
import { decisionBlocks, resultsOf, stageBlocks, votesNeeded } from './render-stage.ts'
import { shortenCard } from './shorten-card.ts'

/**
 * Renders a card. If it exceeds Slack's limits, the table of results is left out, and if needed the rest is shortened.
 */
export const renderCard = (card: Card): Rendered => {
  const withRoom = hasRoomForResults(card) ? card : withoutResults(card)
  const rendered = render(withRoom)
  return misfits(rendered).length === 0 ? rendered : render(shortenCard(withRoom))
}

/** Whether the card has room for the table of results and for a line about the audit that is added later. */
export const hasRoomForResults = (card: Card): boolean =>
  resultsOf(card).length === 0 || misfits(render(card), 'message', AUDIT_LINE).length === 0

/** The number of characters reserved for the line about the audit. */
const AUDIT_LINE = 500

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
    blocks: [
      headline(card),
      placeLine(plan.target),
      details(plan),
      ...driftBlocks(card),
      ...decisionBlocks(card),
      ...stageBlocks(card),
      ...detailsBlocks(plan),
      footer(card),
    ],
  }
}

/** The text of a notification, which follows the title. */
const summary = ({ requester, stage, plan }: Card): string => {
  switch (stage.kind) {
    case 'preview':
      return `a dry run; nothing was requested or changed. Risk ${plan.risk.level}.`
    case 'starting':
      return `requested by ${requester.name}. Risk ${plan.risk.level}.`
    case 'waiting':
      return `requested by ${requester.name}; needs ${votesNeeded(stage.approval)}. Risk ${plan.risk.level}: ${plan.risk.reasons.join('; ')}.`
    case 'running':
      return `running, ${stage.text}.`
    case 'leased':
      return `${stage.outcome.status}; temporary until ${timeText(stage.lease.until)}. ${stage.outcome.text}`
    case 'granted':
      return `access granted until ${timeText(stage.until)}. ${stage.outcome.text}`
    case 'left':
      return `the temporary change ended. ${stage.text}`
    case 'ended':
      return `${stage.outcome.status}. ${stage.outcome.text}`
  }
}

const headline = ({ plan, requester, reason, stage, askedIn, isBreakGlass }: Card): Block => {
  const request =
    stage.kind === 'preview'
      ? [`Dry run for ${requester.name}: nobody is asked, nothing changes.`]
      : [
          `${requester.name} ${isBreakGlass ? '*breaks glass* for' : 'requested'} this in `,
          channelLink(askedIn),
          reason === undefined ? '.' : ':',
        ]
  return richText(
    section(`*${plan.title.replaceAll('*', '')}*\n`),
    section(...request),
    ...(reason === undefined ? [] : [quote(reason)]),
  )
}

const channelLink = (channel: string): string | JsonObject =>
  /^[CG]/.test(channel) ? { type: 'channel', channel_id: channel } : 'a direct message'

const footer = ({ rule, configVersion, operation, corporateId }: Card): Block =>
  context(`${rule} · as ${corporateId} · configuration ${configVersion} · operation ${operation.slice(0, 12)}`)

const details = (plan: Plan): Block =>
  richText(
    ...verbatimParts(plan),
    ...(plan.changes.length === 0 ? [] : [list(plan.changes.map(changeText))]),
    section(`*Risk: ${plan.risk.level}*`),
    list([...plan.risk.reasons, ...plan.consequences]),
  )

const changeText = ({ what, from, to }: Change): string =>
  from === '' && to === '' ? what : `${what}: ${from} → *${to}*`

const driftBlocks = ({ drift = [] }: Card): readonly Block[] =>
  drift.length === 0 ? [] : [richText(section(`Changed since the request: ${drift.join('; ')}.`))]

/** An ephemeral message to the requester, if the card is in another channel. `link`: the card's permalink, or empty. */
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
