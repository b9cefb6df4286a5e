// Incidents: opened with a channel of their own, followed by a timeline from the audit, and closed with a review.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aChannel, aUser, BOT, PARTNER_TEAM } from '../../sandbox/slack/seed.ts'
import type { Incident } from '../../src/features/incidents/incident/incident.ts'
import { RemoteError } from '../../src/model/errors.ts'
import { pass } from '../world/driving.ts'
import { anOom, send, taskId } from './problem-events.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const MINUTE = 60_000
const NAME = 'inc-2026-11-22-orders-api'
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.recur('index')
})
afterEach(() => world.stop())

const channelNamed = (name = NAME) =>
  [...world.slack.workspace.channels.values()].find(one => one.name === name && !one.archived)
const idOf = (name = NAME) => channelNamed(name)?.id ?? ''
const messages = (name = NAME) => world.cards(idOf(name)).map(message => textOf(message))
const inOps = () => world.cards('C0OPS').map(message => textOf(message))
const join = (user: string) => {
  const channel = channelNamed()
  if (channel) world.slack.workspace.putChannel({ ...channel, members: [...channel.members, user] })
}
const refuseCreation = (error: string, times = 1) =>
  world.slack.faults.add({ method: 'conversations.create', effect: { kind: 'error', error }, times })

describe('opened', () => {
  test('an incident has a channel with topic, people, a pinned card and a pinned snapshot', async () => {
    await world.type('incident open orders-api checkout is down --severity critical')
    const channel = channelNamed()
    expect(channel?.members.toSorted()).toEqual([BOT.userId, 'U0REQUEST'].toSorted())
    expect(channel?.topic).toContain('Incident open · critical · orders-api: checkout is down')
    const [card = '', snapshot = ''] = messages()
    expect(card).toContain('🚨 Incident open · critical · orders-api: checkout is down')
    expect(card).toContain('opened an incident of critical severity on orders-api: checkout is down.')
    for (const label of ['Acknowledge', 'Mitigated', 'Why', 'Timeline', 'Close…']) expect(card).toContain(`[${label}]`)
    expect(snapshot).toMatch(/^orders-api|❌ orders-api/)
    expect(snapshot).toContain('As it was at')
    expect(channel?.pins).toHaveLength(2)
    expect(inOps().at(-1)).toContain('The incident on orders-api goes on in')
  })

  test('opened twice, it is one incident, and the second person gets the link', async () => {
    await world.type('incident open orders-api')
    const told = await world.type('incident open prod/web/orders-api', { user: 'U0APPROVE' })
    expect(told).toContain('orders-api already has an open incident.')
    expect(told).toMatch(/Its card/)
    expect(JSON.stringify(world.slack.workspace.ephemerals('U0APPROVE'))).toContain(idOf())
    expect(channelNamed(`${NAME}-2`)).toBeUndefined()
  })

  test('two people at the same moment, and each delivery twice, open one', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-decision', 'quarterdeck-schedule'])
    await Promise.all([
      world.type('incident open orders-api'),
      world.type('incident open orders-api', { user: 'U0APPROVE' }),
    ])
    await pass(3 * MINUTE, world)
    expect(channelNamed(`${NAME}-2`)).toBeUndefined()
    expect(messages()).toHaveLength(2)
  })

  test.each([true, false])('a name that is taken gets -2, archived: %s', async archived => {
    world.slack.workspace.putChannel(aChannel({ id: 'C0TAKEN', name: NAME, archived }))
    await world.type('incident open orders-api')
    expect(messages(`${NAME}-2`)).toHaveLength(2)
  })

  test('a service that not everybody may view gets a private channel', async () => {
    await world.publish(
      EXAMPLE.replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: viewer, targets: [web/orders-api] }\n'),
    )
    await world.type('incident open orders-api')
    expect(channelNamed()?.kind).toBe('private')
    expect(await world.type('incident open orders-api', { user: 'U0SECOND' })).not.toContain('incident')
  })

  test('the template of the configuration names the channel, and owners are invited', async () => {
    await world.publish(
      `${EXAMPLE}\nincidents:\n  channels: sev-{severity}-{account}-{service}\n  owners:\n    - { who: [S0OPS], targets: [web/*] }\n`,
    )
    await world.type('incident open orders-api')
    const members = channelNamed('sev-high-prod-orders-api')?.members
    for (const user of ['U0REQUEST', 'U0APPROVE', 'U0SECOND']) expect(members).toContain(user)
  })

  test('a person whom Slack does not add is named, and the others are there', async () => {
    await world.publish(`${EXAMPLE}\nincidents:\n  owners:\n    - { who: [S0OPS] }\n`)
    const second = world.slack.workspace.users.get('U0SECOND')
    if (second) world.slack.workspace.putUser({ ...second, deleted: true })
    await world.type('incident open orders-api')
    expect(channelNamed()?.members).toContain('U0APPROVE')
    expect(messages()[0]).toContain('Slack did not add U0SECOND. Invite them by hand.')
  })
})

