// Implements the Slack port with the Web API, and checks each message against Slack's limits before sending.

import type { KnownBlock } from '@slack/types'
import { ErrorCode, WebClient } from '@slack/web-api'
import { assertFits } from '../../kit/messages/limits.ts'
import { RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { Mark, Slack } from '../../model/ports/slack.ts'
import { readAudience } from './audience.ts'
import { upload } from './upload.ts'

/** The metadata type of an operation's messages. Workspace members can read metadata: it contains only the operation id. */
const EVENT = 'quarterdeck_operation'

const FATAL =
  /not_in_channel|channel_not_found|is_archived|invalid_|msg_too_long|message_not_found|cant_update|account_inactive|token_|restricted/

/** Quarterdeck or the user is not in the channel: a direct message is as private as an ephemeral one. */
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
      askSlack('posting to Slack', async () => {
        const { ts = '', channel: where = channel } = await client.chat.postMessage({
          channel,
          ...body(message),
          unfurl_links: false,
          unfurl_media: false,
          ...(thread !== undefined && { thread_ts: thread }),
          ...(mark !== undefined && { metadata: { event_type: EVENT, event_payload: mark } }),
        })
        // A post to a user id returns the channel of the direct message.
        return { channel: where, ts }
      }),
    update: ({ channel, ts }, message) =>
      askSlack('updating the message', async () => {
        await client.chat.update({ channel, ts, ...body(message) })
      }),
    remove: ({ channel, ts }) =>
      askSlack('deleting a message', async () => {
        await client.chat.delete({ channel, ts })
      }),
    find: (channel, mark) =>
      askSlack('finding the message', async () => {
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
      askSlack('answering', async () => {
        const where = { channel, ...(thread !== undefined && { thread_ts: thread }) }
        try {
          await client.chat.postEphemeral({ ...where, user, ...body(message) })
        } catch (error) {
          if (!NOT_THERE.test(platformCode(error) ?? '')) throw error
          await client.chat.postMessage({ channel: user, ...body(message) })
        }
      }),
    members: group =>
      askSlack(
        'reading a user group',
        async () => (await client.usergroups.users.list({ usergroup: group })).users ?? [],
      ),
    upload: (where, file) => askSlack('uploading a file', () => upload(client, where, file, apiUrl)),
    directMessage: user =>
      askSlack(
        'opening a direct message',
        async () => (await client.conversations.open({ users: user })).channel?.id ?? '',
      ),
    audience: channel => askSlack('reading the channel’s members', () => readAudience(client, channel)),
    isActive: user =>
      askSlack('reading a user', async () => {
        const { user: found } = await client.users.info({ user })
        return found !== undefined && found.deleted !== true
      }),
    publishHome: (user, blocks) =>
      askSlack('publishing the App Home', async () => {
        assertFits({ text: 'Home', blocks }, 'home')
        await client.views.publish({ user_id: user, view: { type: 'home', blocks: [...slackBlocks(blocks)] } })
      }),
    zone: user => askSlack('reading a time zone', async () => (await client.users.info({ user })).user?.tz),
    permalink: ({ channel, ts }) =>
      askSlack(
        'reading a permalink',
        async () => (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? '',
      ),
    answer: (responseUrl, message) => askSlack('answering', () => answer(responseUrl, message, apiUrl)),
  }
}

/** Older versions marked only cards, without `what`. */
const isMark = (payload: unknown, { operation, what }: Mark): boolean =>
  isRecord(payload) && payload['operation'] === operation && (payload['what'] ?? 'card') === what

const body = (message: Rendered) => {
  assertFits(message)
  return { text: message.text, blocks: slackBlocks(message.blocks) }
}

/** Blocks are plain JSON; assertFits checks them. */
const slackBlocks = (blocks: readonly Block[]) => blocks as unknown as KnownBlock[]

const answer = async (responseUrl: string, message: Rendered, apiUrl: string): Promise<void> => {
  const { origin } = new URL(responseUrl)
  if (origin !== 'https://hooks.slack.com' && origin !== new URL(apiUrl).origin)
    throw new Error('the response URL is not Slack’s')
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

const askSlack = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
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
  return new RemoteError(`${doing}: Slack answered ${code}`, { code, passing, cause: error })
}
