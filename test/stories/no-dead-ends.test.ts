// What lacks something, asks for it: a form filled in, a question with answers, never a line to type again.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const FULL = 'prod.us-east-1/web/orders-api'
const form = (user = 'U0REQUEST') => JSON.stringify(world.slack.workspace.views(user).at(-1)?.view ?? {})
const mention = async (text: string, thread?: string) => {
  await world.slack.deliver.mention({
    user: 'U0REQUEST',
    channel: 'C0OPS',
    text,
    ...(thread !== undefined && { thread }),
  })
  await world.quiet()
  return world.told('U0REQUEST')
}
describe('a line that lacks an argument', () => {
  test('says so and opens the form, filled in with the rest', async () => {
    const said = await world.type('scale orders-api --for 1h')
    expect(said).toContain('/ecs scale needs <count>')
    expect(form()).toContain('Operate ECS')
    expect(form()).toContain('"orders-api"')
    expect(form()).toContain('"initial_value":"1h"')
  })

  test('has a button to the form where none could be opened: the trigger expired', async () => {
    world.slack.faults.add({ method: 'views.open', effect: { kind: 'error', error: 'expired_trigger_id' } })
    const said = await world.type('scale orders-api --reason "secret"')
    expect(said).toContain('/ecs scale needs <count>')
    expect(said).toContain('[Fill In]')
    expect(form()).toBe('{}')
  })

  test('in a mention has the button, because a mention opens no form', async () => {
    expect(await mention('please scale orders-api')).toContain('[Fill In]')
  })
})

test('a mention in plain words is the command', async () => {
  await mention('please scale orders-api to 6')
  expect(world.card()).toContain('Scale orders-api 4 → 6')
})

describe('a change that needs a reason', () => {
  test('offers the form with the change in it', async () => {
    expect(await world.type('scale orders-api 80')).toContain('This change needs a reason.')
    await world.press('Add Reason', 'U0REQUEST')
    expect(form()).toContain(FULL)
    expect(form()).toContain('"initial_value":"80"')
  })

  test.each(['halt', 'lock orders-api', `cost snooze ${FULL}`])('so does %s', async line => {
    expect(await world.type(line, { user: 'U0APPROVE' })).toContain('[Add Reason]')
  })
})

describe('the message shortcut', () => {
  const shortcutOn = async (ts: string) => {
    await world.slack.deliver.shortcut({ user: 'U0REQUEST', channel: 'C0OPS', ts, callbackId: 'operate' })
    await world.quiet()
  }
  const choose = async (command: string) => {
    await world.slack.deliver.click({
      user: 'U0REQUEST',
      blockId: 'command',
      actionId: 'build:command',
      value: command,
    })
    await world.quiet()
  }

  test.each(['logs', 'scale', 'audit'])('on a card knows its service: %s', async command => {
    await world.type('scale orders-api 6')
    await shortcutOn(world.cards().at(-1)?.ts ?? '')
    await choose(command)
    expect(form()).toContain(FULL)
  })

  test('on another message asks for it', async () => {
    const { message } = await world.slack.deliver.post({ user: 'U0REQUEST', channel: 'C0OPS', text: 'slow again' })
    await shortcutOn(message.ts)
    await choose('scale')
    expect(form()).not.toContain('initial_option":{"text":{"type":"plain_text","text":"prod')
  })
})

test('favourites that could mean several services ask which one', async () => {
  const said = await world.type('here set --favourites orders-api,checkout', { user: 'U0APPROVE' })
  expect(said).toContain('3 services are named checkout.')
  expect(said).toContain('Which one?')
  expect(said).toContain('checkout]')
})
