// Renders /ecs digest preview: the message as it would be posted now.

import { richText, section, timeMark, withoutMarkup } from '../../kit/messages/markup.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { SlackFile } from '../../model/ports/slack.ts'
import type { Preview } from './load-digests.ts'
import { renderDigest } from './render-digest.ts'
import { newsIn } from './view.ts'

export const renderPreview = ({ view, next, pictures }: Preview): Rendered => {
  const { digest } = view
  const message = renderDigest(view, `Preview of digest *${digest.name}*`)
  const when = next === undefined ? 'It is never due again.' : `Next due ${timeMark(next)}.`
  return {
    ...message,
    blocks: [
      ...message.blocks,
      richText(section(`Only you see this: the services that you may view. ${when} \`--full\` sends all lines.`)),
    ],
    pictures,
  }
}

/** All lines that are new or changed, one each. */
export const fileOfPreview = ({ view }: Preview): SlackFile => {
  const { name } = view.digest
  const lines = newsIn(view).map(({ topic, is, line }) => `${topic}, ${is}: ${withoutMarkup(line)}`)
  const text = lines.length === 0 ? 'Nothing is new.' : lines.join('\n')
  return {
    name: `digest-${name}.txt`,
    title: `Digest ${name}`,
    alt: `${lines.length} lines of digest ${name}`,
    bytes: new TextEncoder().encode(`${text}\n`),
  }
}
