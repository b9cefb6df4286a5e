// /ecs why over the wire: with the viewer role's own permissions, and stopped tasks as events brought them.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aWorld, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await aWorld({ hasEvents: true })
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

test('a deployment that failed is one cause with its tasks, also when ECS has forgotten them', async () => {
  const service = world.service('web/payments-api')
  const spec = service.deployments[0]?.revision.spec
  const [first] = world.fleet.site(service.cluster).taskDefinitions.get('payments-api') ?? []
  if (spec === undefined || first === undefined) throw new Error('no older revision')
  world.fleet.knobs.failService(service.arn, 'exit1')
  world.fleet.deploy(service, { ...spec, taskDefinition: first })
  await world.until(() => service.deployments[0]?.isRollback === true)
  world.fleet.knobs.healService(service.arn)
  world.clock.advance(2 * 3_600_000)
  await world.quiet()
  await world.type('why payments-api --explain')
  // Look-ups in CloudTrail are two at once, then half a second apart.
  for (const lookUps of [2, 3, 4, 5, 6]) {
    await expect.poll(() => world.calls('LookupEvents').length).toBe(lookUps)
    world.clock.advance(600)
  }
  await expect.poll(() => world.told('U0REQUEST')).not.toBe('')
  const answer = world.told('U0REQUEST')
  expect(answer).toMatch(/Last problem: deployed :1 .* → 3 tasks exited with 1 .* → rolled back to :3 /)
  expect(answer).toContain('ECS Action Logs are off for this cluster.')
  expect(answer).not.toContain('Unavailable')
  expect(answer).toMatch(/\d+ calls to AWS: .*DescribeDeliverySources.*LookupEvents/)
})
