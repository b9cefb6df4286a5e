// Attacks by editing a message that mentions the bot: Slack sends it again, with a new event id. A line runs once; another
// line is a request of its own that names the first.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const REQUESTER = { user: 'U0REQUEST', channel: 'C0OPS' }

const mention = async (text: string, user = 'U0REQUEST') => {
  const { message } = await world.slack.deliver.mention({ ...REQUESTER, user, text })
  await world.quiet()
  return message.ts
}

/** `typed`: the whole message. */
const edit = async (ts: string, typed: string, user = 'U0REQUEST') => {
  await world.slack.deliver.edit({ ...REQUESTER, user, ts, text: typed })
  await world.quiet()
}

const cards = () => world.cards().map(textOf)
const names = () => [...world.durable.executions.keys()]

const approve = async (index: number) => {
  const { channel = '', ts = '' } = world.cards()[index] ?? {}
  await world.slack.deliver.click({ user: 'U0APPROVE', channel, ts, actionId: 'decide:approve' })
  await world.quiet()
}

describe('the same line again does nothing', () => {
  test.each([
    ['more blanks', '@quarterdeck   scale  orders-api   +1'],
    ['quotes', '@quarterdeck scale “orders-api” "+1"'],
    ['capitals of the command', '@quarterdeck SCALE orders-api +1'],
    ['the slash command before it', '@quarterdeck /ecs scale orders-api +1'],
    ['the mention at its end', 'scale orders-api +1 @quarterdeck'],
  ])('with %s', async (_, typed) => {
    const ts = await mention('scale orders-api +1')
    await approve(0)
    await world.until(() => world.desired() === 5)
    await edit(ts, typed)
    expect(names()).toHaveLength(1)
    expect(cards()).toHaveLength(1)
    expect(world.told('U0REQUEST')).toBe('')
    expect(world.desired()).toBe(5)
  })

  test('with its options in another order', async () => {
    const ts = await mention('scale orders-api +1 --for 1h --reason "queue grows"')
    await edit(ts, '@quarterdeck scale orders-api +1 --reason "queue grows" --for 1h')
    expect(names()).toHaveLength(1)
  })

  test('after another one', async () => {
    const ts = await mention('scale orders-api +1')
    await edit(ts, '@quarterdeck scale orders-api +2')
    await edit(ts, '@quarterdeck scale orders-api +1')
    expect(names()).toHaveLength(2)
    expect(world.told('U0REQUEST')).toBe('')
  })

  test('when Slack cannot name its writer the second time', async () => {
    const ts = await mention('scale orders-api +1')
    world.slack.faults.add({ method: 'users.info', effect: { kind: 'error', error: 'fatal_error' } })
    await edit(ts, '@quarterdeck  scale orders-api +1')
    expect(names()).toHaveLength(1)
    expect(world.told('U0REQUEST')).toBe('')
  })

  test('for a setting: no lock comes back that somebody removed', async () => {
    const ts = await mention('lock orders-api --reason "sale"', 'U0APPROVE')
    expect(await world.type('unlock orders-api', { user: 'U0APPROVE' })).toBe('')
    await edit(ts, '@quarterdeck  lock orders-api --reason "sale"', 'U0APPROVE')
    expect(await world.type('scale orders-api 6')).toBe('')
  })
})

describe('a corrected line', () => {
  test('is a request of its own, and its card names the first', async () => {
    const ts = await mention('scale orders-api +1')
    await edit(ts, '@quarterdeck scale orders-api +2')
    expect(cards()).toHaveLength(2)
    expect(cards()[0]).not.toContain('edited')
    expect(cards()[1]).toContain(
      'The message was edited. Its earlier line, scale orders-api +1, is a request of its own: see its card.',
    )
  })

  test('names every line before it, of its own message alone', async () => {
    await mention('restart orders-worker')
    const ts = await mention('scale orders-api +1')
    await edit(ts, '@quarterdeck scale orders-api +2')
    await edit(ts, '@quarterdeck restart orders-api')
    expect(cards()[3]).toContain('Its earlier line, scale orders-api +1, is')
    const details = await world.details()
    expect(details).toContain('Its earlier line, scale orders-api +1, is')
    expect(details).toContain('Its earlier line, scale orders-api +2, is')
    expect(details).not.toContain('line, restart orders-worker')
  })

  test('says so when the first was refused', async () => {
    const ts = await mention('scale orders-apx 6')
    await edit(ts, '@quarterdeck scale orders-api 6')
    expect(cards().at(-1)).toContain('Its earlier line, scale orders-apx 6, was answered and changed nothing.')
  })

  test('that is refused says that the first stays', async () => {
    const ts = await mention('scale orders-api 6')
    await edit(ts, '@quarterdeck scale orders-apx 6')
    expect(world.told('U0REQUEST')).toContain('Its earlier line, scale orders-api 6, is a request of its own')
  })

  test('of a setting is answered with the first', async () => {
    const ts = await mention('lock orders-api --reason "sale"', 'U0APPROVE')
    await edit(ts, '@quarterdeck lock orders-worker --reason "sale"', 'U0APPROVE')
    expect(cards().at(-1)).toContain('Its earlier line, lock orders-api --reason "sale", is a request of its own')
  })

  test('of a message that mentioned nobody is a first line', async () => {
    const { message } = await world.slack.deliver.post({ ...REQUESTER, text: 'scale orders-api +1' })
    await edit(message.ts, '@quarterdeck scale orders-api +1')
    expect(cards()).toHaveLength(1)
    expect(cards()[0]).not.toContain('edited')
  })
})

describe('an edit starts nothing', () => {
  test('after the ids of earlier requests may be forgotten', async () => {
    const ts = await mention('lock orders-api --reason "sale"', 'U0APPROVE')
    await world.type('unlock orders-api', { user: 'U0APPROVE' })
    world.clock.advance(25 * 3_600_000)
    await edit(ts, '@quarterdeck  lock orders-api --reason "sale"', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('Nothing was started: the message was more than 12 hours old')
    expect(await world.type('scale orders-api 6')).toBe('')
  })

  test('by somebody other than its writer', async () => {
    const ts = await mention('status orders-api')
    const forged = { type: 'app_mention', user: 'U0REQUEST', ts, channel: 'C0OPS', team: 'T0QUARTER', event_ts: ts }
    const { type, ...fields } = forged
    await world.slack.deliver.event(type, {
      ...fields,
      text: '<@U0QUARTERBOT> restart orders-api',
      edited: { user: 'U0OUTSIDE', ts },
    })
    await world.quiet()
    expect(names()).toEqual([])
  })

  test('by deleting the message', async () => {
    const ts = await mention('scale orders-api +1')
    await world.slack.deliver.remove({ ...REQUESTER, ts })
    await world.quiet()
    expect(names()).toHaveLength(1)
  })
})

test('mentions of somebody without a role use one look-up of a person, which everybody shares', async () => {
  for (let time = 0; time < 5; time += 1) await mention(`status orders-${time}`, 'U0OUTSIDE')
  expect(world.slack.calls.filter(({ method }) => method === 'users.info')).toHaveLength(1)
})
