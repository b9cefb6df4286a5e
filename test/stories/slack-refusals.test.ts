// Slack refuses a message in one place: the person is told in another. Nothing that a person asked for ends in silence.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Effect } from '../../sandbox/slack/faults.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const USER = 'U0REQUEST'
const DIRECT = 'D0REQUEST'

const refuse = (method: string, error: string, times = 1) =>
  world.slack.faults.add({ method, effect: { kind: 'error', error }, times })

const direct = () => world.slack.workspace.history(DIRECT).map(textOf).join('\n')

/** Each is a lasting refusal of chat.postEphemeral in that place. */
const REFUSALS = [
  'channel_not_found',
  'is_archived',
  'is_inactive',
  'not_in_channel',
  'user_not_in_channel',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'messages_tab_disabled',
  'thread_not_found',
  'cannot_reply_to_message',
  'posting_to_general_channel_denied',
  'no_permission',
  'ekm_access_denied',
  'channel_is_limited_access',
]

describe('an ephemeral answer that Slack refuses comes as a direct message', () => {
  test.each(REFUSALS)('%s', async error => {
    refuse('chat.postEphemeral', error)
    await world.slack.deliver.mention({ user: USER, channel: 'C0OPS', text: 'status orders-api' })
    await world.quiet()
    expect(direct()).toContain('orders-api')
    expect(world.told(USER)).toBe('')
  })

  test.each(REFUSALS)('%s, of what a mention is refused with at once', async error => {
    refuse('chat.postEphemeral', error)
    await world.slack.deliver.mention({ user: USER, channel: 'C0OPS', text: 'scale orders-api banana' })
    await world.quiet()
    expect(direct()).toContain('banana is not a number of tasks')
  })

  test.each<[string, Effect]>([
    ['a lost connection', { kind: 'drop' }],
    ['HTTP 503', { kind: 'status', status: 503 }],
    ['a rate limit', { kind: 'ratelimited', retryAfter: 30 }],
  ])('%s, of what a mention is refused with at once', async (_, effect) => {
    world.slack.faults.add({ method: 'chat.postEphemeral', effect })
    await world.slack.deliver.mention({ user: USER, channel: 'C0OPS', text: 'scale orders-api banana' })
    await world.quiet()
    expect(direct()).toContain('banana is not a number of tasks')
  })
})

describe('an answer whose response URL does not work comes as an ephemeral message', () => {
  test.each<[string, Effect]>([
    ['used up', { kind: 'status', status: 404 }],
    ['forbidden', { kind: 'status', status: 403 }],
    ['down', { kind: 'status', status: 500 }],
    ['lost', { kind: 'drop' }],
    ['limited', { kind: 'ratelimited', retryAfter: 30 }],
    ['of a channel that is gone', { kind: 'error', error: 'channel_not_found' }],
  ])('%s', async (_, effect) => {
    world.slack.faults.add({ method: 'response_url', effect, times: 2 })
    expect(await world.type('status orders-api')).toContain('orders-api')
    expect(world.slack.calls.at(-1)?.method).toBe('chat.postEphemeral')
  })

  test('of a click, too', async () => {
    await world.type('scale orders-api 6')
    const card = world.cards()[0]
    world.slack.faults.add({ method: 'response_url', effect: { kind: 'status', status: 404 }, times: 2 })
    const at = { user: USER, channel: 'C0OPS', ts: card?.ts ?? '' }
    await world.slack.deliver.click({ ...at, actionId: 'decide:approve' })
    await world.quiet()
    expect(world.told(USER)).toContain('You requested this change, so someone else must approve it.')
  })
})

describe('a form that cannot open says so', () => {
  const TROUBLES = ['expired_trigger_id', 'fatal_error', 'view_too_large', 'missing_scope', 'ratelimited']

  test.each(TROUBLES)('%s, after the shortcut', async error => {
    await world.slack.deliver.post({ user: USER, channel: 'C0OPS', text: 'hello' })
    const { ts = '' } = world.slack.workspace.history('C0OPS').at(-1) ?? {}
    refuse('views.open', error)
    await world.slack.deliver.shortcut({ user: USER, channel: 'C0OPS', ts, callbackId: 'operate' })
    await world.quiet()
    expect(world.told(USER)).toContain(`opening the form: Slack answered ${error}`)
    expect(world.slack.calls.at(-1)?.method).toBe('views.open')
  })

  test('after the command, with what there is', async () => {
    refuse('views.open', 'fatal_error')
    const told = await world.type('')
    expect(told).toContain('Quarterdeck operates Amazon ECS')
    expect(told).toContain('opening the form: Slack answered fatal_error')
  })

  test('after the shortcut in a thread, in that thread', async () => {
    const { message } = await world.slack.deliver.post({ user: USER, channel: 'C0OPS', text: 'hello' })
    const reply = { user: USER, channel: 'C0OPS', text: 'again', threadTs: message.ts }
    const { message: second } = await world.slack.deliver.post(reply)
    refuse('views.open', 'fatal_error')
    await world.slack.deliver.shortcut({ user: USER, channel: 'C0OPS', ts: second.ts, callbackId: 'operate' })
    await world.quiet()
    expect(world.slack.workspace.ephemerals(USER).at(-1)).toMatchObject({ thread_ts: message.ts })
  })

  test.each(TROUBLES)('%s, after a button of a card', async error => {
    await world.type('scale orders-api 6')
    refuse('views.open', error)
    const ts = world.cards()[0]?.ts ?? ''
    await world.slack.deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'decide:reject' })
    await world.quiet()
    expect(world.told('U0APPROVE')).toContain(`opening the form: Slack answered ${error}`)
  })

  test('and by a direct message where its response URL does not work either', async () => {
    const { message } = await world.slack.deliver.post({ user: USER, channel: 'C0OPS', text: 'hello' })
    refuse('views.open', 'fatal_error')
    refuse('response_url', 'invalid_payload')
    refuse('chat.postEphemeral', 'restricted_action')
    await world.slack.deliver.shortcut({ user: USER, channel: 'C0OPS', ts: message.ts, callbackId: 'operate' })
    await world.quiet()
    expect(direct()).toContain('opening the form: Slack answered fatal_error')
  })
})

