// Channels that other people read: no card, output, thread or picture with inner details reaches them.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser, PARTNER_TEAM } from '../../sandbox/slack/seed.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  world.slack.workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: PARTNER_TEAM }))
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const join = async (channel: string) => {
  await world.slack.deliver.join('U0PARTNER', channel)
  await world.quiet()
}
const leave = (id: string) => {
  const channel = world.slack.workspace.channels.get(id)
  if (channel === undefined) throw new Error(`no channel ${id}`)
  const members = channel.members.filter(member => member !== 'U0PARTNER')
  world.slack.workspace.putChannel({ ...channel, members })
}
const DETAILS = /4 → 6|tasks start|Now: |Undo: |Desired count|UpdateService|Risk: |requester@example\.com/
const everythingIn = (channel: string) => world.slack.workspace.messages(channel).map(textOf).join('\n')
const dialog = (user: string) => textOf(world.slack.workspace.views(user).at(-1)?.view as never)

describe('a channel that another company reads', () => {
  test('gets no card: it goes to the approval channel, and the requester is told where', async () => {
    await join('C0OPS')
    expect(await world.type('scale orders-api 6')).toContain('The plan was posted in #C0APPROVALS')
    expect(everythingIn('C0OPS')).not.toMatch(DETAILS)
    expect(world.card('C0APPROVALS')).toContain('[Approve]')
    await world.press('Approve', 'U0APPROVE')
    await world.until(() => world.card('C0APPROVALS').includes('Done'))
    expect(everythingIn('C0OPS')).not.toMatch(DETAILS)
  })

  test('is trusted where the configuration says so', async () => {
    await world.publish(EXAMPLE.replace('trusted: []', 'trusted: [C0OPS]'))
    await join('C0OPS')
    expect(await world.type('scale orders-api 6')).toBe('')
    expect(world.card()).toContain('[Approve]')
  })

  test('hears neither of locks nor of halts: the approval channel does', async () => {
    await join('C0OPS')
    expect(await world.type('lock orders-api --reason "the secret project"', { user: 'U0APPROVE' })).toContain('secret')
    expect(everythingIn('C0OPS')).not.toContain('secret')
    expect(everythingIn('C0APPROVALS')).toContain('the secret project')
  })
})

describe('where the approval channel has outsiders, too', () => {
  beforeEach(async () => {
    await join('C0OPS')
    await join('C0APPROVALS')
  })

  test('a bare card says that a request waits, and opens for those who may see it', async () => {
    expect(await world.type('scale orders-api 6')).toContain('The plan was posted in #C0APPROVALS')
    expect(world.card('C0APPROVALS')).toContain('-risk request for orders-api waits for approval.')
    expect(world.card('C0APPROVALS')).toContain('[Open]')
    expect(everythingIn('C0APPROVALS') + everythingIn('C0OPS')).not.toMatch(DETAILS)
    await world.press('Open', 'U0APPROVE')
    expect(dialog('U0APPROVE')).toContain('Scale orders-api 4 → 6')
    expect(dialog('U0APPROVE')).toContain('[Approve]')
    await world.press('Open', 'U0PARTNER')
    expect(dialog('U0PARTNER')).toContain('You may not see this request')
    expect(dialog('U0PARTNER')).not.toMatch(DETAILS)
  })

  test('the review of broken glass reaches the people on call, each alone', async () => {
    await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason "incident 812"')
    const told = (channel: string) => everythingIn(channel).includes('Please review')
    await world.until(() => told('D0REQUEST'), 30 * 3_600_000)
    expect(['C0OPS', 'C0APPROVALS', 'D0OUTSIDE'].filter(told)).toEqual([])
  })
})

describe('an outsider who joins', () => {
  test('where cards stand is reported to the approval channel, with on call, once an hour', async () => {
    await world.type('scale orders-api 6')
    await join('C0OPS')
    expect(world.card('C0APPROVALS')).toContain(
      'People of other companies now read #C0OPS, where 1 card of Quarterdeck stands',
    )
    expect(world.card('C0APPROVALS')).toContain('Scale orders-api 4 → 6')
    expect(world.card('C0APPROVALS')).toContain('@S0ONCALL')
    const count = world.cards('C0APPROVALS').length
    world.slack.workspace.putUser(aUser({ id: 'U0OTHER', displayName: 'Other', teamId: PARTNER_TEAM }))
    await world.slack.deliver.join('U0OTHER', 'C0OPS')
    await world.quiet()
    expect(world.cards('C0APPROVALS').length).toBe(count)
  })

  test('again and again costs one look at the channel an hour', async () => {
    await world.type('scale orders-api 6')
    const asked = () => world.slack.calls.filter(({ method }) => method === 'conversations.members').length
    const before = asked()
    for (let time = 0; time < 5; time += 1) {
      await join('C0OPS')
      leave('C0OPS')
    }
    expect(asked()).toBe(before + 1)
  })

  test('where answers were shared is reported, too', async () => {
    await world.type('status orders-api --share')
    await join('C0OPS')
    expect(world.card('C0APPROVALS')).toContain('People of other companies now read #C0OPS')
    expect(world.card('C0APPROVALS')).toContain('status orders-api --share, shared by requester')
  })

  test('sees no more of a card that stands there: its next update is bare', async () => {
    await world.type('scale orders-api 6')
    expect(world.card()).toContain('[Approve]')
    await join('C0OPS')
    await world.click('approve')
    await world.until(() => world.card().includes('has ended'))
    expect(world.card()).toContain('[Open]')
    expect(world.card()).not.toMatch(DETAILS)
  })

  test('keeps nobody from hearing that a temporary change is not reverted', async () => {
    await world.type('scale orders-api 6 --for 1h')
    await world.click('approve')
    await world.until(() => world.card().includes('Temporary:'))
    await join('C0OPS')
    await join('C0APPROVALS')
    world.service().desired = 9
    const told = (channel: string) => everythingIn(channel).includes('The temporary change on orders-api has ended.')
    await world.until(() => told('D0REQUEST'), 3 * 3_600_000)
    expect(['C0OPS', 'C0APPROVALS', 'D0OUTSIDE'].filter(told)).toEqual([])
  })

  test('is no reason for a report where no card stands, and own people are none', async () => {
    await join('C0OPS')
    expect(world.cards('C0APPROVALS')).toEqual([])
  })
})

test('an answer about readers counts for a minute, and no longer than until somebody joins', async () => {
  await world.type('scale orders-api 6')
  const asked = () => world.slack.calls.filter(({ method }) => method === 'conversations.members').length
  const before = asked()
  await world.type('scale orders-api 7')
  expect(asked()).toBe(before)
  world.clock.advance(61_000)
  await world.type('scale orders-api 8')
  expect(asked()).toBe(before + 1)
})
