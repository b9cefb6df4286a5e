// Implements the directory port with the Web API.
import type { UsersInfoResponse, WebClient } from '@slack/web-api'
import type { DirectoryChannel, DirectoryPerson, SlackDirectory } from '../../model/ports/slack-directory.ts'
import { askSlack, platformCode } from '../../model/slack-error.ts'
import { readAudience } from './audience.ts'
import { createClient } from './client.ts'
import { patientFetch, rememberingFetch, type Wait } from './patient-fetch.ts'

/** The page size. Slack recommends at most 200. */
const PAGE = 200
const SLACKBOT = 'USLACKBOT'

/** Creates the directory. `wait`: is called when Slack's rate limit is reached. */
export const createDirectory = (token: string, env: NodeJS.ProcessEnv, wait: Wait): SlackDirectory => {
  const fetch = rememberingFetch(patientFetch(wait))
  // `patientFetch` has the timeout, so the client has none.
  const client = createClient(token, env, { fetch, timeout: 0, maxRequestConcurrency: 3 })
  return {
    teams: () =>
      askSlack('reading the workspace', async () => {
        const { team_id, enterprise_id } = await client.auth.test()
        return present(team_id, enterprise_id)
      }),
    groups: () => askSlack('reading user groups', () => readGroups(client)),
    person: user => askSlack('reading a user', () => readPerson(client, user)),
    channel: channel => askSlack('reading a channel', () => readChannel(client, channel)),
    ownChannels: () => askSlack('reading the bot’s channels', () => readOwnChannels(client)),
    audience: channel => askSlack('reading the channel’s members', () => readAudience(client, channel)),
  }
}

const present = (...ids: readonly (string | undefined)[]): readonly string[] => ids.flatMap(id => (id ? [id] : []))

const readGroups = async (client: WebClient) => {
  const { usergroups = [] } = await client.usergroups.list({ include_disabled: true })
  return new Map(usergroups.map(({ id = '', date_delete = 0 }) => [id, { isDisabled: date_delete !== 0 }]))
}

const readPerson = async (client: WebClient, id: string): Promise<DirectoryPerson | undefined> => {
  const user = await unless('user_not_found', async () => (await client.users.info({ user: id })).user)
  if (user === undefined) return undefined
  return { isDeactivated: user.deleted === true, isBot: user.is_bot === true || id === SLACKBOT, teams: teamsOf(user) }
}

const teamsOf = ({ team_id, enterprise_user }: NonNullable<UsersInfoResponse['user']>): readonly string[] => [
  ...present(team_id, enterprise_user?.enterprise_id),
  ...(enterprise_user?.teams ?? []),
]

const readChannel = async (client: WebClient, id: string): Promise<DirectoryChannel | undefined> => {
  const found = await unless(
    'channel_not_found',
    async () => (await client.conversations.info({ channel: id })).channel,
  )
  return found && channelOf(found, found.is_member === true)
}

type Conversation = { readonly id?: string; readonly name?: string; readonly is_archived?: boolean }

const channelOf = ({ id = '', name = '', is_archived }: Conversation, isMember: boolean): DirectoryChannel => ({
  ...{ id, name, isMember },
  isArchived: is_archived === true,
})

const readOwnChannels = async (client: WebClient): Promise<readonly DirectoryChannel[]> => {
  const found: DirectoryChannel[] = []
  const asked = { types: 'public_channel,private_channel', exclude_archived: true, limit: PAGE }
  let cursor = ''
  do {
    const page = await client.users.conversations({ ...asked, ...(cursor !== '' && { cursor }) })
    found.push(...(page.channels ?? []).map(channel => channelOf(channel, true)))
    cursor = page.response_metadata?.next_cursor ?? ''
  } while (cursor !== '')
  return found
}

const unless = async <T>(code: string, request: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await request()
  } catch (error) {
    if (platformCode(error) === code) return undefined
    throw error
  }
}
