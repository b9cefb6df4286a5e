// Attempts to learn from subscriptions and problem cards what one may not see, and to silence what one may not view.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { anAlarmEvent, anOom, aServiceEvent, aStop, send, taskId } from './problem-events.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const MINUTE = 60_000
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8')).replace('atLeast: 50', 'atLeast: 500')
const withAccess = (rule: string) => EXAMPLE.replace('access:\n', `access:\n  - ${rule}\n`)
const BLIND = '{ who: [U0SECOND], deny: viewer, targets: web/payments-api }'
const NO_STAGING = '{ who: [U0SECOND], deny: viewer, accounts: staging }'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory({ start: Date.parse('2026-11-22T03:00:00Z') })
  await world.publish(EXAMPLE)
  await pass(10 * MINUTE, world)
  await world.recur('index')
})
afterEach(() => world.stop())

const now = () => world.clock.now()
const tagged = async (names: readonly string[]) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}
const cards = (channel = 'C0OPS') =>
  world
    .cards(channel)
    .map(message => textOf(message))
    .filter(text => /^[❌✅⚠]/u.test(text))

describe('subscriptions', () => {
  const section =
    '\nsubscriptions:\n  - channel: C0OPS\n    accounts: [staging, prod]\n  - channel: C0OPS\n    accounts: [staging]\n'

  test('of the configuration name no account that one may not see', async () => {
    await world.publish(withAccess(NO_STAGING) + section)
    expect(await world.type('subscriptions', { user: 'U0APPROVE' })).toContain('staging')
    const listed = await world.type('subscriptions', { user: 'U0SECOND' })
    expect(listed).toContain('This channel has 1 subscription')
    expect(listed).toContain('prod')
    expect(listed).not.toContain('staging')
  })

  test('somebody who may not view a service does not end the subscription to its tag', async () => {
    await tagged(['web/payments-api'])
    await world.type('subscribe tag:team=shop')
    await world.publish(withAccess(BLIND))
    await world.type('unsubscribe tag:team=shop', { user: 'U0SECOND' })
    expect(await world.type('subscriptions')).toContain('tag:team=shop')
  })

  test('somebody who may view less does not narrow the subscription of another', async () => {
    await world.type('subscribe prod/web')
    await world.publish(withAccess(BLIND))
    await pass(MINUTE, world)
    await world.type('subscribe prod/web', { user: 'U0SECOND' })
    await send(world, anOom({ id: taskId(1), at: now(), service: 'web/payments-api' }))
    await pass(30_000, world)
    expect(cards()).toHaveLength(1)
  })
})

describe('a problem card', () => {
  test('is not silenced by somebody who may not view its service', async () => {
    await world.type('subscribe prod.us-east-1/web/payments-api')
    await world.publish(withAccess(BLIND))
    await send(world, anOom({ id: taskId(1), at: now(), service: 'web/payments-api' }))
    await pass(5_000, world)
    await world.press('Snooze', 'U0SECOND')
    expect(world.card()).not.toMatch(/snoozed a problem until/)
    await pass(MINUTE, world)
    await send(world, anOom({ id: taskId(2), at: now(), service: 'web/payments-api' }))
    await pass(MINUTE, world)
    expect(cards().at(-1)).toContain('2 tasks')
  })

  test('hides the configuration’s own patterns in what ECS and alarms say', async () => {
    await world.type('subscribe prod/web')
    const reason = 'unable to place tasks of CUST-123456'
    const text = 'the orders of CUST-123456 broke it'
    const crash = { at: now() }
    await send(
      world,
      aServiceEvent('SERVICE_DEPLOYMENT_FAILED', now(), 'web/orders-api', { reason: 'failed for CUST-123456' }),
      ...[1, 2, 3].map(id =>
        aStop({ ...crash, id: taskId(id), service: 'web/checkout', containerReason: text, exitCode: 1 }),
      ),
      ...[4, 5, 6].map(id =>
        aStop({ ...crash, id: taskId(id), service: 'web/reports', code: 'TaskFailedToStart', reason: text }),
      ),
      aServiceEvent('SERVICE_TASK_PLACEMENT_FAILURE', now(), 'web/search', { reason }),
      anAlarmEvent('orders-5xx', 'ALARM', now()),
    )
    await pass(MINUTE, world)
    await pass(MINUTE, world)
    expect(cards().length).toBeGreaterThan(1)
    expect(cards().join('\n')).not.toContain('CUST-123456')
    await pass(20 * MINUTE, world)
    const told = {
      'why prod.us-east-1/web/reports': 'broke it',
      'tasks prod.us-east-1/web/reports': 'broke it',
      'services --unhealthy': 'failed',
    }
    for (const [line, words] of Object.entries(told)) {
      const said = await world.type(line)
      expect.soft(said, line).toContain(words)
      expect.soft(said, line).not.toContain('CUST-123456')
    }
  })
})
