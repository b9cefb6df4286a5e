// The dialog of a card: all that the card has no room for. Approvers of a high risk approve here.

import { buttons, context, list, literal, preformatted, quote, richText, section } from '../../kit/messages/markup.ts'
import { clickable, offerButtons } from '../../kit/messages/render-refusal.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Block } from '../../model/ports/message.ts'
import { approvedVersion, type Change, type Plan } from '../change/plan.ts'
import { lossesOf, nowLine, withoutAnswer } from './asking.ts'
import type { Card } from './card.ts'
import { lineText } from './card-line.ts'
import { fullHeadlineText } from './headline.ts'
import { fullPlace } from './place-of.ts'
import { rollBackButton } from './render-stage.ts'
import { whoMayApprove } from './render-votes.ts'

export const renderDetails = (card: Card): readonly Block[] => {
  const { plan, requester, reason } = card
  return [
    richText(
      section({ type: 'text', text: fullHeadlineText(card), style: { bold: true } }),
      section(literal(fullPlace(plan))),
      section(
        ...(plan.gate?.action === 'CONTINUE'
          ? [literal(`Started by ${plan.gate.by}`)]
          : [
              literal(`Requested by ${requester.name}${card.isBreakGlass === true ? ', breaking glass,' : ''} in `),
              channelLink(card.askedIn),
            ]),
      ),
      ...(reason === undefined ? [] : [quote(reason)]),
    ),
    ...(plan.verbatim === undefined ? [] : [richText(preformatted(plan.verbatim))]),
    ...listBlock('Changes', plan.changes.map(changeText)),
    ...listBlock(`Risk: ${plan.risk.level}`, [...new Set([...lossesOf(plan).map(lineText), ...plan.risk.reasons])]),
    ...listBlock('Effects', [...(plan.warnings ?? []), ...plan.consequences]),
    ...listBlock(
      plan.members === undefined ? 'Images and settings in full' : 'Services',
      (plan.details ?? []).map(literal),
    ),
    richText(section(`*Now:* ${nowLine(plan)}`), section(endText(plan)), ...included(plan)),
    ...votes(card),
    ...choices(card),
    footer(card),
  ]
}

const listBlock = (title: string, items: readonly (string | JsonObject)[]): readonly Block[] =>
  items.length === 0 ? [] : [richText(section(`*${title}*`), list(items))]

const changeText = ({ what, from, to }: Change): string =>
  from === '' && to === '' ? what : `${what}: ${from} → *${to}*`

/** The way back; of a gate, what happens without an answer. */
const endText = ({ gate, undo }: Plan): string =>
  gate === undefined ? `*Undo:* ${undo ?? 'not described'}` : withoutAnswer(gate)

const included = ({ included: all = [] }: Plan): readonly JsonObject[] =>
  all.length === 0 ? [] : [section(`*Included:* ${all.map(lineText).join('; ')}`)]

const channelLink = (channel: string): JsonObject =>
  /^[CG]/.test(channel) ? { type: 'channel', channel_id: channel } : literal('a direct message')

const votes = ({ stage }: Card): readonly Block[] => {
  if (stage.kind !== 'waiting') return []
  const { approval } = stage
  const given = approval.votes.map(({ voter }) => voter.name).join(', ')
  return [
    richText(
      section(
        literal(
          `${approval.votes.length} of ${approval.quorum} approvals given${given === '' ? '' : ` (${given})`}. From `,
        ),
        ...whoMayApprove(approval, 'all'),
      ),
    ),
  ]
}

/** The buttons of an open request, and other ways to make the change. */
const choices = ({ operation, plan, stage }: Card): readonly Block[] => {
  if (stage.kind !== 'waiting') return []
  const offers = clickable(plan.offers)
  const style = plan.risk.level === 'high' ? 'danger' : 'primary'
  return [
    buttons(`decide:${operation} ${approvedVersion(plan)}`, [
      {
        label: plan.gate === undefined ? 'Approve' : 'Continue',
        action: 'decide:approve',
        value: operation,
        style,
      },
      plan.gate === undefined ? { label: 'Reject', action: 'decide:reject', value: operation } : rollBackButton(plan),
    ]),
    ...(offers.length === 0 ? [] : [context('Instead, the requester may choose:'), offerButtons(offers, operation)]),
  ]
}

const footer = ({ plan, rule, configVersion, operation, corporateId }: Card): Block =>
  context(
    `${rule}${plan.gate === undefined ? ` · as ${corporateId}` : ''} · configuration ${configVersion} · operation ${operation.slice(0, 12)}`,
  )
