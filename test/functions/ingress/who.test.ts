// Who sent a request, for each kind of request, with and without Enterprise Grid. The enterprise is believed only where
// Slack says that it is the person's.
import { expect, test } from 'vitest'
import { actorIn, listenToSenders } from '../../../src/functions/ingress/who.ts'

const E = 'E0ORG'
const ORG = { id: E, name: 'The organization' }
const HOME = { id: 'T0HOME', domain: 'home', enterprise_id: E, enterprise_name: 'The organization' }
const PLAIN = { id: 'T0HOME', domain: 'home' }

type User = object | undefined
/** `directory`: Slack's answer of users.info; undefined if it fails. */
const send = async (body: object, directory: User = undefined) => {
  let asked = 0
  const client = {
    users: {
      info: async () => {
        asked += 1
        if (directory === undefined) throw new Error('no answer')
        return { user: directory }
      },
    },
  }
  let handle: ((args: object) => Promise<void>) | undefined
  const use = (one: typeof handle) => {
    handle = one
  }
  listenToSenders({ use } as never)
  const context = {}
  await handle?.({ body, client, context, next: async () => {} })
  return { actor: actorIn({ body, context: context as never }), asked }
}

const person = (team: string | undefined, more: object = {}) => ({
  ...{ id: 'U1', name: 'ada', username: 'ada.l', ...(team !== undefined && { team_id: team }) },
  ...more,
})
const member = { id: 'U1', name: 'ada', enterprise_user: { enterprise_id: E }, is_stranger: false }
const partner = { id: 'U1', name: 'ada', enterprise_user: { enterprise_id: 'E0PARTNER' }, is_stranger: true }

const KINDS = ['block_actions', 'view_submission', 'view_closed', 'block_suggestion', 'message_action', 'shortcut']

for (const type of KINDS) {
  test.each<[string, object, User, object, number]>([
    [
      'outside Enterprise Grid',
      { user: person('T0HOME'), team: PLAIN, enterprise: null },
      undefined,
      { team: 'T0HOME' },
      0,
    ],
    ['without the team of the person', { user: person(undefined), team: PLAIN }, undefined, { team: 'T0HOME' }, 0],
    [
      'of the workspace, in Grid',
      { user: person('T0HOME'), team: HOME, enterprise: ORG },
      undefined,
      { team: 'T0HOME', enterprise: E },
      0,
    ],
    [
      'of another workspace',
      { user: person('T0OTHER'), team: HOME, enterprise: ORG },
      member,
      { team: 'T0OTHER', enterprise: E },
      1,
    ],
    ['of the enterprise itself', { user: person(E), team: HOME, enterprise: ORG }, undefined, { team: E }, 0],
    [
      'of an app that is installed for the enterprise',
      { user: person('T0OTHER'), team: null, enterprise: ORG, is_enterprise_install: true },
      member,
      { team: 'T0OTHER', enterprise: E },
      1,
    ],
    [
      'of another company, in Grid',
      { user: person('T0PARTNER'), team: HOME, enterprise: ORG },
      partner,
      { team: 'T0PARTNER' },
      1,
    ],
    [
      'of another company whose form names its own workspace',
      { user: person('T0PARTNER'), team: { id: 'T0PARTNER', domain: 'partner' }, enterprise: ORG },
      partner,
      { team: 'T0PARTNER' },
      1,
    ],
    [
      'of a stranger whose record has our enterprise',
      { user: person('T0PARTNER'), team: HOME, enterprise: ORG },
      { ...member, is_stranger: true },
      { team: 'T0PARTNER' },
      1,
    ],
    [
      'when Slack tells of somebody else',
      { user: person('T0OTHER'), team: HOME, enterprise: ORG },
      { ...member, id: 'U2' },
      { team: 'T0OTHER' },
      1,
    ],
    [
      'when Slack does not answer',
      { user: person('T0OTHER'), team: HOME, enterprise: ORG },
      undefined,
      { team: 'T0OTHER' },
      1,
    ],
  ])(`${type} %s`, async (_, body, directory, actor, asked) => {
    expect(await send({ type, ...body }, directory)).toEqual({ actor: { user: 'U1', name: 'ada', ...actor }, asked })
  })
}

