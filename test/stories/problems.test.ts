// Problems in channels: subscribed, told as one card for each problem, updated in place, and closed by themselves.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser, PARTNER_TEAM } from '../../sandbox/slack/seed.ts'
import { pass } from '../world/driving.ts'
import { aCrash, anAlarmEvent, anOom, aServiceEvent, aStop, send, taskId } from './problem-events.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const MINUTE = 60_000
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await pass(10 * MINUTE, world)
  await world.recur('index')
})
afterEach(() => world.stop())

const now = () => world.clock.now()
const cards = (channel = 'C0OPS') =>
  world
    .cards(channel)
    .map(message => textOf(message))
    .filter(text => /^[❌✅⚠]/u.test(text))
const posts = () => world.slack.calls.filter(({ method }) => method === 'chat.postMessage').length
const ooms = (count: number, first = 1) =>
  Array.from({ length: count }, (_, at) => anOom({ id: taskId(first + at), at: now() - at * 1_000 }))

test('tasks out of memory are one card, updated in place, which closes by itself', async () => {
  await world.type('subscribe orders-api')
  expect(world.card()).toContain('This channel is subscribed to prod.us-east-1/web/orders-api: all problems.')
  await send(world, ...ooms(1))
  await pass(5_000, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, 1 task\n/)
  const before = posts()
  await pass(4 * MINUTE, world)
  await send(world, anOom({ id: taskId(2), at: now() }), anOom({ id: taskId(3), at: now() }))
  await pass(MINUTE, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, 3 tasks in 4 min\n/)
  await pass(15 * MINUTE, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^✅ orders-api: over after 4 min\. It was: out of memory, 3 tasks\n/)
  expect(posts()).toBe(before)
})

test('the card names the deployment, and has the buttons that fit', async () => {
  await world.type('subscribe prod/web')
  const deployment = 'ecs-svc/7'
  await send(
    world,
    aServiceEvent('SERVICE_DEPLOYMENT_IN_PROGRESS', now(), 'web/orders-api', { deploymentId: deployment }),
  )
  await pass(2 * MINUTE, world)
  await send(world, anOom({ id: taskId(1), at: now(), deployment }))
  await pass(5_000, world)
  expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, 1 task, since the deployment of /)
  for (const label of ['Logs', 'Why', 'Roll Back', 'Snooze']) expect(cards()[0]).toContain(`[${label}]`)
})

test('an event 50 times, and out of order, counts once', async () => {
  await world.type('subscribe orders-api')
  const events = Array.from({ length: 50 }, () => ooms(4)).flat()
  await send(world, ...events.toReversed())
  await pass(30_000, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, 4 tasks\n/)
})

test('services that cannot pull from one registry are one card with the services listed', async () => {
  await world.type('subscribe prod')
  const reason =
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/acme/app:1: 429 Too Many Requests: toomanyrequests'
  const names = ['orders-api', 'checkout', 'search']
  let id = 0
  for (const name of names)
    await send(
      world,
      ...[1, 2].map(() => {
        id += 1
        return aStop({ id: taskId(id), at: now(), service: `web/${name}`, code: 'TaskFailedToStart', reason })
      }),
    )
  await pass(30_000, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ 3 services: cannot pull from ghcr\.io: pull rate limit, 6 tasks\n/)
  for (const name of names) expect(cards()[0]).toContain(`${name} · web · 2 tasks`)
})

describe('quiet', () => {
  beforeEach(() => world.type('subscribe prod'))

  test.each([
    ['one task that crashes', () => [aCrash({ id: taskId(1), at: now() })]],
    [
      'a scale-in',
      () =>
        [1, 2, 3, 4].map(id =>
          aStop({
            ...{ id: taskId(id), at: now(), code: 'ServiceSchedulerInitiated' },
            reason: 'Scaling activity initiated by deployment ecs-svc/1',
          }),
        ),
    ],
    [
      'rebalancing across zones',
      () =>
        ['SERVICE_REBALANCING_STARTED', 'TASKS_STARTED', 'TASKS_STOPPED', 'SERVICE_REBALANCING_COMPLETED'].map(name =>
          aServiceEvent(name, now()),
        ),
    ],
    ['a deployment that completes', () => [aServiceEvent('SERVICE_DEPLOYMENT_COMPLETED', now())]],
    ['one Spot interruption', () => [aStop({ id: taskId(1), at: now(), code: 'SpotInterruption' })]],
    ['an alarm that is OK', () => [anAlarmEvent('orders-5xx', 'OK', now())]],
    ['what happened three hours ago, and is over', () => [anOom({ id: taskId(1), at: now() - 180 * MINUTE })]],
    ['an unknown account', () => [anOom({ id: taskId(1), at: now(), account: '999999999999' })]],
  ])('%s is no card', async (_, events) => {
    await send(world, ...events())
    await pass(2 * MINUTE, world)
    expect(cards()).toEqual([])
    expect(await world.store().list('problem-marks#0')).toEqual([])
  })
})

