// Creates channels, sets their topics, invites people, and pins messages.
import type { WebClient } from '@slack/web-api'
import { isRecord } from '../../model/json.ts'
import type { Channel, Slack } from '../../model/ports/slack.ts'
import { askSlack, platformCode } from '../../model/slack-error.ts'

type Channels = Pick<Slack, 'createChannel' | 'ownChannel' | 'setTopic' | 'invite' | 'pin'>

/** The maximum number of users in one call (Slack, reference of conversations.invite). */
const MOST_INVITED = 100
/** The maximum length of a topic in characters (Slack, reference of conversations.setTopic). */
const MOST_TOPIC = 250
const PAGE = 200
const MOST_PAGES = 10

export const createChannels = (client: WebClient): Channels => ({
  createChannel: (name, isPrivate) => askSlack('creating a channel', () => create(client, name, isPrivate)),
  ownChannel: (name, since) => askSlack('finding a channel', () => findOwn(client, name, since)),
  setTopic: (channel, topic) =>
    askSlack('setting a topic', async () => {
      await client.conversations.setTopic({ channel, topic: [...topic].slice(0, MOST_TOPIC).join('') })
    }),
  invite: (channel, users) => askSlack('inviting people', () => invite(client, channel, users)),
  pin: ({ channel, ts }) =>
    askSlack('pinning a message', () => unless('already_pinned', () => client.pins.add({ channel, timestamp: ts }))),
})

const unless = async (code: string, request: () => Promise<unknown>): Promise<void> => {
  try {
    await request()
  } catch (error) {
    if (platformCode(error) !== code) throw error
  }
}

const create = async (client: WebClient, name: string, isPrivate: boolean): Promise<Channel | 'taken'> => {
  try {
    const { channel } = await client.conversations.create({ name, is_private: isPrivate })
    return { id: channel?.id ?? '', name: channel?.name ?? name }
  } catch (error) {
    if (platformCode(error) === 'name_taken') return 'taken'
    throw error
  }
}

const findOwn = async (client: WebClient, name: string, since: string): Promise<Channel | undefined> => {
  const { user_id: own } = await client.auth.test()
  const from = Math.floor(Date.parse(since) / 1_000)
  let cursor = ''
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { channels = [], response_metadata } = await client.users.conversations({
      ...{ types: 'public_channel,private_channel', exclude_archived: true, limit: PAGE },
      ...(cursor !== '' && { cursor }),
    })
    const found = channels.find(
      one => one.name === name && one.creator === own && own !== undefined && (one.created ?? 0) >= from,
    )
    if (found?.id !== undefined) return { id: found.id, name }
    cursor = response_metadata?.next_cursor ?? ''
    if (cursor === '') return undefined
  }
  return undefined
}

/** The error codes that mean that the person is already in the channel. */
const THERE = new Set(['already_in_channel', 'cant_invite_self'])

/**
 * Invites users with `force`: Slack adds the valid users, and lists the others in `errors`. The call fails only if nobody was
 * added. Returns the users who were not added.
 */
const invite = async (client: WebClient, channel: string, users: readonly string[]): Promise<readonly string[]> => {
  const left: string[] = []
  for (let at = 0; at < users.length; at += MOST_INVITED) {
    const some = users.slice(at, at + MOST_INVITED)
    try {
      const { errors } = await client.conversations.invite({ channel, users: some.join(','), force: true })
      left.push(...notAdded(errors, some))
    } catch (error) {
      const errors = dataOf(error)['errors']
      if (Array.isArray(errors)) left.push(...notAdded(errors, some))
      else if (!THERE.has(platformCode(error) ?? '')) throw error
    }
  }
  return left
}

const dataOf = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof Error && 'data' in error && isRecord(error.data) ? error.data : {}

const notAdded = (errors: unknown, asked: readonly string[]): readonly string[] =>
  Array.isArray(errors)
    ? errors.flatMap(one =>
        isRecord(one) && typeof one['user'] === 'string' && !THERE.has(String(one['error']))
          ? asked.filter(user => user === one['user'])
          : [],
      )
    : []
