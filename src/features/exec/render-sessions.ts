// Who is in which container now, and a button that ends it.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, date, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { LiveState } from './open-sessions.ts'

/** Slack: fifty blocks a message. */
const MOST = 20

export const renderLive = ({ sessions, unread }: LiveState): Rendered => {
  const head =
    sessions.length === 0
      ? 'No session is open in any container.'
      : `*${sessions.length} ${sessions.length === 1 ? 'session is' : 'sessions are'} open*, the longest first`
  const line = (one: LiveState['sessions'][number]) =>
    `*${fullName(one.ref)}*: ${one.owner} in \`${one.container}\` of task \`${one.task.slice(0, 8)}\``
  return {
    text: plain([head, ...sessions.map(line)].join('\n')).slice(0, 3_000),
    blocks: [
      richText(section(head)),
      ...sessions
        .slice(0, MOST)
        .flatMap((one, at) => [
          richText(section(line(one), ', since ', date(one.startedAt, '{date_short_pretty} {time}'))),
          buttons(`session:${at}`, [
            { label: 'Terminate', action: 'run:terminate', value: `exec terminate ${fullName(one.ref)} ${one.id}` },
          ]),
        ]),
      ...(sessions.length > MOST ? [context(`and ${sessions.length - MOST} more`)] : []),
      ...unread.slice(0, 5).map(words => context(`Not known: ${words}`)),
    ],
  }
}
