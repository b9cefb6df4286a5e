// The builder: `/ecs` alone opens it, it asks for what its command needs, offers services, and starts what it says as if
// it had been typed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Submission } from '../../../sandbox/slack/deliver-views.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld({ services: 300 })
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(async () => {
  world.clock.advance(60_000)
  while (open() !== undefined) await world.slack.deliver.close({ user: 'U0REQUEST', all: true })
  world.aws.callLog.clear()
})

const user = 'U0REQUEST'
const open = () => world.slack.workspace.views(user).at(-1)?.view
const labels = () => (open()?.blocks ?? []).map(block => (block['label'] as { text?: string } | undefined)?.text ?? '')
const choose = async (command: string) => {
  await world.slack.deliver.click({ user, blockId: 'command', actionId: 'build:command', value: command })
  await world.quiet()
}
const offered = async (text: string, by = user, actionId = 'pick:service') => {
  const { options, refusal } = await world.slack.deliver.suggest({ user: by, actionId, text })
  expect(refusal).toBeUndefined()
  return options.map(({ value }) => String(value))
}
const submit = async (values: Submission['values']) => {
  const { errors } = await world.slack.deliver.submit({ user, ...(values && { values }) })
  await world.quiet()
  return errors
}

describe('/ecs alone', () => {
  test('opens it, with every command but help', async () => {
    expect(await world.type('')).toBe('')
    expect(labels()).toEqual(['Command'])
    const menu = JSON.stringify(open()?.blocks)
    expect(menu).toContain('scale: Set how many tasks a service runs')
    expect(menu).not.toContain('"help"')
  })

  test('says what there is where Slack opens no modal', async () => {
    world.slack.faults.add({ method: 'views.open', effect: { kind: 'drop' } } as never)
    expect(await world.type('')).toContain('Quarterdeck operates Amazon ECS')
    world.slack.faults.clear()
  })
})

describe('/ecs exec of a service, and no command', () => {
  test('opens its form, which offers what the configuration lets people run', async () => {
    expect(await world.type('exec orders-api')).toBe('')
    expect(labels().slice(0, 4)).toEqual(['Command', 'Service', 'Configured command', 'Run'])
    expect(await offered('', user, 'pick:command')).toEqual([
      'env-names',
      'processes',
      'threads',
      'disk path=/',
      'disk path=/tmp',
    ])
    expect(await submit({ 'known-command': 'threads', container: 'app', 'dry-run': 'yes' })).toEqual({})
    expect(world.told(user)).toContain('Run threads in orders-api')
  })
})

describe('a command', () => {
  test('brings its own fields, with hints', async () => {
    await world.type('')
    await choose('scale')
    expect(labels()).toEqual([
      'Command',
      'Service',
      'Count',
      'For',
      'Move bounds',
      'Suspend',
      'Count only',
      'Reason',
      'Dry run',
      'Break glass',
    ])
    expect(JSON.stringify(open()?.blocks)).toContain('Write how many tasks: 6, +2, -1, x2 or 50%.')
    await choose('status')
    expect(labels()).toEqual(['Command', 'Service', 'Chart', 'Explain', 'Share'])
  })

  test('that was sent before its fields came gets them', async () => {
    await world.type('')
    await submit({ command: { 'build:command': null } }).catch(() => undefined)
    expect(labels()).toEqual(['Command'])
    expect(await submit({ command: 'scale' })).toEqual({})
    expect(labels()).toContain('Count')
  })
})

