// The audience of a channel, for each shape of Slack's answers: what is missing or contradicts means no.
import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { readAudience } from '../../../src/gateways/slack/audience.ts'

type Json = Readonly<Record<string, unknown>>

const BOT = 'U0BOT'
const OWN = { team_id: 'T0OWN', user_id: BOT }
const OWN_IN_ENTERPRISE = { ...OWN, enterprise_id: 'E0OWN' }

const CHANNEL: Json = {
  ...{ id: 'C1', is_member: true, is_im: false, is_shared: false, is_ext_shared: false, is_org_shared: false },
  ...{ is_pending_ext_shared: false, pending_shared: [], pending_connected_team_ids: [], shared_team_ids: ['T0OWN'] },
}
const PERSON: Json = { team_id: 'T0OWN', is_restricted: false, is_ultra_restricted: false, is_bot: false }
const COLLEAGUE: Json = { ...PERSON, enterprise_user: { enterprise_id: 'E0OWN' } }
const DM: Json = { id: 'D1', is_im: true, user: 'U1' }
const ORG: Json = { ...CHANNEL, is_shared: true, is_org_shared: true, shared_team_ids: ['T0OWN', 'T0SISTER'] }

type Answers = {
  readonly own?: Json
  readonly channel?: Json
  readonly members?: Json
  /** In the order of their ids: U1, U2. */
  readonly people?: readonly Json[]
}

/** A Slack that gives these answers over HTTP. */
const slackWith = ({ own = OWN, channel = CHANNEL, members, people = [PERSON, PERSON] }: Answers): WebClient => {
  const ids = people.map((_, at) => `U${at + 1}`)
  const answers: Readonly<Record<string, (args: URLSearchParams) => Json>> = {
    'auth.test': () => own,
    'conversations.info': () => ('error' in channel ? channel : { channel }),
    'conversations.members': () => members ?? { members: [BOT, ...ids], response_metadata: { next_cursor: '' } },
    'users.info': args => {
      const id = args.get('user') ?? ''
      const person = people[ids.indexOf(id)] ?? { error: 'user_not_found' }
      return 'error' in person ? person : { user: { id, ...person } }
    },
  }
  const fetch = async (url: unknown, { body }: RequestInit = {}) => {
    const answer = answers[String(url).split('/api/')[1] ?? '']?.(new URLSearchParams(String(body))) ?? {}
    return Response.json({ ok: !('error' in answer), ...answer })
  }
  return new WebClient('xoxb-1', { slackApiUrl: 'https://slack.example/api/', fetch, retryConfig: { retries: 0 } })
}

const audience = (answers: Answers) => readAudience(slackWith(answers), 'C1')
const without = (from: Json, ...keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)))

describe('own people', () => {
  test.each<[string, Answers]>([
    ['people of the own team', {}],
    ['an app of the own team', { people: [{ ...PERSON, is_bot: true }] }],
    ['somebody who left', { people: [{ team_id: 'T0OWN', deleted: true }] }],
    ['a member of the same enterprise', { own: OWN_IN_ENTERPRISE, people: [{ ...COLLEAGUE, team_id: 'T0SISTER' }] }],
    ['a member whose team is the enterprise', { own: OWN_IN_ENTERPRISE, people: [{ ...PERSON, team_id: 'E0OWN' }] }],
    ['nobody but the bot', { people: [] }],
    ['a direct message with the bot', { channel: DM }],
    ['an org-wide channel', { own: OWN_IN_ENTERPRISE, channel: ORG, people: [COLLEAGUE, COLLEAGUE] }],
    ['an app in it', { own: OWN_IN_ENTERPRISE, channel: ORG, people: [COLLEAGUE, { ...PERSON, is_bot: true }] }],
  ])('%s', async (_, answers) => expect(await audience(answers)).toBe('own people'))
})

describe('guests', () => {
  test.each(['is_stranger', 'is_restricted', 'is_ultra_restricted'])('%s alone', async flag => {
    expect(await audience({ people: [PERSON, { ...PERSON, [flag]: true }] })).toBe('guests')
    expect(await audience({ channel: DM, people: [{ ...PERSON, [flag]: true }] })).toBe('guests')
  })
})

