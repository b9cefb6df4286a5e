// Renders /ecs digest list: each digest, when it is due, and how the last one ended.

import { buttons, context, list, plain, richText, section, timeMark } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { ListedDigest } from './load-digests.ts'
import type { Run } from './records.ts'

/** Each has two blocks, of 50. */
const MOST = 20

export const renderDigests = (digests: readonly ListedDigest[]): Rendered => {
  const head =
    digests.length === 0
      ? 'There are no digests.'
      : `*${digests.length}* ${digests.length === 1 ? 'digest' : 'digests'}, the next to come first`
  return {
    text: plain([head, ...digests.map(({ digest }) => digest.name)].join('\n')).slice(0, 3_000),
    blocks: [
      richText(section(head)),
      ...digests
        .slice(0, MOST)
        .flatMap(listed => [
          richText(
            section(`*${listed.digest.name}* in `, { type: 'channel', channel_id: listed.digest.channel }, '\n'),
            list(linesOf(listed)),
          ),
          buttons(`digest:${listed.digest.name}`, [
            { label: 'Preview', action: 'run:0', value: `digest preview ${listed.digest.name}` },
          ]),
        ]),
      ...(digests.length > MOST ? [context(`and ${digests.length - MOST} more`)] : []),
      ...(digests.length === 0 ? [context('`digests` in quarterdeck.yaml adds them.')] : []),
    ],
  }
}

const linesOf = ({ digest, next, last }: ListedDigest): readonly string[] => [
  `Next: ${next === undefined ? 'never again' : timeMark(next)}, \`${digest.cron}\` in ${digest.zone}`,
  `About ${digest.topics.join(', ')}${whereText(digest)}`,
  `Last: ${last === undefined ? 'none yet' : lastText(last)}`,
]

const whereText = ({ places, tag }: ListedDigest['digest']): string =>
  [
    ...(places === undefined ? [] : [`; places ${places.join(', ')}`]),
    ...(tag === undefined ? [] : [`; tag ${plainName(`${tag.key}=${tag.value}`)}`]),
  ].join('')

const lastText = ({ due, result, code }: Run): string => {
  const when = timeMark(due)
  switch (result) {
    case 'posted':
      return `posted, due ${when}`
    case 'nothing':
      return `${when}: nothing was new, so nothing was posted`
    case 'outsiders':
      return `${when}: no details, because guests or other companies may read the channel`
    case 'nobody':
      return `${when}: not posted, because its owners are nobody in Slack`
    case 'refused':
      return `${when}: not posted, Slack answered ${plainName(code ?? 'an error', 60)}`
    case 'failed':
      return `${when}: not posted after several tries`
    default:
      return `${when}: not posted yet`
  }
}
