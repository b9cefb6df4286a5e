// The card where outsiders may read: that a request waits or has ended, and a button that opens it for those who may see it.

import { plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { type Card, OPEN_CARD } from './card.ts'
import { subjectOf } from './place-of.ts'

export const renderBareCard = ({ operation, plan, stage }: Card): Rendered => {
  const risk = plan.risk.level
  const article = /^[aeiou]/.test(risk) ? 'An' : 'A'
  const text = `${article} ${risk}-risk request for *${subjectOf(plan)}* ${stateOf(stage)}.`
  return {
    text: plain(text),
    blocks: [
      richText(section(text)),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: OPEN_CARD,
            value: operation,
            text: { type: 'plain_text', text: 'Open' },
          },
        ],
      },
    ],
  }
}

const stateOf = ({ kind }: Card['stage']): string => {
  if (kind === 'waiting') return 'waits for approval'
  return kind === 'ended' || kind === 'left' ? 'has ended' : 'is running'
}
