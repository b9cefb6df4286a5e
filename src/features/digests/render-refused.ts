// Renders why a digest was not posted, for the people who can change that.

import type { Digest } from '../../engine/rules/config.ts'
import { literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Rendered } from '../../model/ports/message.ts'

export const renderRefused = ({ name, channel }: Pick<Digest, 'name' | 'channel'>, code: string): Rendered =>
  inChannel(
    `Digest ${name} was not posted in `,
    channel,
    `: Slack answered ${plainName(code, 60)}. Invite Quarterdeck there, or change its \`channel\` in quarterdeck.yaml.`,
  )

export const renderNobody = ({ name, channel }: Pick<Digest, 'name' | 'channel'>): Rendered =>
  inChannel(
    `Digest ${name} was not posted in `,
    channel,
    ': its owners are nobody in Slack any more. Change its `owners` in quarterdeck.yaml.',
  )

const inChannel = (before: string, channel: string, after: string): Rendered => ({
  text: plain(`${before}${channel}${after}`),
  blocks: [richText(section(literal(before), { type: 'channel', channel_id: channel }, after))],
})
