// In the Messages tab a line works as a mention does. Slack also tells there of what nobody asked for.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BOT } from '../../sandbox/slack/seed.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const HERE = { user: 'U0REQUEST', channel: 'D0REQUEST' }
const write = async (text: string, threadTs?: string) => {
  const { message } = await world.slack.deliver.post({ ...HERE, text, ...(threadTs !== undefined && { threadTs }) })
  await world.quiet()
  return message.ts
}
const names = () => [...world.durable.executions.keys()]

test.each([
  'status orders-api',
  '/ecs status orders-api',
  'ecs status orders-api',
  '@quarterdeck status orders-api',
  'status `orders-api`',
  '*status orders-api*',
  '_status_ *orders-api*',
])('%s is answered there', async text => {
  await write(text)
  expect(world.told('U0REQUEST')).toContain('orders-api')
  expect(world.slack.workspace.ephemerals('U0REQUEST').at(-1)).toMatchObject({ channel: 'D0REQUEST' })
})

test('a word that is no command is answered, too', async () => {
  await write('hello')
  expect(world.told('U0REQUEST')).toContain('hello')
})

test('a change is one operation, and its card is posted once', async () => {
  await write('scale orders-api +1')
  expect(names()).toHaveLength(1)
  expect(world.slack.workspace.history('D0REQUEST').filter(({ bot_id }) => bot_id !== undefined)).toHaveLength(1)
})

test('an edited line that means the same runs nothing; a corrected one names the first', async () => {
  const ts = await write('scale orders-api +1')
  await world.slack.deliver.edit({ ...HERE, ts, text: 'scale  orders-api   +1' })
  await world.quiet()
  expect(names()).toHaveLength(1)
  await world.slack.deliver.edit({ ...HERE, ts, text: 'scale orders-api +2' })
  await world.quiet()
  expect(names()).toHaveLength(2)
  const cards = world.slack.workspace.history('D0REQUEST').map(textOf)
  expect(cards.at(-1)).toContain('Its earlier line, scale orders-api +1, is a request of its own')
})

test('a line in a thread is answered in that thread', async () => {
  const ts = await write('status orders-api')
  await write('status orders-worker', ts)
  expect(world.slack.workspace.ephemerals('U0REQUEST').at(-1)).toMatchObject({ thread_ts: ts })
})

describe('nothing runs', () => {
  const send = async (fields: object) => {
    await world.slack.deliver.event('message', { channel: 'D0REQUEST', channel_type: 'im', ts: '1.1', ...fields })
    await world.quiet()
    expect(names()).toEqual([])
    expect(world.told('U0REQUEST')).toBe('')
  }
  const text = 'restart orders-api'

  test('of what the bot itself wrote', () => send({ user: BOT.userId, bot_id: BOT.botId, text }))
  test('of what another app wrote', () => send({ user: 'U0REQUEST', bot_id: 'B0OTHER', text }))
  test('of a message of a bot by subtype', () => send({ subtype: 'bot_message', bot_id: 'B0OTHER', text }))
  test('of a message without a writer', () => send({ text }))
  test('of a message in a channel', () => send({ user: 'U0REQUEST', channel: 'C0OPS', channel_type: 'channel', text }))
  test('of a message in a group', () => send({ user: 'U0REQUEST', channel: 'C0OPS', channel_type: 'mpim', text }))
  test.each(['channel_topic', 'message_replied', 'reminder_add', 'me_message', 'thread_broadcast', 'tombstone'])(
    'of the subtype %s',
    subtype => send({ user: 'U0REQUEST', subtype, text }),
  )
  test('when a message is deleted', () =>
    send({ subtype: 'message_deleted', deleted_ts: '1.0', previous_message: { user: 'U0REQUEST', ts: '1.0', text } }))
  test('when Slack adds the preview of a link', () =>
    send({
      subtype: 'message_changed',
      message: { user: 'U0REQUEST', ts: '1.0', text, attachments: [{}] },
      previous_message: { user: 'U0REQUEST', ts: '1.0', text },
    }))
  test('when the bot updates its card', () =>
    send({
      subtype: 'message_changed',
      message: { user: BOT.userId, bot_id: BOT.botId, ts: '1.0', text, edited: { user: BOT.userId, ts: '2.0' } },
      previous_message: { user: BOT.userId, bot_id: BOT.botId, ts: '1.0', text: 'before' },
    }))
  test('when somebody else edited the line', () =>
    send({
      subtype: 'message_changed',
      message: { user: 'U0REQUEST', ts: '1.0', text, edited: { user: 'U0OUTSIDE', ts: '2.0' } },
      previous_message: { user: 'U0REQUEST', ts: '1.0', text: 'before' },
    }))
})

test('people without a role are refused there, too', async () => {
  await world.slack.deliver.post({ user: 'U0OUTSIDE', channel: 'D0OUTSIDE', text: 'status orders-api' })
  await world.quiet()
  expect(world.told('U0OUTSIDE')).toContain('is not in Quarterdeck’s configuration')
})

describe('a click in a thread, on what only I see', () => {
  test('is answered in that thread, also through the response URL', async () => {
    const { message } = await world.slack.deliver.post({ ...HERE, channel: 'C0OPS', text: 'trouble' })
    const asked = { ...HERE, channel: 'C0OPS', threadTs: message.ts }
    await world.slack.deliver.mention({ ...asked, text: 'status orders' })
    await world.quiet()
    const shown = world.slack.workspace.ephemerals('U0REQUEST').at(-1)
    expect(shown).toMatchObject({ thread_ts: message.ts, is_ephemeral: true })
    const button = (shown?.blocks ?? []).flatMap(({ elements }) => (Array.isArray(elements) ? elements : []))
    const action = button.find(one => String(one?.action_id).startsWith('run:'))?.action_id
    await world.slack.deliver.click({ ...HERE, channel: 'C0OPS', ts: shown?.ts ?? '', actionId: action })
    await world.quiet()
    const answer = world.slack.workspace.ephemerals('U0REQUEST').at(-1)
    expect(answer?.ts).not.toBe(shown?.ts)
    expect(answer).toMatchObject({ thread_ts: message.ts })
  })

  test('on a card with replies is answered in the channel, where it was clicked', async () => {
    await world.type('scale orders-api 6')
    const { ts = '' } = world.cards()[0] ?? {}
    await world.slack.deliver.post({ ...HERE, channel: 'C0OPS', text: 'why?', threadTs: ts })
    await world.slack.deliver.click({ ...HERE, channel: 'C0OPS', ts, actionId: 'decide:approve' })
    await world.quiet()
    expect(world.told('U0REQUEST')).toContain('You requested this change')
    expect(world.slack.workspace.ephemerals('U0REQUEST').at(-1)?.thread_ts).toBeUndefined()
  })
})
