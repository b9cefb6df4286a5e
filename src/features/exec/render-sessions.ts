// Renders open sessions in containers, each with a button that terminates it.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, date, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { OpenSessions } from './open-sessions.ts'

/** The maximum number of sessions shown. Slack allows 50 blocks in a message. */
const MOST = 20

export const renderSessions = ({ sessions, unread }: OpenSessions): Rendered => {
  const head =
    sessions.length === 0
      ? 'No open container sessions.'
      : `*${sessions.length} open ${sessions.length === 1 ? 'session' : 'sessions'}*, oldest first`
  const line = (one: OpenSessions['sessions'][number]) =>
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
      ...unread.slice(0, 5).map(words => context(`Unavailable: ${words}`)),
    ],
  }
}
