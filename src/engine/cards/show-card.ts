// Posts and updates cards: whole where only own people read, bare everywhere else.

import type { Mark, Posted, Slack } from '../../model/ports/slack.ts'
import { isOutsiders } from '../rules/guarded-slack.ts'
import type { Card } from './card.ts'
import { renderBareCard } from './render-bare-card.ts'
import { renderCard } from './render-card.ts'

/** Throws RemoteError when the message can no longer be updated. */
export const showCard = async (slack: Pick<Slack, 'update'>, posted: Posted, card: Card): Promise<void> => {
  try {
    await slack.update(posted, renderCard(card))
  } catch (error) {
    if (!isOutsiders(error)) throw error
    await slack.update(posted, renderBareCard(card), { isBare: true })
  }
}

export const postBareCard = (slack: Pick<Slack, 'post'>, channel: string, card: Card, mark: Mark): Promise<Posted> =>
  slack.post(channel, renderBareCard(card), { mark, isBare: true })
