// /ecs events and /ecs deployments.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Spec } from '../../sandbox/world/state.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld

beforeAll(async () => {
  world = await aStory()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const specOf = (name: string): Spec => {
  const spec = world.service(name).deployments[0]?.revision.spec
  if (spec === undefined) throw new Error(`${name} has no deployment`)
  return spec
}

test('a service that was only ever made', async () => {
  expect(await world.type('deployments orders-api')).toMatchInlineSnapshot(`
    "orders-api: the last deployment was successful
    prod 1111-2222-3333 · us-east-1 · web
    2026-10-13 03:00 UTC  was successful · orders-api:7 · rolling

    ECS keeps deployments for 90 days.
    [Status] [Events]"
  `)
  expect(await world.type('events orders-api')).toMatchInlineSnapshot(`
    "orders-api: 1 notable event, newest first
    prod 1111-2222-3333 · us-east-1 · web
    2026-11-22 03:00 UTC  orders-api has reached a steady state.

    From 1 event since 2026-11-22; ECS keeps the last 100.
    [Tasks] [Deployments]"
  `)
})

test('what a deployment changed, how long it took, and why one was rolled back', async () => {
  const service = world.service('web/payments-api')
  const spec = specOf('web/payments-api')
  const [first] = world.fleet.site(service.cluster).taskDefinitions.get('payments-api') ?? []
  if (first === undefined) throw new Error('no older revision')
  world.fleet.deploy(service, { ...spec, taskDefinition: first })
  await world.until(() => service.deployments[0]?.rolloutState === 'COMPLETED')
  world.fleet.knobs.failService(service.arn, 'exit1')
  world.fleet.deploy(service, spec)
  await world.until(() => service.deployments[0]?.isRollback === true)
  world.fleet.knobs.healService(service.arn)
  await world.until(() => service.deployments[0]?.rolloutState === 'COMPLETED' && service.deployments.length === 1)
  world.clock.advance(60_000)
  const answer = await world.type('deployments payments-api --explain')
  expect(answer).toMatch(/^payments-api: the last deployment failed and was rolled back\n/)
  const lines = answer.split('\n').filter(line => line.includes('UTC'))
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(
    /failed and was rolled back in \d+ (s|min) · payments-api:1 → payments-api:3, app payments-api:v1 → payments-api:v3 · rolling · 3 of 3 failures · rolled back: /,
  )
  expect(lines[1]).toMatch(
    /was successful in \d+ (s|min) · payments-api:3 → payments-api:1, app payments-api:v3 → payments-api:v1 · rolling$/,
  )
  expect(answer).toMatch(/calls to AWS: .*DescribeServiceDeployments, DescribeServiceRevisions/)
})

test('a restart changes nothing, and says so', async () => {
  const service = world.service('web/search')
  world.fleet.deploy(service, { ...specOf('web/search') })
  await world.until(() => service.deployments.length === 1 && service.deployments[0]?.rolloutState === 'COMPLETED')
  expect(await world.type('deployments prod.us-east-1/web/search')).toMatch(/search:2, nothing changed · rolling/)
})

test('events are told once, however often they came', async () => {
  world.clock.advance(30 * 60_000)
  const answer = await world.type('events recommendations')
  expect(answer).toMatch(/\(×\d+ since /)
  expect(answer).toMatch(/From \d+ events since 2026-\d\d-\d\d; ECS keeps the last 100\./)
})

test('of a service that is gone', async () => {
  for (const verb of ['events', 'deployments'])
    expect(await world.type(`${verb} prod.us-east-1/web/gone`)).toContain('No service is named gone')
})