test.each<[string, object, object]>([
  ['name', { id: 'U1', name: 'ada', username: 'ada.l' }, { name: 'ada' }],
  ['username, where there is no name', { id: 'U1', username: 'ada.l' }, { name: 'ada.l' }],
  ['id, where there is neither', { id: 'W1' }, { name: 'W1', user: 'W1' }],
])('a click has the name of %s', async (_, user, actor) => {
  expect((await send({ type: 'block_actions', user, team: PLAIN })).actor).toMatchObject(actor)
})

const command = { command: '/ecs', user_id: 'U1', user_name: 'ada', team_id: 'T0HOME' }
test.each<[string, object, User, object, number]>([
  ['outside Enterprise Grid', {}, undefined, { team: 'T0HOME' }, 0],
  ['in Grid', { enterprise_id: E }, undefined, { team: 'T0HOME', enterprise: E }, 0],
  ['of an app for the enterprise', { team_id: E, enterprise_id: E }, undefined, { team: E, enterprise: E }, 0],
  ['of another company', { user_team_id: 'T0PARTNER' }, undefined, { team: 'T0PARTNER' }, 0],
  ['of another company, in Grid', { user_team_id: 'T0PARTNER', enterprise_id: E }, partner, { team: 'T0PARTNER' }, 1],
])('a command %s', async (_, more, directory, actor, asked) => {
  expect(await send({ ...command, ...more }, directory)).toEqual({
    actor: { user: 'U1', name: 'ada', ...actor },
    asked,
  })
})

const envelope = (event: object, more: object = {}) => ({ type: 'event_callback', team_id: 'T0HOME', event, ...more })
test.each<[string, object, User, object, number]>([
  [
    'a mention outside Enterprise Grid',
    envelope({ type: 'app_mention', user: 'U1', team: 'T0HOME' }),
    member,
    { team: 'T0HOME' },
    1,
  ],
  [
    'a mention in Grid',
    envelope({ type: 'app_mention', user: 'U1', team: 'T0OTHER', user_team: 'T0OTHER' }, { enterprise_id: E }),
    member,
    { team: 'T0OTHER', enterprise: E },
    1,
  ],
  [
    'a mention of an app for the enterprise',
    { ...envelope({ type: 'app_mention', user: 'U1', team: E }, { enterprise_id: E }), team_id: null },
    member,
    { team: E },
    1,
  ],
  [
    'a mention by another company',
    envelope({ type: 'app_mention', user: 'U1', team: 'T0HOME', user_team: 'T0PARTNER' }, { enterprise_id: E }),
    partner,
    { team: 'T0PARTNER' },
    1,
  ],
  [
    'an edited message',
    envelope(
      { type: 'message', subtype: 'message_changed', message: { user: 'U1', team: 'T0OTHER' } },
      { context_enterprise_id: E },
    ),
    member,
    { team: 'T0OTHER', enterprise: E },
    1,
  ],
  [
    'the opening of App Home',
    envelope({ type: 'app_home_opened', user: 'U1' }, { enterprise_id: E }),
    member,
    { team: 'T0HOME', enterprise: E, name: 'U1' },
    1,
  ],
])('%s', async (_, body, directory, actor, asked) => {
  expect(await send(body, directory)).toEqual({ actor: { user: 'U1', name: 'ada', ...actor }, asked })
})

test.each<[string, object]>([
  ['a message of a bot', envelope({ type: 'message', user: 'U1', bot_id: 'B1' }, { enterprise_id: E })],
  ['somebody joined', envelope({ type: 'member_joined_channel', user: 'U1', team: 'T0OTHER' }, { enterprise_id: E })],
  ['a channel was shared', envelope({ type: 'channel_shared', channel: 'C1' })],
  ['nothing', {}],
  ['a user that is no object', { type: 'block_actions', user: 'U1', team: HOME }],
  ['a user whose id is no text', { type: 'block_actions', user: { id: 1, team_id: {} }, team: [] }],
])('nobody is asked about, and nobody acts: %s', async (_, body) => {
  expect(await send(body, member)).toEqual({ actor: { team: '', user: '', name: '' }, asked: 0 })
})
