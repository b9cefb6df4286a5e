// /ecs cost over the wire: with the viewer role of each account, and Compute Optimizer's own protocol.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(25 * 3_600_000)
  await world.recur('index')
  const service = world.fleet.site(HUB).clusters.get('web')?.services.get('orders-api')
  if (service !== undefined) world.aws.advice.setPeaks(service, { cpu: 12, memory: 20 })
  world.aws.throttle.reset()
})
afterAll(() => world.stop())

test('findings of every place, one of them not enrolled; each call by the viewer role of its account', async () => {
  const answer = await world.type('cost --explain')
  expect(answer).toMatch(/prod\.us-east-1\/web\/orders-api \| \$102 \| 1 vCPU, 2 GB → 0\.25 vCPU, 1 GB \| low/)
  expect(answer).toContain('staging (444455556666): not opted in to Compute Optimizer.')
  expect(answer).toMatch(/calls to AWS: .*GetECSServiceRecommendations × 2,/)
  const calls = world.calls('GetIdleRecommendations')
  expect(calls.map(({ region, arn }) => [region, arn?.split('/')[1]]).toSorted()).toEqual([
    ['eu-west-1', 'quarterdeck-viewer'],
    ['us-east-1', 'quarterdeck-viewer'],
  ])
  expect(calls[0]?.input).toMatchObject({
    filters: [{ name: 'ResourceType', values: ['ECSService'] }],
    maxResults: 100,
  })
})

test('one service, and where it could run; the switch is a request', async () => {
  expect(await world.type('cost orders-api')).toMatch(/^orders-api is too large: 0\.25 vCPU, 1 GB saves about \$102/)
  expect(await world.type('cost compare orders-api')).toMatch(/^orders-api: switch to Fargate Spot[\s\S]*\[Switch\]/)
  await world.press('Switch')
  expect(await world.slack.deliver.submit({ user: 'U0REQUEST', values: {} })).toMatchObject({ errors: {} })
  await world.quiet()
  expect(world.card()).toMatch(/risk · prod · Move .*orders-api tasks to/)
  expect(world.calls('UpdateService')).toEqual([])
})

test('an idle service is scaled to 0 by a request, not by the click', async () => {
  world.aws.throttle.reset()
  const service = world.fleet.site(HUB).clusters.get('web')?.services.get('reports')
  if (service !== undefined) world.aws.advice.setPeaks(service, { cpu: 0.4, memory: 0.4 })
  expect(await world.type('cost prod.us-east-1/web/reports')).toMatch(/^reports looks idle[\s\S]*\[Scale to 0\]/)
  await world.press('Scale to 0')
  expect(await world.slack.deliver.submit({ user: 'U0REQUEST', values: { reason: 'nobody uses it' } })).toMatchObject({
    errors: {},
  })
  await world.quiet()
  expect(world.card()).toMatch(/risk · prod · Scale reports[\s\S]*→ 0/)
  expect(world.calls('UpdateService')).toEqual([])
})

test('a snooze is stored, hides the finding in lists, and is shown with its reason', async () => {
  world.aws.throttle.reset()
  await world.type('cost snooze prod.us-east-1/web/orders-api --for 2d --reason "load test"')
  await world.quiet()
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toMatch(
    /Snooze until .*, by requester, because load test/,
  )
  expect(await world.type('cost')).toContain('Left out: one snoozed finding.')
})