describe('Slack refuses', () => {
  test.each([
    ['restricted_action', 'a setting of the workspace does not let apps create channels (restricted_action)'],
    ['missing_scope', 'the Slack app lacks a scope; install it again from manifest.yml (missing_scope)'],
    ['invalid_name_specials', 'Slack refused it (invalid_name_specials)'],
  ])('%s: the incident goes on where it was opened, and says why', async (error, words) => {
    refuseCreation(error)
    await world.type('incident open orders-api')
    const all = inOps().join('\n')
    expect(all).toContain(`No channel was created: ${words}. The incident goes on here.`)
    expect(all).toContain('🚨 Incident open · high · orders-api')
    await world.type('incident note still down')
    expect(inOps().at(-1)).toContain('still down')
  })

  test('all names taken: it says which', async () => {
    refuseCreation('name_taken', 5)
    await world.type('incident open orders-api')
    expect(inOps().join('\n')).toContain(`No channel was created: the names ${NAME} to ${NAME}-5 are taken.`)
  })

  test('an answer that was lost makes no second channel', async () => {
    world.slack.faults.add({ method: 'conversations.create', effect: { kind: 'lose' } })
    await world.type('incident open orders-api')
    await pass(3 * MINUTE, world)
    expect(channelNamed(`${NAME}-2`)).toBeUndefined()
    expect(messages()).toHaveLength(2)
  })

  test('ten minutes without Slack: the channel is made after, once', async () => {
    world.slack.faults.add({ method: 'conversations.create', effect: { kind: 'status', status: 503 }, times: 5 })
    await world.type('incident open orders-api')
    await pass(15 * MINUTE, world)
    expect(messages()).toHaveLength(2)
  })

  test('a pin that is refused leaves the card', async () => {
    world.slack.faults.add({ method: 'pins.add', effect: { kind: 'error', error: 'not_pinnable' }, times: 2 })
    await world.type('incident open orders-api')
    expect(messages()).toHaveLength(2)
  })
})

test('where outsiders read the channel, the bare card stays there, and the full one goes to the approval channel', async () => {
  world.slack.workspace.putUser(aUser({ id: 'U0GUEST', displayName: 'Guest', teamId: PARTNER_TEAM }))
  world.slack.workspace.putChannel(
    aChannel({ id: 'C0SHARED', name: 'shared', shared: true, members: ['U0REQUEST', 'U0GUEST', BOT.userId] }),
  )
  await world.type('incident open orders-api secret plans --here', { channel: 'C0SHARED' })
  const shared = world.cards('C0SHARED').map(message => textOf(message))
  expect(shared).toHaveLength(1)
  expect(shared[0]).toContain('An incident is open.')
  expect(shared.join()).not.toContain('orders-api')
  const full = world.cards('C0APPROVALS').map(message => textOf(message))
  expect(full.join('\n')).toContain('🚨 Incident open · high · orders-api: secret plans')
})

