// Renders the message that requests a review of a break-glass change.

import type { Card } from '../../engine/cards/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { plain, quote, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'

export const renderReview = ({ plan, requester, reason }: Omit<Card, 'stage'>, { status }: Outcome): Rendered => {
  const words = `Please review: ${requester.name} used break glass yesterday to ${plan.title.replace(/^./, first => first.toLowerCase())} (${status}).`
  return {
    text: plain(words),
    blocks: [
      richText(
        section(words),
        ...(reason === undefined ? [] : [quote(reason)]),
        section('Was it needed? What would have made approval possible?'),
      ),
    ],
  }
}
