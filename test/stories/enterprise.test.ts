// Enterprise Grid: a person's team in Slack's requests may be another workspace of the enterprise, or the enterprise itself.
// A listed person of the configured enterprise may act; a person of another company never may, with the same id, too.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser } from '../../sandbox/slack/seed.ts'
import type { User } from '../../sandbox/slack/types.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const ENTERPRISE = { id: 'E0ORG', name: 'The organization' }
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8')).replace(
  'team: T0QUARTER\n',
  `team: T0QUARTER\nenterprise: ${ENTERPRISE.id}\n`,
)

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  world.slack.workspace.enterprise = ENTERPRISE
  await world.publish(EXAMPLE)
})
afterEach(() => world.stop())

const become = (id: string, change: Partial<User>) => {
  const user = world.slack.workspace.users.get(id) ?? aUser({ id, displayName: id })
  world.slack.workspace.putUser({ ...user, ...change })
}

const COLLEAGUES: readonly (readonly [string, Partial<User>])[] = [
  ['of the workspace itself', { enterpriseId: ENTERPRISE.id }],
  ['of another workspace of the enterprise', { teamId: 'T0OTHER', enterpriseId: ENTERPRISE.id }],
  ['whose team is the enterprise', { teamId: ENTERPRISE.id, enterpriseId: ENTERPRISE.id }],
]

const STRANGERS: readonly (readonly [string, Partial<User>])[] = [
  ['of another company', { teamId: 'T0PARTNER' }],
  ['of another company that has an enterprise', { teamId: 'T0PARTNER', enterpriseId: 'E0PARTNER' }],
  ['whose team is another enterprise', { teamId: 'E0PARTNER', enterpriseId: 'E0PARTNER' }],
]

const CARD = { channel: 'C0OPS' }
const ts = () => world.cards()[0]?.ts ?? ''
const changed = async () => {
  await world.until(() => world.desired() === 6, 600_000).catch(() => undefined)
  return world.desired() === 6
}

const approve = () => world.slack.deliver.click({ ...CARD, user: 'U0APPROVE', ts: ts(), actionId: 'decide:approve' })

/** The services that the form offers. */
const offered = async () => {
  const user = 'U0REQUEST'
  await world.recur('index')
  await world.type('', { user })
  await world.slack.deliver.click({ user, blockId: 'command', actionId: 'build:command', value: 'status' })
  await world.quiet()
  return (await world.slack.deliver.suggest({ user, actionId: 'pick:service', text: 'orders' })).options
}

describe.each(COLLEAGUES)('a listed approver %s', (_, who) => {
  test('approves with a click', async () => {
    await world.type('scale orders-api 6')
    become('U0APPROVE', who)
    await approve()
    expect(await changed()).toBe(true)
  })

  test('submits the form of a change', async () => {
    become('U0REQUEST', who)
    const user = 'U0REQUEST'
    const [option] = await offered()
    await world.slack.deliver.submit({ user, values: { service: String(option?.['value']) } })
    await world.quiet()
    expect(world.told(user)).toContain('orders')
    expect(world.told(user)).not.toContain('Only people')
  })

  test('rejects with the form', async () => {
    await world.type('scale orders-api 6')
    become('U0APPROVE', who)
    await world.click('reject', 'U0APPROVE', 'not today')
    expect(world.card()).toContain('not today')
  })

  test('reads by command, by mention, in the Messages tab, by a button and in the form', async () => {
    become('U0REQUEST', who)
    expect(await world.type('whoami')).toContain('requester@example.com')
    await world.slack.deliver.mention({ ...CARD, user: 'U0REQUEST', text: 'status orders-api' })
    await world.quiet()
    expect(world.told('U0REQUEST')).toContain('orders-api')
    await world.slack.deliver.post({ channel: 'D0REQUEST', user: 'U0REQUEST', text: 'status orders-worker' })
    await world.quiet()
    expect(world.told('U0REQUEST')).toContain('orders-worker')
    await world.press('Show Chart', 'U0REQUEST').catch(() => undefined)
    expect(world.told('U0REQUEST')).not.toContain('Only people')
  })

  test('is offered services by pickers', async () => {
    become('U0REQUEST', who)
    expect((await offered()).length).toBeGreaterThan(0)
  })

  test('sees App Home', async () => {
    become('U0REQUEST', who)
    await world.slack.deliver.openHome('U0REQUEST')
    await world.quiet()
    expect(JSON.stringify(world.slack.workspace.home('U0REQUEST')?.blocks)).not.toContain('Only people')
  })
})

describe.each(STRANGERS)('the id of a listed approver, %s', (_, who) => {
  test('approves nothing', async () => {
    await world.type('scale orders-api 6')
    become('U0APPROVE', who)
    await approve()
    await world.quiet()
    expect(world.told('U0APPROVE')).toContain('Only people of this enterprise may use Quarterdeck.')
    expect(await changed()).toBe(false)
  })

  test('rejects nothing', async () => {
    await world.type('scale orders-api 6')
    become('U0APPROVE', who)
    await world.click('reject', 'U0APPROVE', 'not today')
    expect(world.card()).not.toContain('not today')
  })

  test('reads nothing', async () => {
    become('U0REQUEST', who)
    expect(await world.type('status orders-api')).toContain('Only people')
    for (const [channel, text] of [
      ['C0OPS', '@quarterdeck status orders-api'],
      ['D0REQUEST', 'status orders-api'],
    ] as const) {
      await world.slack.deliver.post({ channel, user: 'U0REQUEST', text })
      await world.quiet()
      expect(world.told('U0REQUEST')).toContain('Only people')
    }
    expect(await offered()).toEqual([])
  })
})

test('a person of the enterprise who is not listed has no access', async () => {
  become('U0OUTSIDE', { teamId: 'T0OTHER', enterpriseId: ENTERPRISE.id })
  expect(await world.type('status orders-api', { user: 'U0OUTSIDE' })).toContain(
    'is not in Quarterdeck’s configuration',
  )
})

test('without enterprise in the configuration, only the workspace counts', async () => {
  await world.publish(await readFile('quarterdeck.yaml', 'utf8'))
  await world.type('scale orders-api 6')
  become('U0APPROVE', { teamId: 'T0OTHER', enterpriseId: ENTERPRISE.id })
  await approve()
  await world.quiet()
  expect(world.told('U0APPROVE')).toContain('Only people of this workspace may use Quarterdeck.')
  expect(await changed()).toBe(false)
})

test('when Slack does not say whose person it is, nothing is counted', async () => {
  await world.type('scale orders-api 6')
  become('U0APPROVE', { teamId: 'T0OTHER', enterpriseId: ENTERPRISE.id })
  world.slack.faults.add({ method: 'users.info', effect: { kind: 'error', error: 'fatal_error' } })
  await approve()
  await world.quiet()
  expect(await changed()).toBe(false)
  // The next click asks again.
  await approve()
  expect(await changed()).toBe(true)
})

test('who is of another workspace is asked once, and who is of this one is not asked', async () => {
  const asked = () => world.slack.calls.filter(({ method }) => method === 'users.info').length
  expect(await world.type('whoami')).toContain('requester@example.com')
  expect(asked()).toBe(0)
  become('U0REQUEST', { teamId: 'T0OTHER', enterpriseId: ENTERPRISE.id })
  for (let time = 0; time < 3; time += 1) await world.type('whoami')
  expect(asked()).toBeLessThanOrEqual(1)
})
