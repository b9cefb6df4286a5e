// Sends, updates, deletes and finds messages, and publishes the App Home. Checks Slack's limits before sending.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { logError } from '../../engine/jobs/log-error.ts'
import { assertFits } from '../../kit/messages/limits.ts'
import type { Place } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { type Mark, type Posted, type PostOptions, type Slack, TOO_MANY } from '../../model/ports/slack.ts'
import { askSlack, PASSING_CODES, platformCode } from '../../model/slack-error.ts'

/**
 * The metadata type of an operation's messages. Workspace members can read metadata, so it contains only the operation
 * id.
 */
const EVENT = 'quarterdeck_operation'

type Messages = Pick<Slack, 'post' | 'update' | 'remove' | 'find' | 'whisper' | 'publishHome' | 'showView'>

export const createMessages = (client: WebClient): Messages => ({
  post: (channel, message, options) => askSlack('posting to Slack', () => post(client, channel, message, options)),
  update: ({ channel, ts }, message) =>
    askSlack('updating the message', async () => {
      await orAsText(message, async content => client.chat.update({ channel, ts, ...content }))
    }),
  remove: ({ channel, ts }) =>
    askSlack('deleting a message', async () => {
      await client.chat.delete({ channel, ts })
    }),
  find: (channel, mark, since) => askSlack('finding the message', () => find(client, channel, mark, since)),
  whisper: (place, user, message) => askSlack('answering', () => whisper(client, place, user, message)),
  showView: (view, { title, blocks, channel }) =>
    askSlack('showing the dialog', async () => {
      assertFits({ text: title, blocks }, 'home')
      const close = { type: 'plain_text', text: 'Close' } as const
      await client.views.update({
        view_id: view,
        view: {
          type: 'modal',
          private_metadata: JSON.stringify({ channel }),
          title: { type: 'plain_text', text: title },
          close,
          blocks: [...slackBlocks(blocks)],
        },
      })
    }),
  publishHome: (user, blocks) =>
    askSlack('publishing the App Home', async () => {
      assertFits({ text: 'Home', blocks }, 'home')
      await client.views.publish({ user_id: user, view: { type: 'home', blocks: [...slackBlocks(blocks)] } })
    }),
})

const post = async (
  client: WebClient,
  channel: string,
  message: Rendered,
  { thread, mark, isBroadcast }: PostOptions = {},
): Promise<Posted> => {
  const { ts = '', channel: where = channel } = await orAsText(message, content =>
    client.chat.postMessage({
      channel,
      ...content,
      unfurl_links: false,
      unfurl_media: false,
      ...(thread !== undefined && (isBroadcast ? { thread_ts: thread, reply_broadcast: true } : { thread_ts: thread })),
      ...(mark !== undefined && { metadata: { event_type: EVENT, event_payload: mark } }),
    }),
  )
  // The channel is the one in Slack's answer, because a post to a user id goes to a direct-message channel.
  return { channel: where, ts }
}

/** The maximum number of pages to search. A page has 200 messages. */
const MOST_PAGES = 20

/** Finds the bot's message with this mark. Messages of other apps are ignored, because they can have the same metadata. */
const find = async (
  client: WebClient,
  channel: string,
  mark: Mark,
  since: string | undefined,
): Promise<Posted | undefined> => {
  const { bot_id: own } = await client.auth.test()
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { messages = [], response_metadata } = await client.conversations.history({
      ...{ channel, include_all_metadata: true, limit: 200 },
      ...(since !== undefined && { oldest: `${Math.floor(Date.parse(since) / 1_000)}`, inclusive: true }),
      ...(cursor !== undefined && { cursor }),
    })
    const found = messages.find(
      ({ metadata, bot_id }) =>
        metadata?.event_type === EVENT && isMark(metadata.event_payload, mark) && own !== undefined && bot_id === own,
    )
    if (found?.ts !== undefined) return { channel, ts: found.ts }
    cursor = response_metadata?.next_cursor || undefined
    if (since === undefined || cursor === undefined) return undefined
  }
  throw new RemoteError('finding the message: the channel has too many', { code: TOO_MANY, passing: false })
}

/** Posts an ephemeral message. If Slack refuses it in that place, sends a direct message, which is just as private. */
const whisper = async (
  client: WebClient,
  { channel, thread }: Place,
  user: string,
  message: Rendered,
): Promise<void> => {
  const where = { channel, ...(thread !== undefined && { thread_ts: thread }) }
  try {
    await orAsText(message, async content => client.chat.postEphemeral({ ...where, user, ...content }))
  } catch (error) {
    // Only if Slack refuses the place. The caller repeats a call whose error may pass.
    const code = platformCode(error)
    if (code === undefined || PASSING_CODES.has(code)) throw error
    await client.chat.postMessage({ channel: user, ...body(message) })
  }
}

/** Whether a message's metadata has this mark. Older versions marked only cards, and wrote no `what`. */
const isMark = (payload: unknown, { operation, what }: Mark): boolean =>
  isRecord(payload) && payload['operation'] === operation && (payload['what'] ?? 'card') === what

const body = (message: Rendered) => {
  assertFits(message)
  return { text: message.text, blocks: slackBlocks(message.blocks) }
}

/** Matches the codes with which Slack refuses blocks (reference of chat.postMessage). */
const REFUSED_BLOCKS = /^(?:invalid_blocks|invalid_blocks_format|msg_blocks_too_long|invalid_attachments)$/

/** Sends the message. If Slack refuses its blocks, logs this (our own check should have found it) and sends only the text. */
const orAsText = async <Answer>(
  message: Rendered,
  send: (content: ReturnType<typeof body>) => Promise<Answer>,
): Promise<Answer> => {
  const content = body(message)
  try {
    return await send(content)
  } catch (error) {
    if (!REFUSED_BLOCKS.test(platformCode(error) ?? '')) throw error
    logError('blocks that Slack refused', '', error)
    return send({ text: content.text, blocks: [] })
  }
}

/** Converts blocks to Slack's type. Our blocks are plain JSON, which assertFits checks. */
const slackBlocks = (blocks: readonly Block[]) => blocks as unknown as KnownBlock[]