describe('another company', () => {
  const FOREIGN = { ...PERSON, team_id: 'T0OTHER', is_stranger: false }
  test.each<[string, Answers]>([
    ['a member of another team, who is no stranger', { people: [PERSON, FOREIGN] }],
    ['an app of another team', { people: [{ ...FOREIGN, is_bot: true }] }],
    ['somebody of another team who left', { people: [{ ...FOREIGN, deleted: true }] }],
    ['a member of another enterprise', { people: [{ ...PERSON, enterprise_user: { enterprise_id: 'E0OTHER' } }] }],
    [
      'the same in our enterprise',
      { own: OWN_IN_ENTERPRISE, people: [{ ...PERSON, enterprise_user: { enterprise_id: 'E0OTHER' } }] },
    ],
    ['another team in an org-wide channel', { own: OWN_IN_ENTERPRISE, channel: ORG, people: [COLLEAGUE, FOREIGN] }],
    ['a direct message with them', { channel: DM, people: [FOREIGN] }],
    ['a channel that is shared with them', { channel: { ...CHANNEL, is_shared: true, is_ext_shared: true } }],
    ['also an org-wide one', { own: OWN_IN_ENTERPRISE, channel: { ...ORG, is_ext_shared: true } }],
    ['a pending connection', { channel: { ...CHANNEL, is_pending_ext_shared: true } }],
    ['an invitation', { channel: { ...CHANNEL, pending_shared: ['T0OTHER'] } }],
    ['an accepted invitation', { channel: { ...CHANNEL, pending_connected_team_ids: ['T0OTHER'] } }],
    ['a connected team', { channel: { ...CHANNEL, connected_team_ids: ['T0OTHER'] } }],
  ])('%s', async (_, answers) => expect(await audience(answers)).toBe('another company'))
})

describe('unknown', () => {
  test.each<[string, Answers]>([
    ['who the bot is', { own: { user_id: BOT } }],
    ['`is_shared` without `is_ext_shared`', { channel: { ...CHANNEL, is_shared: true } }],
    ['no `is_ext_shared`', { channel: without(CHANNEL, 'is_ext_shared') }],
    ['no `is_shared`', { channel: without(CHANNEL, 'is_shared') }],
    ['no `is_pending_ext_shared`', { channel: without(CHANNEL, 'is_pending_ext_shared') }],
    ['an org-wide channel without an enterprise', { channel: ORG }],
    ['a member of it whose enterprise is missing', { own: OWN_IN_ENTERPRISE, channel: ORG, people: [PERSON] }],
    ['no `members`', { members: {} }],
    ['no member', { members: { members: [] } }],
    ['a member without a team', { people: [without(PERSON, 'team_id')] }],
    ['a member without an id', { people: [{ ...PERSON, id: undefined }] }],
    ['another member than asked for', { people: [{ ...PERSON, id: 'U9' }] }],
    ['a member that Slack does not show', { people: [{ error: 'user_not_found' }] }],
    ['a member without `is_restricted`', { people: [without(PERSON, 'is_restricted')] }],
    ['a member without `is_ultra_restricted`', { people: [without(PERSON, 'is_ultra_restricted')] }],
    ['a direct message without its other party', { channel: without(DM, 'user') }],
  ])('%s', async (_, answers) => expect(await audience(answers)).toBe('unknown'))
})

describe('not a channel', () => {
  test.each<[string, Json]>([
    ['the bot is not a member', { ...CHANNEL, is_member: false }],
    ['no `is_member`', without(CHANNEL, 'is_member')],
    ['a direct message of others', { error: 'channel_not_found' }],
  ])('%s', async (_, channel) => expect(await audience({ channel })).toBe('not a channel'))
})

test('more members than users.info may be asked for, or another page of them', async () => {
  const crowd = Array.from({ length: 61 }, (_, at) => `U${at}`)
  expect(await audience({ members: { members: crowd } })).toBe('too many to tell')
  expect(await audience({ members: { members: [BOT], response_metadata: { next_cursor: 'x' } } })).toBe(
    'too many to tell',
  )
})

test('any other error of Slack is an error, never an answer', async () => {
  await expect(audience({ channel: { error: 'missing_scope' } })).rejects.toThrow('missing_scope')
  await expect(audience({ people: [{ error: 'fatal_error' }] })).rejects.toThrow('fatal_error')
})
