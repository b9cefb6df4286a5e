// The methods auth.test, users.* and usergroups.*.
import { flagArg, type Method, refuse, requiredArg } from '../method.ts'
import { BOT, TEAM } from '../seed.ts'
import type { Json, User, UserGroup } from '../types.ts'
import type { Workspace } from '../workspace.ts'
import { page } from './conversations.ts'

const asMember = (user: User, workspace: Workspace): Json => ({
  id: user.id,
  team_id: user.teamId,
  name: user.name,
  deleted: user.deleted,
  real_name: user.displayName,
  tz: user.tz,
  tz_label: user.tzLabel,
  tz_offset: user.tzOffset,
  profile: {
    title: user.title,
    real_name: user.displayName,
    real_name_normalized: user.displayName,
    display_name: user.displayName,
    display_name_normalized: user.displayName,
    team: user.teamId,
  },
  is_admin: false,
  is_owner: false,
  is_restricted: user.isGuest ?? false,
  is_ultra_restricted: false,
  is_bot: user.isBot,
  is_app_user: false,
  is_stranger: user.teamId !== TEAM.id && (user.enterpriseId ?? '') !== workspace.enterprise?.id,
  ...(user.enterpriseId !== undefined && {
    enterprise_user: { id: user.id, enterprise_id: user.enterpriseId, teams: [user.teamId] },
  }),
  updated: 1_700_000_000,
})

const asUserGroup = (group: UserGroup, withUsers: boolean): Json => ({
  id: group.id,
  team_id: TEAM.id,
  is_usergroup: true,
  name: group.name,
  handle: group.handle,
  description: '',
  date_delete: group.disabled ? 1_700_000_000 : 0,
  user_count: group.users.length,
  ...(withUsers ? { users: group.users } : {}),
})

export const authTest: Method = (_, { workspace }) => ({
  ...(workspace.enterprise && { enterprise_id: workspace.enterprise.id }),
  url: `https://${TEAM.domain}.slack.com/`,
  team: TEAM.name,
  user: BOT.name,
  team_id: TEAM.id,
  user_id: BOT.userId,
  bot_id: BOT.botId,
  is_enterprise_install: false,
})

/** users.lookupByEmail. A deactivated user counts as not found. */
export const userByEmail: Method = (args, { workspace }) => {
  const email = requiredArg(args, 'email').toLowerCase()
  const user = [...workspace.users.values()].find(one => one.email?.toLowerCase() === email && !one.deleted)
  return user ? { user: asMember(user, workspace) } : refuse('users_not_found')
}

export const userInfo: Method = (args, { workspace }) => {
  const user = workspace.users.get(requiredArg(args, 'user')) ?? refuse('user_not_found')
  return { user: asMember(user, workspace) }
}

export const userList: Method = (args, { workspace, clock }) => {
  const { items, ...rest } = page([...workspace.users.values()], args)
  return { members: items.map(user => asMember(user, workspace)), cache_ts: Math.floor(clock.now() / 1000), ...rest }
}

export const groupList: Method = (args, { workspace }) => {
  const groups = [...workspace.groups.values()].filter(group => flagArg(args, 'include_disabled') || !group.disabled)
  return { usergroups: groups.map(group => asUserGroup(group, flagArg(args, 'include_users'))) }
}

export const groupUsers: Method = (args, { workspace }) => {
  const group = workspace.groups.get(requiredArg(args, 'usergroup')) ?? refuse('no_such_subteam')
  if (group.disabled && !flagArg(args, 'include_disabled')) refuse('no_such_subteam')
  return { users: group.users }
}
