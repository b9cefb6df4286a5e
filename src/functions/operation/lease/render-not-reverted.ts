// Renders messages about temporary changes that were not reverted, or whose operation died.

import type { Face } from '../../../engine/cards/card.ts'
import { cut, plain, richText, section } from '../../../kit/messages/markup.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Rendered } from '../../../model/ports/message.ts'

/** A message in the card's thread. Mentions only people who must act. */
export const renderNotReverted = (face: Face, text: string, onCall: readonly string[]): Rendered =>
  mentioning(face, `The temporary change on *${face.plan.target.service}* has ended. ${text}`, onCall)

export const renderOperationDied = (face: Face, text: string, onCall: readonly string[] = []): Rendered => {
  const what = face.plan.lease === undefined ? 'change' : 'temporary change'
  return mentioning(face, `The ${what} on *${face.plan.target.service}* needs you. ${text}`, onCall)
}

/** Mentions the requester and these people or groups in the thread. */
export const mentioning = ({ requester }: Face, text: string, onCall: readonly string[]): Rendered => ({
  text: cut(plain(text), 3_000),
  blocks: [
    richText(
      section(
        { type: 'user', user_id: requester.user },
        ...onCall.flatMap((one): readonly (string | JsonObject)[] => [
          ' ',
          one.startsWith('S') ? { type: 'usergroup', usergroup_id: one } : { type: 'user', user_id: one },
        ]),
        ` ${cut(text, 2_000)}`,
      ),
    ),
  ],
})