describe('a card whose channel refuses it goes to the approval channel', () => {
  test.each([
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'posting_to_general_channel_denied',
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'no_permission',
    'ekm_access_denied',
    'message_limit_exceeded',
    'channel_is_limited_access',
  ])('%s', async error => {
    refuse('chat.postMessage', error)
    expect(await world.type('scale orders-api 6')).toContain('#C0APPROVALS')
    expect(world.cards('C0OPS')).toEqual([])
    expect(world.cards('C0APPROVALS')).toHaveLength(1)
  })

  test('refused there, too: the requester is told why', async () => {
    refuse('chat.postMessage', 'missing_scope', 2)
    expect(await world.type('scale orders-api 6')).toMatch(
      /could not be posted \(Slack: missing_scope\)[\s\S]*An administrator can install the Slack app again/,
    )
  })
})

test('what --share cannot post says what is missing, and who mends it', async () => {
  refuse('chat.postMessage', 'missing_scope')
  const told = await world.type('status orders-api --share')
  expect(told).toContain('posting to Slack: Slack answered missing_scope')
  expect(told).not.toContain('Try again')
})

test('what --share cannot post where the bot is not says: invite it', async () => {
  refuse('chat.postMessage', 'channel_not_found')
  const told = await world.type('status orders-api --share')
  expect(told).toContain('Quarterdeck is not in this channel, or it does not exist')
  expect(told).toContain('Invite Quarterdeck to this channel: /invite @quarterdeck.')
})

test.each<[string, () => void]>([
  [
    'whose channel was archived',
    () => {
      const channel = world.slack.workspace.channels.get('C0OPS')
      if (channel !== undefined) world.slack.workspace.putChannel({ ...channel, archived: true })
    },
  ],
  [
    'that the workspace lets nobody edit any more',
    () => {
      world.clock.advance(60_000)
      world.slack.workspace.editWindowMs = 1_000
    },
  ],
])('a change with a card %s runs once, and its story ends', async (_, trouble) => {
  await world.type('scale orders-api 6')
  trouble()
  await world.click('approve', 'U0APPROVE')
  await world.until(() => world.desired() === 6)
  await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
  expect(world.calls('UpdateService')).toHaveLength(1)
})

test.each(['is_inactive', 'edit_window_closed', 'cant_update_message', 'message_not_found'])(
  'a card that cannot be updated (%s) ends its story all the same',
  async error => {
    await world.type('scale orders-api 6')
    refuse('chat.update', error, 20)
    await world.click('approve', 'U0APPROVE')
    await world.until(() => world.desired() === 6)
    await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
    expect([...world.durable.executions.values()].map(({ status }) => status)).toEqual(['SUCCEEDED'])
  },
)

test('Slack’s notice that it leaves out events is answered, and told to the operators once an hour', async () => {
  for (let minute = 0; minute < 3; minute += 1) {
    const { status } = await world.slack.deliver.limitRate()
    expect(status).toBe(200)
    await world.quiet()
    world.clock.advance(60_000)
  }
  const told = () => world.cards('C0APPROVALS').map(textOf)
  expect(told()).toEqual([expect.stringContaining('Slack does not deliver all events to Quarterdeck')])
  world.clock.advance(3_600_000)
  await world.slack.deliver.limitRate()
  await world.quiet()
  expect(told()).toHaveLength(2)
})

test('an unsigned notice tells nobody anything', async () => {
  const { status } = await world.slack.deliver.limitRate({ tamper: 'unsigned' })
  await world.quiet()
  expect(status).toBe(401)
  expect(world.cards('C0APPROVALS')).toEqual([])
})
