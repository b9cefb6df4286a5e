// /ecs capacity against the sandbox, through the built handlers: where tasks run before and after, and as whom they moved.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
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
      • Spot dry: up to 1 of 4 missing
      • stopTimeout 30 s < draining 300 s: requests may break
      • Replaces all 4 tasks, new ones first, ~1 min
      Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About −$0.03/h
      Undo: launch type FARGATE again; replaces all 4, ~1 min
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
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
