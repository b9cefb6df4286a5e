// The state of a service is read for each request, and a request never fails because of it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Face } from '../../src/engine/change/card.ts'
import { faceKey } from '../../src/engine/change/records.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
})
afterAll(() => world.stop())
beforeEach(() => {
  world.aws.faults.clear()
  world.aws.throttle.reset()
})

/** The state in the stored face of the newest operation. */
const storedNow = async () => {
  const operation = [...world.durable.executions.keys()].at(-1) ?? ''
  return (await world.store().get<Face>(faceKey(operation)))?.value.plan.now
}

const cancel = () => world.click('cancel', 'U0REQUEST')

test('a request stores the state of its service', async () => {
  await world.type('scale orders-api 6')
  const at = new Date(world.clock.now()).toISOString()
  expect(await storedNow()).toEqual({ at, health: 'healthy', load: expect.any(Number), alarms: [], deployment: '' })
  expect((await storedNow())?.load).toBeGreaterThan(100)
  await cancel()
})

test('a failure of CloudWatch leaves the load unknown, and the request works', async () => {
  world.aws.faults.add({
    match: { service: 'monitoring' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDenied', message: 'no' },
    times: 1_000,
  })
  await world.type('scale orders-api 6')
  const now = await storedNow()
  expect(now).toMatchObject({ health: 'healthy', alarms: [] })
  expect(now).not.toHaveProperty('load')
  expect(world.card()).toContain('Scale orders-api from 4 to 6')
  await world.click('approve')
  await world.until(() => world.desired() === 6)
})

test('a plan that stops tasks reads who calls the service', async () => {
  const before = world.calls('GetMetricData').length
  await world.type('scale prod.us-east-1/web/checkout 4 --dry-run')
  const searches = world
    .calls('GetMetricData')
    .slice(before)
    .filter(({ input }) => JSON.stringify(input).includes('TargetDiscoveryName=\\"checkout\\"'))
  expect(searches.map(({ status }) => status)).toEqual([200])
})