test('a rollback that completes is no success: the card says that the deployment was rolled back', async () => {
  await world.type('subscribe orders-api deployment')
  const reason = 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.'
  await send(world, aServiceEvent('SERVICE_DEPLOYMENT_IN_PROGRESS', now(), 'web/orders-api', { reason }))
  await send(world, aServiceEvent('SERVICE_DEPLOYMENT_COMPLETED', now() + 1_000, 'web/orders-api', { reason }))
  await pass(30_000, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: deployment rolled back\n/)
})

test('an alarm is a card until it is OK', async () => {
  await world.type('subscribe prod/web')
  await send(world, anAlarmEvent('orders-5xx', 'ALARM', now()))
  await pass(40 * MINUTE, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: alarm orders-5xx\n/)
  await send(world, anAlarmEvent('orders-5xx', 'OK', now()))
  await pass(30_000, world)
  expect(cards()[0]).toMatch(/^✅ orders-api: over after 40 min\. It was: alarm orders-5xx\n/)
})

describe('subscriptions', () => {
  test('only the kinds and severities that were asked for', async () => {
    await world.type('subscribe orders-api crash,deployment')
    await world.type('subscribe prod.us-east-1/web/checkout --min-severity critical')
    await send(world, ...ooms(3), anOom({ id: taskId(9), at: now(), service: 'web/checkout' }))
    await pass(MINUTE, world)
    expect(cards()).toEqual([])
  })

  test('are listed, and end', async () => {
    await world.type('subscribe orders-api')
    expect(await world.type('subscriptions')).toContain('prod.us-east-1/web/orders-api: all problems, by requester')
    await world.type('unsubscribe orders-api')
    expect(await world.type('subscriptions')).toContain('This channel has no subscriptions')
    await send(world, ...ooms(3))
    await pass(MINUTE, world)
    expect(cards()).toEqual([])
  })

  test('of the configuration hold, too', async () => {
    const section = 'subscriptions:\n  - channel: C0OPS\n    targets: web/orders-*\n    events: [memory]\n'
    await world.publish(`${EXAMPLE}\n${section}`)
    expect(await world.type('subscriptions')).toContain('web/orders-*: memory, by the configuration')
    await send(world, ...ooms(2), anOom({ id: taskId(9), at: now(), service: 'web/checkout' }))
    await pass(MINUTE, world)
    expect(cards()).toHaveLength(1)
  })

  test('end with the right of their owner, and that is told', async () => {
    await world.type('subscribe orders-api')
    await world.publish(EXAMPLE.replace('  U0REQUEST: requester@example.com\n', ''))
    await send(world, ...ooms(3))
    await pass(MINUTE, world)
    expect(cards()).toEqual([])
    expect(world.card()).toContain(
      'The subscription to prod.us-east-1/web/orders-api: all problems has ended: requester may no longer see it.',
    )
  })

  test('end when their owner leaves Slack', async () => {
    await world.type('subscribe orders-api')
    world.slack.workspace.putUser(aUser({ id: 'U0REQUEST', displayName: 'Requester', deleted: true }))
    await send(world, ...ooms(3))
    await pass(MINUTE, world)
    expect(cards()).toEqual([])
    expect(world.card()).toContain('requester is no longer active in Slack.')
  })

  test('a place that nobody knows, a tag that no service has, and a kind that is none are refused', async () => {
    expect(await world.type('subscribe nothing')).toContain('No account, cluster or service is named nothing')
    expect(await world.type('subscribe tag:team=nobody')).toContain(
      'No service that you may view is tagged team=nobody',
    )
    expect(await world.type('subscribe orders-api panic')).toContain('panic is not a kind of problem')
  })
})

