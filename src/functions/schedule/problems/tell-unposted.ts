// Says that a problem could not be posted, where somebody sees it.

import { logError } from '../../../engine/jobs/log-error.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { isOutsiders } from '../../../engine/rules/guarded-slack.ts'
import { plain, richText, section } from '../../../kit/messages/markup.ts'
import type { RemoteError } from '../../../model/errors.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { TellerPorts } from './board.ts'
import type { Seen } from './views.ts'

const DAY_SECONDS = 86_400

/** Once a day: where outsiders read, a line without details; else the owners, or the approval channel. */
export const tellUnposted = async (
  channel: string,
  error: RemoteError,
  views: readonly Seen[],
  config: Config,
  ports: TellerPorts,
): Promise<void> => {
  const day = ports.now().slice(0, 10)
  const until = Math.floor(Date.parse(ports.now()) / 1_000) + 2 * DAY_SECONDS
  if (!(await ports.store.create({ pk: `problem-told#${channel}`, sk: day }, { code: error.code }, until))) return
  const slack = await ports.slack()
  const quietly = (failure: unknown): void => logError('problem', channel, failure)
  if (isOutsiders(error))
    await slack
      .post(
        channel,
        note('There is a problem, which is not shown here: people of other companies or guests read this channel.'),
        { isBare: true },
      )
      .catch(quietly)
  const owners = [...new Set(views.flatMap(({ used }) => used.map(({ value }) => value.by.user)))].slice(0, 3)
  for (const where of owners.length > 0 ? owners : [config.channel])
    await slack.post(where, about(channel, error.code)).catch(quietly)
}

const note = (text: string): Rendered => ({ text: plain(text), blocks: [richText(section(text))] })

const about = (channel: string, code: string): Rendered => ({
  text: plain(`Problems could not be posted in a subscribed channel: ${code}`),
  blocks: [
    richText(
      section(
        'Problems could not be posted in ',
        { type: 'channel', channel_id: channel },
        `, which is subscribed: \`${code.replace(/[^\w ]/g, '')}\`.`,
      ),
    ),
  ],
})
