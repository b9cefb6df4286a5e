// The state of a service is read for each request, and a request never fails because of it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Face } from '../../src/engine/cards/card.ts'
import { faceKey } from '../../src/engine/change/records.ts'
import { pass } from '../world/driving.ts'
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
  const tasks = { running: 4, desired: 4 }
  const load = expect.any(Number)
  expect(await storedNow()).toEqual({ at, health: 'healthy', tasks, load, alarms: [], deployment: '' })
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
  expect(world.card()).toContain('Scale orders-api 4 → 6')
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

describe('a reminder', () => {
  const readBySchedule = () =>
    world.calls('DescribeServices').filter(({ container = '' }) => container.startsWith('quarterdeck-schedule'))

  test('shows the card again, with the state that the requester may read', async () => {
    await world.type('scale prod.us-east-1/web/payments-api 4')
    const before = world.card()
    const editedAt = () => world.cards().at(-1)?.edited?.ts
    expect(editedAt()).toBeUndefined()
    await pass(16 * 60_000, world)
    expect(editedAt()).toBeDefined()
    expect(readBySchedule().map(({ arn }) => arn)).toEqual([expect.stringMatching(/quarterdeck-viewer\/U0REQUEST-/)])
    expect(world.replies().at(-1)?.text).toContain('Still waiting')
    expect(world.card()).toBe(before)
    await cancel()
  })

  test('is posted also if the state cannot be read', async () => {
    const replies = world.replies().length
    await world.type('scale prod.us-east-1/web/payments-api 4')
    world.aws.faults.add({
      match: { function: 'quarterdeck-schedule', action: 'AssumeRole' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDenied', message: 'no' },
      times: 1_000,
    })
    await pass(16 * 60_000, world)
    expect(world.replies()).toHaveLength(replies + 1)
    expect(world.card()).toContain('payments-api')
    await cancel()
  })
})

test('a scale says what it costs an hour', async () => {
  await world.type('scale orders-api 9')
  expect(world.card()).toMatch(/Now: healthy[^\n]*\. About \+\$0\.\d\d\/h/)
  await cancel()
})

test('where the size of a task cannot be read, the card leaves the cost out', async () => {
  world.aws.faults.add({
    match: { action: 'DescribeTaskDefinition' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 1_000,
  })
  await world.type('scale orders-api 9')
  expect(world.card()).toContain('→ 9')
  expect(world.card()).not.toContain('About')
  await cancel()
})
