// Renders the message about a session that was opened under a shell access grant.

import type { LiveSession } from '../../features/exec/site.ts'
import { fullName } from '../../kit/language/target.ts'
import { buttons, plain, richText, section } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'

export const renderSession = ({ id, ref, container }: LiveSession): Rendered => {
  const words = `A session was opened in \`${container}\`: \`${id}\`. Its input and output are in the cluster’s exec log only.`
  return {
    text: plain(words),
    blocks: [
      richText(section(words)),
      buttons('session', [
        { label: 'Terminate', action: 'run:terminate', value: `exec terminate ${fullName(ref)} ${id}` },
      ]),
    ],
  }
}