describe('the timeline', () => {
  beforeEach(() => world.type('incident open orders-api'))
  const here = () => ({ channel: idOf() })

  test('has what Quarterdeck does on the service, with approvers, by itself', async () => {
    await pass(2 * MINUTE, world)
    await world.type('scale orders-api 6')
    await world.click('approve')
    await pass(10 * MINUTE, world)
    await world.type('incident note "cards work again"', here())
    const told = await world.type('incident timeline', here())
    expect(told).toMatch(/\/ecs scale orders-api 6 \(tasks was 4\) · done · .*approved by @?U0APPROVE/)
    expect(told).toMatch(/Note by .*: cards work again/)
    expect(messages()[0]).toContain('cards work again')
    expect(messages()[0]).toContain('/ecs scale orders-api 6')
  })

  test('has no changes of other services', async () => {
    await world.type('restart prod.us-east-1/web/search')
    await world.click('approve')
    await pass(10 * MINUTE, world)
    expect(await world.type('incident timeline', here())).not.toContain('search')
  })

  test('hides secrets in notes, also in the audit', async () => {
    await world.type('incident note "the key is AKIAIOSFODNN7EXAMPLE"', here())
    const told = await world.type('incident timeline', here())
    expect(told).not.toContain('AKIAIOSFODNN7EXAMPLE')
    expect(JSON.stringify(await world.audit('111122223333'))).not.toContain('AKIAIOSFODNN7EXAMPLE')
  })

  test('notes are no changes: why does not show them', async () => {
    await world.type('incident note "cards work again"', here())
    expect(await world.type('why orders-api')).not.toContain('cards work again')
  })

  test('elsewhere lists the open incidents', async () => {
    const told = await world.type('incident timeline')
    expect(told).toContain('1 incident is open')
    expect(told).toContain('[Timeline of orders-api]')
  })

  test('is not for people who may not view the service', async () => {
    await world.publish(
      EXAMPLE.replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: viewer, targets: [web/orders-api] }\n'),
    )
    join('U0SECOND')
    const outside = { ...here(), user: 'U0SECOND' }
    expect(await world.type('incident timeline', outside)).not.toContain('orders-api')
    expect(await world.type('incident note "I was here"', outside)).toContain('There is no open incident here.')
    expect(await world.type('incident close done', outside)).toContain('There is no open incident here.')
    expect(messages()[0]).toContain('Incident open')
  })
})

