// The initial workspace: a person for each role, and a channel of which the bot is not a member.
import type { Channel, User, UserGroup } from './types.ts'

export const TEAM = { id: 'T0QUARTER', name: 'Quarterdeck', domain: 'quarterdeck' }
export const PARTNER_TEAM = 'T0PARTNER'
export const APP_ID = 'A0QUARTER'
export const BOT = { userId: 'U0QUARTERBOT', botId: 'B0QUARTER', name: 'quarterdeck' }
export const SLACKBOT = 'USLACKBOT'

export const aUser = (user: Partial<User> & { id: string; displayName: string }): User => ({
  teamId: TEAM.id,
  name: user.displayName.toLowerCase().replaceAll(' ', '-'),
  title: '',
  tz: 'Etc/UTC',
  tzLabel: 'Coordinated Universal Time',
  tzOffset: 0,
  deleted: false,
  isBot: false,
  ...user,
})

export const aChannel = (channel: Partial<Channel> & { id: string; name: string }): Channel => ({
  kind: 'public',
  members: [],
  topic: '',
  purpose: '',
  archived: false,
  creator: 'U0REQUEST',
  created: 1_700_000_000,
  shared: false,
  pins: [],
  bookmarks: [],
  ...channel,
})

export const seedUsers: readonly User[] = [
  aUser({ id: 'U0REQUEST', displayName: 'Requester', title: 'On call', email: 'requester@example.com' }),
  aUser({ id: 'U0APPROVE', displayName: 'Approver', title: 'Operations', email: 'approver@example.com' }),
  aUser({
    id: 'U0SECOND',
    displayName: 'Second approver',
    title: 'Operations',
    tz: 'Europe/Berlin',
    tzLabel: 'Central European Time',
    tzOffset: 3600,
  }),
  aUser({ id: 'U0OUTSIDE', displayName: 'Outsider', title: 'Another team' }),
  aUser({ id: BOT.userId, displayName: 'Quarterdeck', name: BOT.name, isBot: true }),
  aUser({ id: SLACKBOT, displayName: 'Slackbot', name: 'slackbot', isBot: true }),
]

export const PEOPLE = ['U0REQUEST', 'U0APPROVE', 'U0SECOND', 'U0OUTSIDE']

export const seedChannels: readonly Channel[] = [
  aChannel({ id: 'C0OPS', name: 'ops', topic: 'Changes to production', members: [...PEOPLE, BOT.userId] }),
  aChannel({
    id: 'C0APPROVALS',
    name: 'approvals',
    topic: 'What waits for approval',
    members: [...PEOPLE, BOT.userId],
  }),
  aChannel({ id: 'C0RANDOM', name: 'random', topic: 'The bot is not in this channel', members: [...PEOPLE] }),
]

export const seedGroups: readonly UserGroup[] = [
  { id: 'S0ONCALL', handle: 'on-call', name: 'On call', users: ['U0REQUEST'], disabled: false },
  { id: 'S0OPS', handle: 'ops', name: 'Operations', users: ['U0APPROVE', 'U0SECOND'], disabled: false },
]