describe('channels', () => {
  const change = (more: object) => {
    const channel = world.slack.workspace.channels.get('C0OPS')
    if (channel !== undefined) world.slack.workspace.putChannel({ ...channel, ...more })
  }
  const everything = () => world.slack.workspace.messages('C0OPS').map(textOf).join('\n')

  test('one that another company reads gets no details, and cannot be subscribed', async () => {
    await world.type('subscribe orders-api')
    world.slack.workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: PARTNER_TEAM }))
    await world.slack.deliver.join('U0PARTNER', 'C0OPS')
    await world.quiet()
    await pass(2 * MINUTE, world)
    await send(world, ...ooms(3))
    await pass(20 * MINUTE, world)
    expect(everything()).not.toContain('out of memory')
    expect(everything().match(/There is a problem, which is not shown here/g)).toHaveLength(1)
    expect(await world.type('subscribe prod.us-east-1/web/checkout')).toContain(
      'People of other companies read this channel',
    )
  })

  test('one that the bot is not in: its owner is told, once', async () => {
    await world.type('subscribe orders-api')
    change({ members: ['U0REQUEST'] })
    await pass(2 * MINUTE, world)
    await send(world, ...ooms(3))
    await pass(40 * MINUTE, world)
    const told = world.slack.workspace.messages('D0REQUEST').map(textOf)
    expect(told.filter(text => text.includes('not_in_channel'))).toHaveLength(1)
  })

  test('one that is archived: nothing breaks, and others are told', async () => {
    await world.type('subscribe orders-api')
    await world.type('subscribe orders-api', { channel: 'C0APPROVALS' })
    change({ archived: true })
    await send(world, ...ooms(3))
    await pass(5 * MINUTE, world)
    expect(cards('C0APPROVALS')).toHaveLength(1)
  })
})

describe('faults', () => {
  beforeEach(() => world.type('subscribe orders-api'))

  test('Slack down for ten minutes: told after, once, and late', async () => {
    world.slack.faults.add({ method: '*', effect: { kind: 'status', status: 503 }, times: 1_000 })
    await send(world, ...ooms(3))
    await pass(10 * MINUTE, world)
    world.slack.faults.clear()
    expect(cards()).toEqual([])
    await pass(3 * MINUTE, world)
    expect(cards()).toHaveLength(1)
    expect(cards()[0]).toMatch(/out of memory, 3 tasks/)
    expect(cards()[0]).toMatch(/Posted 1\d min after it began\./)
  })

  test('an answer that is lost: the card is found again, and posted once', async () => {
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'lose' } })
    await send(world, ...ooms(3))
    await pass(5 * MINUTE, world)
    expect(cards()).toHaveLength(1)
    await send(world, ...ooms(1, 50))
    await pass(MINUTE, world)
    expect(cards()).toHaveLength(1)
    expect(cards()[0]).toMatch(/out of memory, 4 tasks/)
  })

  test('the events function dies between keeping and telling', async () => {
    world.aws.faults.add({
      match: { action: 'PutItem', function: 'quarterdeck-events', nth: 2 },
      when: 'before',
      effect: { kind: 'error', code: 'InternalServerError', message: '', status: 500 },
    })
    await send(world, ...ooms(1))
    await pass(5 * MINUTE, world)
    await world.recur('problems')
    await pass(MINUTE, world)
    expect(cards()).toHaveLength(1)
  })

  test('the teller is never called: the recurring look tells', async () => {
    world.aws.faults.add({
      match: { action: 'Invoke' },
      when: 'before',
      effect: { kind: 'error', code: 'ServiceException', message: '', status: 500 },
      times: 100,
    })
    await send(world, ...ooms(3))
    await pass(5_000, world)
    expect(cards()).toEqual([])
    world.aws.faults.clear()
    await pass(2 * MINUTE, world)
    await world.recur('problems')
    await pass(MINUTE, world)
    expect(cards()).toHaveLength(1)
  })

  test('two tellers at once', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-schedule', 'quarterdeck-events'])
    await send(world, ...ooms(3))
    await Promise.all([world.recur('problems'), world.recur('problems'), world.recur('problems')])
    await pass(MINUTE, world)
    expect(cards()).toHaveLength(1)
  })
})

