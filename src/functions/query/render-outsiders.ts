// Renders the report that outsiders read a channel where cards stand.

import type { StandingCard } from '../../engine/change/records.ts'
import { cut, list, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Audience } from '../../model/ports/slack.ts'

const MOST = 10

const READERS: Readonly<Partial<Record<Audience, string>>> = {
  'another company': 'People of other companies now read',
  guests: 'Guests now read',
  'too many to tell': 'Too many members to check for guests now read',
}

export const renderOutsiders = (
  channel: string,
  readers: Audience,
  cards: readonly StandingCard[],
  onCall: readonly string[],
): Rendered => {
  const head = READERS[readers] ?? 'Outsiders may now read'
  const titles = cards.slice(0, MOST).map(({ title }) => cut(title, 200))
  const more = cards.length > MOST ? [`and ${cards.length - MOST} more`] : []
  return {
    text: plain(`${head} a channel where ${cards.length} of Quarterdeck’s cards stand.`),
    blocks: [
      richText(
        section(
          ...onCall.flatMap(one => [
            one.startsWith('S') ? { type: 'usergroup', usergroup_id: one } : { type: 'user', user_id: one },
            ' ',
          ]),
          `${head} `,
          { type: 'channel', channel_id: channel },
          `, where ${cards.length} ${cards.length === 1 ? 'card of Quarterdeck stands' : 'cards of Quarterdeck stand'}:\n`,
        ),
        list([...titles, ...more]),
        section('New cards go to the approval channel. Remove the old ones, or the people who should not read them.'),
      ),
    ],
  }
}
