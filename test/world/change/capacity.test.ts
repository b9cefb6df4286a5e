// /ecs capacity against the sandbox, through the built handlers: where tasks run before and after, and as whom they moved.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../driving.ts'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld({ hasEvents: true })
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const over = () => world.until(() => ENDED.test(world.card()))
const providers = (name: string) =>
  [...world.service(name).tasks]
    .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
    .map(({ capacityProvider }) => capacityProvider)
    .toSorted()

test('capacity shows where a service runs', async () => {
  expect(await world.type('capacity orders-api')).toMatchInlineSnapshot(`
    "orders-api runs 4 Fargate
    prod 1111-2222-3333 · us-east-1 · web
    • Configured launch type FARGATE
    • May use Fargate, Fargate Spot
    • Fargate quota 28.25 of 4000 vCPUs on demand, 2.25 of 4000 on Spot
    • Availability Zone rebalancing is on: it also starts and stops tasks
    • Cost $0.20/h for vCPU and memory; prices of 2026-09-11, Spot of 2026-09-28
    [Tasks] [Move to Spot]"
  `)
})

describe('a move to Spot', () => {
  test('is a card that says what may be lost, what it costs and how it is taken back', async () => {
    await world.type('capacity set orders-api fargate=1:1 spot=1 --reason "cheaper"')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Move about 1 of 4 orders-api tasks to Spot (now 0)
      web · us-east-1 · @requester “cheaper”
      • Spot dry: up to 1 of 4 missing; fargate=1:1 spot=1
      • The tag of envoy could not be compared: a new image may start
      • stopTimeout 30 s < draining 300 s: re…
      Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About −$0.03/h
      Undo: launch type FARGATE again; replaces all 4, ~1 min
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
  })

  test('replaces every task, and the end compares the split with the prediction', async () => {
    await world.click('approve')
    await over()
    expect(world.card()).toMatchInlineSnapshot(`
      "✅ Done · prod · Move about 1 of 4 orders-api tasks to Spot (now 0) in 40 s
      web · us-east-1 · requested by requester, approved by approver
      “cheaper”
      Tasks run on 3 Fargate, 1 Fargate Spot, as predicted. 2026-11-22 03:00 UTC
      [Undo] [Audit] [Details]"
    `)
    expect(new Set(providers('web/orders-api'))).toEqual(new Set(['FARGATE', 'FARGATE_SPOT']))
  })

  test('one call, in a session that may set these providers only', () => {
    const updates = world.calls('UpdateService')
    expect(updates).toHaveLength(1)
    expect(updates[0]?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
  })

  test('Undo asks for the way back', async () => {
    await world.press('Undo')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Move orders-api on demand, 1 of 4 tasks off Spot
      web · us-east-1 · @requester
      • The tag of envoy could not be compared: a new image may start
      • Replaces all 4 tasks, new ones first, ~1 min
      Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About +$0.03/h
      Undo: the earlier strategy again; replaces all 4, ~1 min
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    await world.click('reject', 'U0APPROVE', 'no')
  })
})

test('the strategy of today is refused, and nothing is asked', async () => {
  const count = world.cards().length
  expect(await world.type('capacity set orders-api spot=1 fargate=1:1')).toContain('has this capacity already')
  expect(world.cards()).toHaveLength(count)
})

describe('an escape from a Spot drought', () => {
  const isReady = () => world.until(() => world.service().deployments.length === 1)

  test('moves on demand, and the card says when it returns', async () => {
    await world.type('capacity set orders-api fargate=1:1 spot=3')
    await world.click('approve')
    await over()
    await isReady()
    await world.type('capacity escape orders-api --for 2h')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Move orders-api on demand, 2 of 4 tasks off Spot for 2h
      web · us-east-1 · @requester
      • The tag of envoy could not be compared: a new image may start
      • Replaces all 4 tasks, new ones first, ~1 min
      Now: healthy, 4 tasks, 1,441 req/min, 0 alarms. About +$0.07/h
      Undo: reverts by itself, or Revert Now
      Included: returns after 2 h; replaces all 4 again
      Needs 1: any operator, not @requester, by 2026-11-22 11:01 UTC
      [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    expect(world.card()).toMatchInlineSnapshot(`
      "✅ Temporary · prod · Move orders-api on demand, 2 of 4 tasks off Spot for 2h until 2026-11-22 05:01 UTC
      web · us-east-1 · requested by requester, approved by approver
      Tasks run on 4 Fargate, as predicted.
      Temporary: capacity fargate=1. It is reverted at its end.
      [Revert Now] [Extend By 1 Hour] [Keep] [Details]"
    `)
    await isReady()
    expect(new Set(providers('web/orders-api'))).toEqual(new Set(['FARGATE']))
  })

  test('the return waits while Spot is dry, and says so', async () => {
    world.fleet.knobs.exhaust('FARGATE_SPOT')
    const other = world.service('web/search')
    const spec = other.deployments[0]?.revision.spec
    if (spec === undefined) throw new Error('no deployment')
    const { launchType: _, ...rest } = spec
    world.fleet.deploy(other, {
      ...rest,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    })
    await pass(60_000, world)
    const card = textOf(world.cards().at(-1))
    expect(card).toContain('for 2h')
    await world.press('Revert Now')
    await world.until(() => world.replies().map(textOf).join().includes('no capacity'))
    expect(textOf(world.replies().at(-1))).toMatchInlineSnapshot(
      `"@U0REQUEST The temporary change on orders-api has ended. Fargate Spot had no capacity within the last 30 minutes. The return waits."`,
    )
    expect(new Set(providers('web/orders-api'))).toEqual(new Set(['FARGATE']))
    world.fleet.deploy(other, spec)
    world.fleet.knobs.replenish('FARGATE_SPOT')
  })

  test('once Spot is there, it replaces the tasks on the revert role, and the card ends', async () => {
    await pass(150 * 60_000, world)
    await world.until(() => world.cards().some(card => textOf(card).startsWith('↩️')))
    expect(textOf(world.cards().find(card => textOf(card).startsWith('↩️')))).toMatchInlineSnapshot(`
      "↩️ Reverted · prod · Move orders-api on demand, 2 of 4 tasks off Spot for 2h: Capacity: fargate=1 → fargate=1:1 spot=3, by requester
      web · us-east-1 · requested by requester, approved by approver
      2026-11-22 03:38 UTC
      [Audit] [Details]"
    `)
    const last = world.calls('UpdateService').at(-1)
    expect(last?.arn).toContain('assumed-role/quarterdeck-revert/')
    expect(new Set(providers('web/orders-api'))).toEqual(new Set(['FARGATE', 'FARGATE_SPOT']))
    expect(await world.type('leases')).toContain('There are no temporary changes')
  })
})
