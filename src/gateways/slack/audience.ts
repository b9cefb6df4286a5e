// Determines whether guests or other companies can read a channel.
import type { WebClient } from '@slack/web-api'
import type { Audience } from '../../model/ports/slack.ts'

/**
 * The maximum number of members to check. users.info is a tier 4 method: about 100 calls a minute for the whole app.
 */
const MOST_MEMBERS = 60
const AT_ONCE = 10

export const readAudience = async (client: WebClient, channel: string): Promise<Audience> => {
  const { channel: found } = await client.conversations.info({ channel })
  if (found?.is_im === true) return 'own people'
  if (found === undefined || found.is_member === false) return 'not a channel'
  if (found.is_ext_shared === true || found.is_pending_ext_shared === true) return 'another company'
  const { members = [], response_metadata } = await client.conversations.members({ channel, limit: MOST_MEMBERS + 1 })
  if (members.length > MOST_MEMBERS || (response_metadata?.next_cursor ?? '') !== '') return 'too many to tell'
  for (let at = 0; at < members.length; at += AT_ONCE) {
    const people = await Promise.all(members.slice(at, at + AT_ONCE).map(user => client.users.info({ user })))
    const isGuest = people.some(({ user }) => user?.is_restricted === true || user?.is_stranger === true)
    if (isGuest) return 'guests'
  }
  return 'own people'
}
