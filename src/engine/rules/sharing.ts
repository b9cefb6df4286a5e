// Refuses `--share` in channels with guests or people of other companies, unless `sharing.trusted` lists the channel.

import { type Refusal, refuse } from '../../model/errors.ts'
import type { Slack } from '../../model/ports/slack.ts'
import type { Config } from './config.ts'

const HINT = 'Without `--share` only you see the answer.'

/** Refuses to share an answer if the channel has outsiders, or if its members cannot be checked. */
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
      return refuse('People of other companies are members of this channel.', HINT)
    case 'guests':
      return refuse('Guests are members of this channel.', HINT)
    case 'too many to tell':
      return refuse(
        'This channel has too many members to check for guests.',
        `${HINT} Your administrator can list the channel under \`sharing.trusted\` in quarterdeck.yaml.`,
      )
    case 'unknown':
      return refuse('Slack does not say whether everybody in this channel belongs to your company.', HINT)
    case 'not a channel':
      return refuse('Quarterdeck is not in this channel, so it cannot share anything here.', `Invite it. ${HINT}`)
  }
}
