// May what was read be shown to everybody in a channel? Not where people of other companies or guests read along, unless
// the configuration trusts that channel. Where it cannot be told, the answer is no.

import { type Refusal, refuse } from '../../model/errors.ts'
import type { Slack } from '../../model/ports/slack.ts'
import type { Config } from './config.ts'

const HINT = 'Without `--share` it goes to you alone.'

export const refuseToShare = async (
  channel: string,
  { sharing }: Pick<Config, 'sharing'>,
  slack: Pick<Slack, 'audience'>,
): Promise<Refusal | undefined> => {
  if (sharing.trusted.includes(channel)) return undefined
  switch (await slack.audience(channel)) {
    case 'own people':
      return undefined
    case 'another company':
      return refuse('People of other companies read along in this channel.', HINT)
    case 'guests':
      return refuse('Guests read along in this channel.', HINT)
    case 'too many to tell':
      return refuse(
        'This channel has too many members to tell whether guests are among them.',
        `${HINT} An administrator can name it under \`sharing\` in quarterdeck.yaml.`,
      )
    case 'not a channel':
      return refuse('Quarterdeck is not in this channel, so it cannot share anything here.', `Invite it, or: ${HINT}`)
  }
}