describe('a teller that dies', () => {
  // Each write of its first minute fails once, before the store has it or after.
  test.each(
    Array.from({ length: 12 }, (_, at) => [at + 1, 'before'] as const).concat(
      Array.from({ length: 12 }, (_, at) => [at + 1, 'after'] as never),
    ),
  )('at write %i, %s: one card, with all tasks', async (nth, when) => {
    await world.type('subscribe orders-api')
    world.aws.faults.add({
      match: { action: 'PutItem', function: 'quarterdeck-schedule', nth },
      when,
      effect: { kind: 'error', code: 'ValidationException', message: 'the store is broken', status: 400 },
    })
    await send(world, ...ooms(3))
    await pass(3 * MINUTE, world)
    await world.recur('problems')
    await pass(3 * MINUTE, world)
    expect(cards()).toHaveLength(1)
    expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, 3 tasks\n/)
  })
})

test('interruptions of Spot above a rate, and no capacity, are one card', async () => {
  await world.type('subscribe prod')
  const interrupted = (id: number, name: string) =>
    aStop({ id: taskId(id), at: now(), service: `web/${name}`, code: 'SpotInterruption' })
  await send(world, ...[1, 2, 3].map(id => interrupted(id, 'orders-api')))
  await pass(30_000, world)
  expect(cards()).toEqual([])
  await send(world, ...[4, 5].map(id => interrupted(id, 'search')))
  const dry = {
    reason: 'RESOURCE:FARGATE',
    capacityProviderArns: ['arn:aws:ecs:us-east-1:111122223333:capacity-provider/FARGATE_SPOT'],
  }
  await send(world, aServiceEvent('SERVICE_TASK_PLACEMENT_FAILURE', now(), 'web/search', dry))
  await pass(30_000, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ Fargate Spot in prod us-east-1: interrupted 5 tasks of 2 services\n/)
  expect(cards()[0]).toContain('[All On Demand]')
})

test.each([
  ['channel: C0OPS\n    events: [panic]', 'is none of deployment, crash'],
  ['channel: ops', 'is not the id of a Slack channel'],
  ['channel: C0OPS\n    accounts: nowhere', 'names nowhere, which is not under `accounts`'],
])('a configuration with %j is refused', async (subscription, why) => {
  await expect(world.publish(`${EXAMPLE}\nsubscriptions:\n  - ${subscription}\n`)).rejects.toThrow(why)
})

test('tasks that AWS retires are one card with their services', async () => {
  await world.type('subscribe prod')
  const event = (entities: readonly string[]) => ({
    ...aServiceEvent('', now()),
    source: 'aws.health',
    'detail-type': 'AWS Health Event',
    detail: {
      ...{ service: 'ECS', eventTypeCode: 'AWS_ECS_TASK_PATCHING_RETIREMENT', actionability: 'ACTION_REQUIRED' },
      ...{ statusCode: 'upcoming', startTime: '2026-12-01T00:00:00Z', affectedAccount: '111122223333' },
      affectedEntities: entities.map(entityValue => ({ entityValue })),
    },
  })
  await send(world, event(['web|orders-api', 'web|search']))
  await pass(MINUTE, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^⚠️ 2 services: AWS retires tasks from 2026-12-01 on\n/u)
})

test('in a storm, commands and votes are answered, and the channel stays readable', async () => {
  await world.type('subscribe prod')
  const names = ['orders-api', 'checkout', 'search', 'payments-api', 'reports']
  for (let id = 1; id <= 1_000; id += 1)
    world.functions.invokeAsync(
      'quarterdeck-events',
      anOom({ id: taskId(id), at: now() - (id % 900), service: `web/${names[id % names.length]}` }),
    )
  await world.type('scale orders-api 6')
  expect(world.card()).toContain('[Approve]')
  await world.press('Approve', 'U0APPROVE')
  await pass(2 * MINUTE, world)
  const all = world.cards().map(message => textOf(message))
  expect(all.some(text => /^✅ Done .* Scaled orders-api 4 → 6/u.test(text))).toBe(true)
  expect(all.filter(text => /out of memory, 200 tasks\n/.test(text))).toHaveLength(names.length)
})

test('a snooze pauses the card and new cards of its cause', async () => {
  await world.type('subscribe orders-api')
  await send(world, ...ooms(1))
  await pass(5_000, world)
  await world.press('Snooze')
  expect(world.card()).toMatch(/requester snoozed a problem until/)
  await send(world, ...ooms(5, 20))
  await pass(MINUTE, world)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/out of memory, 1 task\n/)
  expect(await world.type('snooze aaaaaaaaaaaa')).toContain('No problem in this channel has that id')
})
