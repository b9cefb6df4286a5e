// Slack refuses a message: the person is told all the same, and what waits for approval is posted where people can approve it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const REQUESTER = { user: 'U0REQUEST', channel: 'C0OPS' }
const dm = () => world.slack.workspace.openDm('U0REQUEST').id
const directMessages = (): string => world.slack.workspace.messages(dm()).map(textOf).join('\n')

const refuse = (method: string, error: string, times = 9) =>
  world.slack.faults.add({ method, effect: { kind: 'error', error }, times })
const mention = async (text: string) => {
  await world.slack.deliver.mention({ ...REQUESTER, text })
  await world.quiet()
}

describe('an answer to one person that Slack refuses goes to the direct messages', () => {
  test.each(['restricted_action', 'messages_tab_disabled', 'thread_not_found', 'user_not_in_channel', 'is_archived'])(
    '%s',
    async error => {
      refuse('chat.postEphemeral', error)
      await mention('status orders-api')
      expect(directMessages()).toContain('orders-api')
    },
  )

  test('also a usage error of a mention, which ingress answers', async () => {
    refuse('chat.postEphemeral', 'restricted_action')
    await mention('scale')
    expect(directMessages()).toContain('scale')
  })

  test('and the answer to a request that is refused', async () => {
    refuse('chat.postEphemeral', 'restricted_action')
    await mention('scale nowhere-at-all 6')
    expect(directMessages()).toContain('nowhere-at-all')
  })
})

test.each(['restricted_action', 'restricted_action_read_only_channel', 'channel_not_found', 'is_archived'])(
  'a card that its channel refuses (%s) goes to the approval channel, and the requester gets a link',
  async error => {
    const channel = 'C0APPROVALS'
    refuse('chat.postMessage', error, 1)
    await world.type('scale orders-api 6', { channel: 'C0OPS' })
    expect(world.cards('C0OPS')).toEqual([])
    expect(world.cards(channel).map(textOf).join('\n')).toContain('Scale orders-api')
    expect(world.told('U0REQUEST')).toContain('posted')
  },
)

describe('in the direct messages with Quarterdeck no mention is needed', () => {
  const say = async (text: string) => {
    await world.slack.deliver.post({ user: 'U0REQUEST', channel: dm(), text })
    await world.quiet()
  }
  const answers = (): string => [directMessages(), world.told('U0REQUEST')].join('\n')

  test.each([
    'status orders-api',
    '`status orders-api`',
    'status `orders-api`',
    '*status orders-api*',
    '/ecs status orders-api',
  ])('%s', async line => {
    await say(line)
    expect(answers()).toContain('orders-api')
    expect(answers()).not.toContain('There is no command')
  })

  test('a change is asked for in the approval channel, once, also when Slack delivers the message again', async () => {
    const ts = '1.5'
    const fields = { user: 'U0REQUEST', ts, channel: dm(), channel_type: 'im', team: 'T0QUARTER', event_ts: ts }
    for (let time = 0; time < 2; time += 1) {
      await world.slack.deliver.event('message', { ...fields, text: 'scale orders-api 6' })
      await world.quiet()
    }
    expect([...world.durable.executions.keys()]).toHaveLength(1)
  })

  test.each([
    ['of an app', { bot_id: 'B9' }],
    ['that was edited', { subtype: 'message_changed' }],
    ['of a channel', { channel_type: 'channel' }],
  ])('a message %s starts nothing', async (_, more) => {
    const fields = {
      user: 'U0REQUEST',
      ts: '1.5',
      channel: dm(),
      channel_type: 'im',
      team: 'T0QUARTER',
      event_ts: '1.5',
    }
    await world.slack.deliver.event('message', { ...fields, text: 'scale orders-api 6', ...more })
    await world.quiet()
    expect([...world.durable.executions.keys()]).toEqual([])
  })
})
