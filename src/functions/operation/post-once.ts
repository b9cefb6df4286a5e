// Posts one message of an operation: the card, or the outcome that replaces it.

import type { Ports } from '../../commands/ports.ts'
import type { Card } from '../../engine/cards/card.ts'
import { renderCard, renderPostedElsewhere } from '../../engine/cards/render-card.ts'
import { postBareCard } from '../../engine/cards/show-card.ts'
import { noteStanding, postedKey, postingKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import { isOutsiders } from '../../engine/rules/guarded-slack.ts'
import { withoutMarkup } from '../../kit/messages/markup.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key } from '../../model/ports/store.ts'
import { stepAfter } from '../../model/slack-error.ts'

/**
 * Posts one message. Posting is not idempotent, so after an interruption the channel is first searched for the message.
 */
export const postOnce = async (
  message: 'card' | 'outcome',
  job: OperationJob,
  ports: Ports,
  card: Card,
  channel?: string,
): Promise<Posted | Refusal> => {
  const { store } = ports
  const earlier = await store.get<Posted>(postedKey(job.id, message))
  if (earlier !== undefined) return earlier.value
  const isFirst = await store.create(postingKey(job.id, message), { at: ports.now() })
  const config = await ports.recentConfig()
  const channels = [...new Set([channel ?? job.place.channel, config.channel])].filter(one => one !== '')
  const posted = await postToFirstChannel(message, job, ports, card, channels, isFirst)
  return 'channel' in posted
    ? keepFirstPost(posted, withoutMarkup(card.plan.title), postedKey(job.id, message), ports)
    : posted
}

/**
 * Stores the address of a message. If two concurrent deliveries have both posted, the first one stored is kept and the
 * other message is deleted.
 */
const keepFirstPost = async (posted: Posted, title: string, key: Key, ports: Ports): Promise<Posted> => {
  const { store, slack } = ports
  if (await store.create(key, posted)) {
    await noteStanding(posted.channel, key.pk, title, ports)
    return posted
  }
  const kept = (await store.get<Posted>(key))?.value ?? posted
  if (kept.ts !== posted.ts) await (await slack()).remove(posted).catch(() => undefined)
  return kept
}

const postToFirstChannel = async (
  what: 'card' | 'outcome',
  job: OperationJob,
  ports: Ports,
  card: Card,
  channels: readonly string[],
  isFirst: boolean,
): Promise<Posted | Refusal> => {
  const slack = await ports.slack()
  const readByOutsiders: string[] = []
  let refused: RemoteError | undefined
  const mark = { operation: job.id, what }
  for (const channel of channels) {
    try {
      const earlier = isFirst ? undefined : await slack.find(channel, mark)
      const posted = earlier ?? (await slack.post(channel, renderCard(card), { mark }))
      if (channel !== job.place.channel) await linkForRequester(job, ports, posted)
      return posted
    } catch (error) {
      if (!(error instanceof RemoteError) || error.passing) throw error
      refused = error
      if (isOutsiders(error)) readByOutsiders.push(channel)
    }
  }
  // The approval channel comes last above and first here.
  for (const channel of readByOutsiders.toReversed()) {
    const posted = await postBareCard(slack, channel, card, mark).catch(unlessPassing)
    if (posted === undefined) continue
    if (channel !== job.place.channel) await linkForRequester(job, ports, posted)
    return posted
  }
  return notPosted(refused)
}

const notPosted = (refused: RemoteError | undefined): Refusal =>
  refuse(
    `The plan could not be posted (Slack: ${refused?.code ?? 'no channel'}), so it cannot be approved.`,
    refused && stepAfter(refused),
  )

/** A post that Slack refuses for good leaves the next channel. */
const unlessPassing = (error: unknown): undefined => {
  if (!(error instanceof RemoteError) || error.passing) throw error
}

/** Tells the requester where the card was posted. If this fails, the request continues. Nobody requested a gate. */
const linkForRequester = async (job: OperationJob, ports: Ports, posted: Posted): Promise<void> => {
  if (job.gate !== undefined) return
  const slack = await ports.slack()
  const link = await slack.permalink(posted).catch(() => '')
  await answerAsker(job, slack, renderPostedElsewhere(posted.channel, link)).catch(() => undefined)
}
