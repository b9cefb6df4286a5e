// Reads users, user groups and channels from Slack.
import type { WebClient } from '@slack/web-api'
import type { Slack } from '../../model/ports/slack.ts'
import { askSlack, platformCode } from '../../model/slack-error.ts'
import { readAudience } from './audience.ts'

type People = Pick<Slack, 'members' | 'directMessage' | 'audience' | 'isActive' | 'zone' | 'userByEmail'>

export const createPeople = (client: WebClient): People => ({
  members: group =>
    askSlack('reading a user group', async () => {
      try {
        return (await client.usergroups.users.list({ usergroup: group })).users
      } catch (error) {
        if (platformCode(error) === 'no_such_subteam') return undefined
        throw error
      }
    }),
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
  userByEmail: email =>
    askSlack('finding a user', async () => {
      try {
        const { user } = await client.users.lookupByEmail({ email })
        return user?.deleted === true || user?.is_bot === true ? undefined : user?.id
      } catch (error) {
        if (platformCode(error) === 'users_not_found') return undefined
        throw error
      }
    }),
  zone: user => askSlack('reading a time zone', async () => (await client.users.info({ user })).user?.tz),
})
