// The reply in the thread of a card that ended: an edited card notifies nobody.

import type { Card } from '../../engine/cards/card.ts'
import { headlineText } from '../../engine/cards/headline.ts'
import { cut, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** `people`: Slack users, who are notified; none of them is named twice. */
export const renderEnd = (card: Card, people: readonly string[]): Rendered => {
  const words = headlineText(card)
  return {
    text: cut(plain(words), 3_000),
    blocks: [
      richText(
        section(
          ...people.flatMap((user): readonly JsonObject[] => [{ type: 'user', user_id: user }, literal(' ')]),
          literal(cut(words, 2_000)),
        ),
      ),
    ],
  }
}
