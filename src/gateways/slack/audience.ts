// Determines whether guests or other companies can read a channel. If a field is missing or fields contradict, the answer is not
// `own people`.
import type { ConversationsInfoResponse, UsersInfoResponse, WebClient } from '@slack/web-api'
import type { Audience } from '../../model/ports/slack.ts'
import { platformCode } from '../../model/slack-error.ts'

/**
 * The maximum number of members to check. users.info is a tier 4 method: about 100 calls a minute for the whole app.
 */
const MOST_MEMBERS = 60
const AT_ONCE = 10

/** A channel. `user`: the other person in a direct message; the types of Slack's client do not have this field. */
type Channel = NonNullable<ConversationsInfoResponse['channel']> & { readonly user?: string }
type User = NonNullable<UsersInfoResponse['user']>

/** The team, organization and user to which the bot's token belongs. */
type Own = { readonly team: string; readonly enterprise: string | undefined; readonly user: string | undefined }

export const readAudience = async (client: WebClient, channel: string): Promise<Audience> => {
  const found = await readChannel(client, channel)
  if (found === undefined) return 'not a channel'
  const isDirect = found.is_im === true
  if (!isDirect && found.is_member !== true) return 'not a channel'
  const own = await readOwn(client)
  if (own === undefined) return 'unknown'
  // Slack returns a direct message only to its two members, so one of them is the bot.
  if (isDirect) return found.user ? audienceOf(await readPerson(client, found.user), own, false) : 'unknown'
  return audienceOfConnections(found, own) ?? readMembers(client, channel, own, found.is_org_shared === true)
}

const readChannel = (client: WebClient, channel: string): Promise<Channel | undefined> =>
  unlessNotFound(async () => (await client.conversations.info({ channel })).channel)

const readOwn = async (client: WebClient): Promise<Own | undefined> => {
  const { team_id: team, enterprise_id, user_id: user } = await client.auth.test()
  return team ? { team, enterprise: enterprise_id || undefined, user } : undefined
}

/** A person. `user`: undefined if Slack does not show the person to the bot. */
type Person = { readonly id: string; readonly user: User | undefined }

const readPerson = async (client: WebClient, id: string): Promise<Person> => ({
  id,
  user: await unlessNotFound(async () => (await client.users.info({ user: id })).user),
})

const unlessNotFound = async <T>(request: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await request()
  } catch (error) {
    if (/^(?:channel_not_found|user_not_found|user_not_visible)$/.test(platformCode(error) ?? '')) return undefined
    throw error
  }
}

/** The audience that the channel's connections determine; undefined if it depends on the members only. */
const audienceOfConnections = (found: Channel, own: Own): Audience | undefined => {
  const isOrgShared = found.is_org_shared === true
  const pending = [...(found.pending_shared ?? []), ...(found.pending_connected_team_ids ?? [])]
  const isForeign = (team: string): boolean => team !== own.team && team !== own.enterprise
  const connected = [found.connected_team_ids, found.connected_limited_team_ids, found.shared_team_ids]
  if (found.is_ext_shared === true || found.is_pending_ext_shared === true || pending.length > 0)
    return 'another company'
  if (!isOrgShared && connected.some((teams = []) => teams.some(isForeign))) return 'another company'
  if (found.is_ext_shared === undefined || found.is_pending_ext_shared === undefined) return 'unknown'
  if (isOrgShared) return own.enterprise === undefined ? 'unknown' : undefined
  return found.is_shared === false ? undefined : 'unknown'
}

const readMembers = async (client: WebClient, channel: string, own: Own, isOrgShared: boolean): Promise<Audience> => {
  const { members, response_metadata } = await client.conversations.members({ channel, limit: MOST_MEMBERS + 1 })
  if (members === undefined || members.length === 0) return 'unknown'
  if (members.length > MOST_MEMBERS || (response_metadata?.next_cursor ?? '') !== '') return 'too many to tell'
  const others = members.filter(member => member !== own.user)
  for (let at = 0; at < others.length; at += AT_ONCE) {
    const people = await Promise.all(others.slice(at, at + AT_ONCE).map(id => readPerson(client, id)))
    const audience = people.map(person => audienceOf(person, own, isOrgShared)).find(one => one !== 'own people')
    if (audience !== undefined) return audience
  }
  return 'own people'
}

/** The audience that one member means. Apps of the own team count as own people, and so do deactivated users of the company. */
const audienceOf = ({ id, user }: Person, own: Own, isOrgShared: boolean): Audience => {
  if (user === undefined || user.id !== id) return 'unknown'
  if (user.is_stranger === true || user.is_restricted === true || user.is_ultra_restricted === true) return 'guests'
  const company = companyOf(user, own)
  if (company === 'none') return 'unknown'
  if (company === 'another') return 'another company'
  if (user.deleted === true) return 'own people'
  if (user.is_restricted !== false || user.is_ultra_restricted !== false) return 'unknown'
  return isOrgShared && company === 'team' && user.is_bot !== true ? 'unknown' : 'own people'
}

/** The company of a user. `enterprise` or `team`: the own company, shown by the organization or only by the team. */
const companyOf = (user: User, own: Own): 'enterprise' | 'team' | 'another' | 'none' => {
  const { team_id: team } = user
  const enterprise = user.enterprise_user?.enterprise_id ?? user.enterprise_id
  if (!team) return 'none'
  if (enterprise && enterprise !== own.enterprise) return 'another'
  if (enterprise || team === own.enterprise) return 'enterprise'
  return team === own.team ? 'team' : 'another'
}