describe('closed', () => {
  beforeEach(() => world.type('incident open orders-api'))
  const here = () => ({ channel: idOf() })

  test('the card has the times, and the review is a Markdown file', async () => {
    join('U0APPROVE')
    await pass(4 * MINUTE, world)
    await world.type('incident acknowledge', { ...here(), user: 'U0APPROVE' })
    await pass(6 * MINUTE, world)
    await world.type('incident mitigated', here())
    await pass(20 * MINUTE, world)
    await world.type('incident close "image 8 leaked <memory>"', here())
    await pass(2 * MINUTE, world)
    expect(messages()[0]).toMatch(/^✅ Incident closed · high · orders-api/)
    expect(messages()[0]).toMatch(/acknowledged after \d+ min, mitigated after \d+ min, resolved after \d+ min/)
    const files = [...world.slack.workspace.files.values()].filter(({ file }) => file.name.endsWith('.md'))
    expect(files).toHaveLength(1)
    const text = files[0]?.content.toString('utf8') ?? ''
    expect(text).toContain('| acknowledge | 4 min |')
    expect(text).toContain('| resolve | 30 min |')
    expect(text).toContain('image 8 leaked \\<memory\\>')
    expect(channelNamed()?.topic).toContain('Incident closed')
    await world.type('incident open orders-api')
    expect(messages(`${NAME}-2`)).toHaveLength(2)
  })

  test('temporary changes that are still open have a button that reverts them', async () => {
    await world.type('scale orders-api 6 --for 3h')
    await world.click('approve')
    await pass(10 * MINUTE, world)
    await world.type('incident close "more tasks for now"', here())
    expect(messages().join('\n')).toContain('Temporary changes')
    expect(messages().join('\n')).toMatch(/\[Revert Now\]|\[Restore/)
  })

  test('without a summary a form asks for it', async () => {
    await world.type('incident close', here())
    const [view] = world.slack.workspace.views('U0REQUEST')
    expect(JSON.stringify(view)).toContain('summary')
    expect(messages()[0]).toContain('Incident open')
  })

  test('the button of the card opens the form, filled in, and closes it', async () => {
    await world.slack.deliver.click({
      ...{ user: 'U0REQUEST', channel: idOf(), ts: world.cards(idOf())[0]?.ts ?? '', actionId: 'form:4' },
    })
    await world.quiet()
    await world.slack.deliver.submit({ user: 'U0REQUEST', values: { summary: 'a bad image' } })
    await world.quiet()
    expect(messages()[0]).toContain('Summary: a bad image')
  })

  test('it is closed once, and a step is recorded once', async () => {
    join('U0APPROVE')
    await world.type('incident acknowledge', here())
    expect(await world.type('incident acknowledge', { ...here(), user: 'U0APPROVE' })).toContain(
      'has already acknowledged it.',
    )
    await world.type('incident close done', here())
    expect(await world.type('incident close again', here())).toContain('There is no open incident here.')
    expect(await world.type('incident note late', here())).toContain('There is no open incident here.')
  })
})

describe('while an incident is open', () => {
  test('the card of a change says so and since when; not that of another service', async () => {
    await world.type('incident open orders-api --severity critical')
    await pass(2 * MINUTE, world)
    await world.type('scale orders-api 6')
    expect(world.card()).toContain('Now: incident (critical) since 2026-11-22 03:00 UTC, healthy')
    await world.click('cancel', 'U0REQUEST')
    await world.type('restart prod.us-east-1/web/search')
    expect(world.card()).not.toContain('incident')
  })

  test('the card of a change of many services says so, too', async () => {
    await world.type('incident open orders-api')
    await world.type('restart cluster:prod.us-east-1/web')
    expect(world.card()).toContain('Now: incident (high) since 2026-11-22 03:00 UTC')
  })

  test('a card that was there before says so at the next reminder', async () => {
    await world.type('scale orders-api 6')
    await world.type('incident open orders-api', { channel: 'C0APPROVALS' })
    await pass(16 * MINUTE, world)
    expect(inOps().join('\n')).toContain('Now: incident (high) since')
  })

  test('after its end the card says nothing of it', async () => {
    await world.type('incident open orders-api')
    await world.type('incident close done', { channel: idOf() })
    await world.type('scale orders-api 6')
    expect(world.card()).not.toContain('incident')
  })
})

test('the card of a problem opens an incident, and its times count from the beginning of the problem', async () => {
  await world.type('subscribe orders-api')
  await send(world, anOom({ id: taskId(1), at: world.clock.now() }))
  await pass(6 * MINUTE, world)
  await world.press('Open Incident')
  await pass(2 * MINUTE, world)
  expect(messages()[0]).toContain('🚨 Incident open · high · orders-api')
  await world.type('incident close "image 8 leaked memory"', { channel: idOf() })
  expect(messages()[0]).toContain('resolved after 8 min, counted from the beginning of the problem')
})

describe('on call', () => {
  const onCall = (yaml: string) => world.publish(`${EXAMPLE}\nincidents:\n  onCall:\n    - ${yaml}\n`)

  test('the person of the schedule is invited and mentioned', async () => {
    await onCall('schedule: { from: 2026-11-21T09:00:00Z, shift: 1d, who: [U0SECOND, U0APPROVE] }')
    await world.type('incident open orders-api')
    expect(channelNamed()?.members).toContain('U0SECOND')
    expect(channelNamed()?.members).not.toContain('U0APPROVE')
    expect(messages()[0]).toContain('On call: @U0SECOND')
  })

  test('two people of PagerDuty: who has no Slack user of ours is named, and not invited', async () => {
    await onCall('pagerduty: { schedules: [PI7DH85] }')
    world.onCall.ask = async () => [
      { name: 'Ann', email: 'Approver@example.com' },
      { name: 'Zed', email: 'zed@example.com' },
    ]
    await world.type('incident open orders-api')
    expect(channelNamed()?.members).toContain('U0APPROVE')
    expect(messages()[0]).toContain('On call by PagerDuty, but not invited: Zed.')
  })

  test.each([
    ['429', new RemoteError('reading PagerDuty: it answered 429', { code: 'HTTP 429', passing: true })],
    ['500', new RemoteError('reading PagerDuty: it answered 500', { code: 'HTTP 500', passing: true })],
  ])('PagerDuty answers %s: the channel is told, and the usual people are there', async (status, error) => {
    await onCall('pagerduty: { policies: [PI7DH85] }')
    world.onCall.ask = async () => Promise.reject(error)
    await world.type('incident open orders-api', { user: 'U0APPROVE' })
    expect(messages()[0]).toContain(`Who is on call is not known: reading PagerDuty: it answered ${status}.`)
    expect(channelNamed()?.members).toContain('U0REQUEST')
  })
})

describe('the channel changes while the incident is open', () => {
  beforeEach(() => world.type('incident open orders-api'))
  const change = (parts: object) => {
    const channel = channelNamed()
    if (channel) world.slack.workspace.putChannel({ ...channel, ...parts })
    return channel?.id ?? ''
  }
  const full = () => world.cards('C0APPROVALS').map(message => textOf(message))

  test('archived: the card goes on in the approval channel', async () => {
    change({ archived: true })
    await world.type('incident note "cards work again" --service orders-api')
    await pass(6 * MINUTE, world)
    expect(full().filter(text => text.includes('🚨 Incident open'))).toHaveLength(1)
    expect(full().join()).toContain('cards work again')
    await world.type('incident close done --service orders-api')
    await pass(2 * MINUTE, world)
    expect(full().join()).toContain('✅ Incident closed')
  })

  test('shared with another company: no detail is added there, and the full card is in the approval channel', async () => {
    world.slack.workspace.putUser(aUser({ id: 'U0GUEST', displayName: 'Guest', teamId: PARTNER_TEAM }))
    const id = change({ shared: true, members: [...(channelNamed()?.members ?? []), 'U0GUEST'] })
    await pass(2 * MINUTE, world)
    await world.type('incident note "the secret plan" --service orders-api')
    await pass(6 * MINUTE, world)
    await world.type('incident close "because of the secret plan" --service orders-api')
    await pass(2 * MINUTE, world)
    const there = world.slack.workspace.messages(id).map(message => textOf(message))
    expect(there.join('\n')).not.toContain('secret plan')
    expect(there.at(-1)).toContain('An incident is open.')
    expect(full().join('\n')).toContain('the secret plan')
  })

  test('Quarterdeck is removed: the card goes on in the approval channel', async () => {
    change({ members: ['U0REQUEST'] })
    await pass(2 * MINUTE, world)
    await world.type('incident note "cards work again" --service orders-api')
    await pass(6 * MINUTE, world)
    expect(full().join()).toContain('cards work again')
  })
})

test('user groups on a free plan: nothing is opened, and the asker hears why', async () => {
  const effect = { kind: 'error', error: 'plan_upgrade_required' } as const
  world.slack.faults.add({ method: 'usergroups.users.list', effect, times: 9 })
  expect(await world.type('incident open orders-api')).toContain('plan_upgrade_required')
  expect(await world.store().list('incidents')).toEqual([])
})

test('AWS does not answer: the incident stands with its card, and the snapshot comes after', async () => {
  world.aws.faults.add({
    match: { action: 'DescribeServices' },
    when: 'before',
    effect: { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' },
    times: 99,
  })
  await world.type('incident open orders-api')
  expect(messages()).toHaveLength(1)
  world.aws.faults.clear()
  await pass(2 * MINUTE, world)
  expect(messages()).toHaveLength(2)
})

test('a function that dies between making the channel and storing it makes no second one', async () => {
  await world.type('incident open orders-api')
  const [item] = (await world.store().list<Incident>('incidents', { prefix: 'incident#' })) ?? []
  if (item === undefined) throw new Error('no incident')
  const { channel: _, card: __, snapshot: ___, ...before } = item.value
  await world.store().replace(item.key, before, item.version)
  const pointer = (await world.store().list('incidents', { prefix: 'channel#' }))[0]
  if (pointer) await world.store().remove(pointer.key, pointer.version)
  await pass(3 * MINUTE, world)
  expect(channelNamed(`${NAME}-2`)).toBeUndefined()
  expect(messages()).toHaveLength(2)
})

describe('attacks', () => {
  const HOSTILE = '<!channel> *x* `y` <https://evil.example|click> @here </title>'

  test('a title is text everywhere: no mention, no link, no markup', async () => {
    await world.type(`incident open orders-api "${HOSTILE.replaceAll('`', '')}"`)
    await world.type(`incident note "${HOSTILE.replaceAll('`', '')}"`, { channel: idOf() })
    const all = [...world.cards('C0OPS'), ...world.cards(idOf())]
    const elements = JSON.stringify(all.map(({ blocks }) => blocks))
    expect(elements).not.toMatch(/"type":"(?:broadcast|link)"/)
    expect(all.map(({ text }) => text).join()).not.toMatch(/<!channel>|<https:/)
    expect(channelNamed()?.topic).toContain('<!channel>')
  })

  test('a title of 500 characters fits the card and the topic', async () => {
    await world.type(`incident open orders-api "${'long '.repeat(99)}"`)
    expect(messages()).toHaveLength(2)
    expect([...(channelNamed()?.topic ?? '')].length).toBeLessThanOrEqual(250)
  })

  test('people of another workspace, and people who are not listed, open nothing', async () => {
    world.slack.workspace.putUser(aUser({ id: 'U0GUEST', displayName: 'Guest', teamId: PARTNER_TEAM }))
    const ops = world.slack.workspace.channels.get('C0OPS')
    if (ops) world.slack.workspace.putChannel({ ...ops, members: [...ops.members, 'U0GUEST'] })
    expect(await world.type('incident open orders-api', { user: 'U0GUEST' })).toContain('Only people of this')
    expect(await world.type('incident open orders-api', { user: 'U0OUTSIDE' })).toContain('is not in Quarterdeck')
    expect(await world.store().list('incidents')).toEqual([])
  })

  test('an incident gives no right: a change during it needs the same approval', async () => {
    await world.type('incident open orders-api')
    await world.type('incident acknowledge --service orders-api', { user: 'U0SECOND' })
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0REQUEST')
    expect(world.told('U0REQUEST')).toContain('You requested this change')
    expect(world.desired()).toBe(4)
  })

  test('the id of an incident opens nothing to people who may not view its service', async () => {
    await world.type('incident open orders-api')
    const [item] = await world.store().list<Incident>('incidents', { prefix: 'incident#' })
    await world.publish(
      EXAMPLE.replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: viewer, targets: [web/orders-api] }\n'),
    )
    const id = item?.value.id.slice(0, 12) ?? ''
    const told = await world.type(`incident timeline ${id}`, { user: 'U0SECOND' })
    expect(told).toContain('No incident has that id.')
    expect(await world.type('incident timeline', { user: 'U0SECOND' })).toContain('No incident is open.')
  })

  test('in direct messages there is no incident', async () => {
    const dm = world.slack.workspace.openDm('U0REQUEST').id
    expect(await world.type('incident open orders-api --here', { channel: dm })).toContain('needs a channel')
    await world.type('incident open orders-api', { channel: dm })
    expect(messages()).toHaveLength(2)
  })
})

test('a request that nobody answers is told to the people on call before it expires, once', async () => {
  await world.publish(
    `${EXAMPLE}\nincidents:\n  onCall:\n    - schedule: { from: 2026-11-01T09:00:00Z, shift: 90d, who: [U0SECOND] }\n`,
  )
  await world.type('scale orders-api 6')
  const dm = world.slack.workspace.openDm('U0SECOND').id
  await pass(30 * MINUTE, world)
  expect(world.slack.workspace.messages(dm)).toHaveLength(0)
  await pass(9 * 60 * MINUTE, world)
  const told = world.slack.workspace.messages(dm).map(message => textOf(message))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('Still waiting: Scale orders-api')
})
