// Renders the one message of an operation, which is updated in place: the request, its progress, its outcome.

import { fullName } from '../../kit/language/target.ts'
import { misfits } from '../../kit/messages/limits.ts'
import { cut, elements, literal, quote, richText, section } from '../../kit/messages/markup.ts'
import { cutMiddle } from '../../kit/messages/text.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { askingBlocks } from './asking.ts'
import { type Card, OF_SERVICE } from './card.ts'
import { askedBy, headlineElements, notificationText } from './headline.ts'
import { placeOf } from './place-of.ts'
import { resultsOf, stageBlocks } from './render-stage.ts'
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
  const [first, ...rest] = isAsking(card) ? askingBlocks(card) : [summary(card), ...driftBlocks(card)]
  return {
    text: notificationText(card),
    blocks: [...(first === undefined ? [] : [named(first, card)]), ...rest, ...stageBlocks(card)],
  }
}

/** The longest block id in Slack (reference of blocks). */
const MOST_ID = 255

/** Names the service of the card in the block, for the message shortcut. A change set has several. */
const named = (block: Block, { plan: { target, members } }: Card): Block => {
  const id = `${OF_SERVICE}${fullName(target)}`
  return members !== undefined || id.length > MOST_ID ? block : { ...block, block_id: id }
}

/** Once the change runs, the card no longer says what it would cost. */
const isAsking = ({ stage: { kind } }: Card): boolean => kind === 'preview' || kind === 'starting' || kind === 'waiting'

const MOST_REASON = 150

/** State and title, where, for whom, and who decided. */
const summary = (card: Card): Block => {
  const { plan, reason, isBreakGlass } = card
  return richText(
    section(
      ...headlineElements(card),
      literal(
        `\n${cutMiddle(placeOf(plan).cluster, 28)} · ${placeOf(plan).region} · ${cut(askedBy(card), 80)}${isBreakGlass === true ? ', breaking glass' : ''}${decisionText(card)}`,
      ),
      ...(reason === undefined ? [] : [literal(`\n“${cut(reason.replace(/\s+/g, ' '), MOST_REASON)}”`)]),
    ),
    ...(card.decision?.reason === undefined || card.decision.by === undefined ? [] : [quote(card.decision.reason)]),
  )
}

const DECISIONS = {
  approved: 'approved',
  rejected: 'rejected',
  cancelled: 'cancelled',
  superseded: 'replaced',
  expired: 'expired',
} as const

/** How the vote ended: `, approved by alice and bob`. */
const decisionText = ({ decision, votes = [] }: Card): string => {
  if (decision === undefined) return ''
  const names = decision.outcome === 'approved' ? votes.map(({ voter }) => voter.name) : []
  const by = names.length > 0 ? names : decision.by === undefined ? [] : [decision.by.name]
  if (by.length === 0) return decision.outcome === 'superseded' ? '' : ', nobody answered in time'
  return `, ${DECISIONS[decision.outcome]} by ${by.map(name => cut(name, 40)).join(' and ')}`
}

const driftBlocks = ({ drift = [] }: Card): readonly Block[] =>
  drift.length === 0 ? [] : [richText(section(...elements(`Changed since the request: ${drift.join('; ')}.`)))]

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
