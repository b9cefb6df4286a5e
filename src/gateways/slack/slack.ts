// Slack's Web API: post, update, answer. Each message is checked against Slack's limits before it leaves.

import type { KnownBlock } from '@slack/types'
import { ErrorCode, WebClient } from '@slack/web-api'
import { assertFits } from '../../kit/messages/limits.ts'
import { RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { Mark, Slack } from '../../model/ports/slack.ts'
import { readAudience } from './audience.ts'
import { upload } from './upload.ts'

/** Marks the card of an operation; readable by the workspace, so it names the operation and nothing else. */
const EVENT = 'quarterdeck_operation'

const FATAL =
  /not_in_channel|channel_not_found|is_archived|invalid_|msg_too_long|message_not_found|cant_update|account_inactive|token_|restricted/

/** Neither Quarterdeck nor the person may be in a channel; a conversation with Quarterdeck has nobody to hide from. */
const NOT_THERE = /not_in_channel|user_not_in_channel|channel_not_found|is_archived/

export const createSlack = (token: string, env: NodeJS.ProcessEnv): Slack => {
  const apiUrl = env['SLACK_API_URL'] ?? 'https://slack.com/api/'
  const client = new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    timeout: 5_000,
    rejectRateLimitedCalls: true,
  })
  return {
    post: (channel, message, { thread, mark } = {}) =>
      telling('posting to Slack', async () => {
        const { ts = '', channel: where = channel } = await client.chat.postMessage({
          channel,
          ...body(message),
          unfurl_links: false,
          unfurl_media: false,
          ...(thread !== undefined && { thread_ts: thread }),
          ...(mark !== undefined && { metadata: { event_type: EVENT, event_payload: mark } }),
        })
        // Posted to a person, it is in the conversation with them.
        return { channel: where, ts }
      }),
    update: ({ channel, ts }, message) =>
      telling('updating the message', async () => {
        await client.chat.update({ channel, ts, ...body(message) })
      }),
    remove: ({ channel, ts }) =>
      telling('deleting a message', async () => {
        await client.chat.delete({ channel, ts })
      }),
    find: (channel, mark) =>
      telling('looking for the message', async () => {
        const { messages = [] } = await client.conversations.history({
          channel,
          include_all_metadata: true,
          limit: 200,
        })
        const found = messages.find(
          ({ metadata }) => metadata?.event_type === EVENT && isMark(metadata.event_payload, mark),
        )
        return found?.ts === undefined ? undefined : { channel, ts: found.ts }
      }),
    whisper: ({ channel, thread }, user, message) =>
      telling('answering', async () => {
        const where = { channel, ...(thread !== undefined && { thread_ts: thread }) }
        try {
          await client.chat.postEphemeral({ ...where, user, ...body(message) })
        } catch (error) {
          if (!NOT_THERE.test(platformCode(error) ?? '')) throw error
          await client.chat.postMessage({ channel: user, ...body(message) })
        }
      }),
    members: group =>
      telling(
        'asking who is in a user group',
        async () => (await client.usergroups.users.list({ usergroup: group })).users ?? [],
      ),
    upload: (where, file) => telling('sending a file', () => upload(client, where, file, apiUrl)),
    directMessage: user =>
      telling(
        'opening a direct message',
        async () => (await client.conversations.open({ users: user })).channel?.id ?? '',
      ),
    audience: channel => telling('asking who is in the channel', () => readAudience(client, channel)),
    isActive: user =>
      telling('asking who that is', async () => {
        const { user: found } = await client.users.info({ user })
        return found !== undefined && found.deleted !== true
      }),
    publishHome: (user, blocks) =>
      telling('publishing the App Home', async () => {
        assertFits({ text: 'Home', blocks }, 'home')
        await client.views.publish({ user_id: user, view: { type: 'home', blocks: [...slackBlocks(blocks)] } })
      }),
    zone: user => telling('asking where that is', async () => (await client.users.info({ user })).user?.tz),
    permalink: ({ channel, ts }) =>
      telling(
        'asking for a link',
        async () => (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? '',
      ),
    answer: (responseUrl, message) => telling('answering', () => answer(responseUrl, message, apiUrl)),
  }
}

/** A mark without `what` is of a version that marked cards alone. */
const isMark = (payload: unknown, { operation, what }: Mark): boolean =>
  isRecord(payload) && payload['operation'] === operation && (payload['what'] ?? 'card') === what

const body = (message: Rendered) => {
  assertFits(message)
  return { text: message.text, blocks: slackBlocks(message.blocks) }
}

/** Blocks are built as plain JSON and checked by assertFits. */
const slackBlocks = (blocks: readonly Block[]) => blocks as unknown as KnownBlock[]

const answer = async (responseUrl: string, message: Rendered, apiUrl: string): Promise<void> => {
  const { origin } = new URL(responseUrl)
  if (origin !== 'https://hooks.slack.com' && origin !== new URL(apiUrl).origin)
    throw new Error('a response URL that is not Slack’s')
  assertFits(message)
  const reply = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      response_type: 'ephemeral',
      replace_original: false,
      text: message.text,
      blocks: message.blocks,
    }),
    signal: AbortSignal.timeout(5_000),
  })
  if (reply.ok) return
  throw new RemoteError(`Slack answered ${reply.status}`, {
    code: `HTTP ${reply.status}`,
    passing: reply.status >= 500 || reply.status === 429,
  })
}

const telling = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}

const platformCode = (error: unknown): string | undefined =>
  error instanceof Error && 'data' in error ? (error.data as { readonly error?: string }).error : undefined

const translate = (error: unknown, doing: string): unknown => {
  if (!(error instanceof Error) || error instanceof RemoteError) return error
  const code = platformCode(error) ?? ('code' in error ? String(error.code) : error.name)
  if (error.name === 'RangeError') return error
  const passing = code === ErrorCode.RateLimitedError || !FATAL.test(code)
  return new RemoteError(`${doing}: Slack said ${code}`, { code, passing, cause: error })
}