describe('a picker', () => {
  test('offers services of the index, the likeliest first', async () => {
    await world.type('')
    await choose('status')
    expect((await offered('orders')).slice(0, 1)).toEqual(['prod.us-east-1/web/orders-api'])
    expect(await offered('chekout')).toContain('prod.us-east-1/web/checkout')
    expect(await offered('jobs/repo')).toEqual(['prod.us-east-1/jobs/reports', 'staging.us-east-1/jobs/reports'])
    expect(await offered('')).toHaveLength(100)
    expect(await offered('zzzz')).toEqual([])
  })

  test('of a place offers accounts and clusters before services', async () => {
    await world.type('')
    await choose('check')
    expect((await offered('prod', user, 'pick:place'))[0]).toBe('prod')
    expect(await offered('us-east-1/web', user, 'pick:place')).toEqual(
      expect.arrayContaining(['prod.us-east-1/web', 'staging.us-east-1/web', 'prod.us-east-1/web/orders-api']),
    )
    await offered('prod.us-east-1/web', user, 'pick:place')
    expect(await submit({ place: 'prod.us-east-1/web' })).toEqual({})
    expect(world.told(user)).toContain('prod.us-east-1/web')
  })

  test('offers nothing that the rules do not let one see', async () => {
    const yaml = (await import('node:fs/promises')).readFile('quarterdeck.yaml', 'utf8')
    await world.publish(
      (await yaml).replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: viewer, accounts: [prod] }\n'),
    )
    world.clock.advance(120_000)
    await world.type('')
    await choose('status')
    expect((await offered('checkout')).filter(name => name.startsWith('prod'))).toEqual([])
    expect(await offered('checkout')).toEqual(['staging.us-east-1/web/checkout'])
    await choose('check')
    expect((await offered('prod', user, 'pick:place')).filter(name => name.startsWith('prod'))).toEqual([])
    await world.publish(await yaml)
    world.clock.advance(120_000)
  })

  test('offers nothing where the store does not answer', async () => {
    world.clock.advance(120_000)
    await world.type('')
    await choose('status')
    world.aws.faults.add({
      match: { service: 'dynamodb', function: 'quarterdeck-slack' },
      when: 'before',
      effect: { kind: 'throttle' },
      times: 10,
    })
    expect(await offered('orders')).toEqual([])
    world.aws.faults.clear()
  })
})

describe('what is sent', () => {
  test('is started as if typed, and answered where it was opened', async () => {
    await world.type('')
    await choose('status')
    await offered('orders-api')
    expect(await submit({ service: 'prod.us-east-1/web/orders-api' })).toEqual({})
    expect(open()).toBeUndefined()
    expect(world.told(user)).toContain('orders-api is healthy and steady')
  })

  test('is a plan with its card', async () => {
    await world.type('')
    await choose('scale')
    await offered('orders-api')
    await submit({ service: 'prod.us-east-1/web/orders-api', count: '−1', reason: 'it is “quiet”', 'dry-run': ['yes'] })
    await world.until(() => world.told(user) !== '' || world.cards().length > 0)
    expect(`${world.told(user)} ${world.card()}`).toContain('4 → 3')
  })

  test('that does not parse stands beside its field', async () => {
    await world.type('')
    await choose('scale')
    await offered('orders-api')
    const errors = await submit({ service: 'prod.us-east-1/web/orders-api', count: 'many', for: 'ever' })
    expect(errors).toMatchObject({
      count: expect.stringContaining('many is not a number of tasks.'),
      for: expect.stringContaining('ever is not a duration.'),
    })
    expect(open()).toBeDefined()
  })

  test('from a message in a thread is answered there', async () => {
    const { message } = await world.slack.deliver.post({ user, channel: 'C0OPS', text: 'is it slow?' })
    await world.slack.deliver.shortcut({ user, channel: 'C0OPS', ts: message.ts, callbackId: 'operate' })
    expect(labels()).toEqual(['Command'])
    await choose('whoami')
    await submit({})
    expect(world.told(user)).toContain('requester@example.com')
    const call = world.slack.calls.findLast(({ method }) => method === 'chat.postEphemeral')
    expect(JSON.stringify(call)).toContain(message.ts)
  })

  test('from a button stands in its fields already, and may be changed', async () => {
    await world.type('status orders-api')
    await world.press('Scale')
    expect(labels()).toContain('Count')
    expect(await submit({ count: '5', 'dry-run': ['yes'] })).toEqual({})
    await world.until(() => world.told(user).includes('→'))
    expect(world.told(user)).toContain('Scale orders-api 4 → 5')
  })
})
