// A problem over the wire: ECS's events, the teller, and the card with the last log lines of a task that failed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pass } from '../driving.ts'
import { aWorld, ORDERS, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld({ hasEvents: true })
  await world.recur('index')
})
afterAll(() => world.stop())

const cards = () =>
  world
    .cards()
    .map(textOf)
    .filter(text => /^[❌✅]/u.test(text))

test('a service whose tasks run out of memory is one card with logs, in the thread more of them, until it is steady', async () => {
  await world.type(`subscribe ${ORDERS}`)
  expect(world.card()).toContain('This channel is subscribed')
  const service = world.service()
  world.fleet.knobs.failService(service.arn, 'oom')
  const running = () => [...service.tasks].filter(({ lastStatus }) => lastStatus === 'RUNNING')
  const [task] = running()
  if (task === undefined) throw new Error('no task runs')
  world.fleet.stopTask(task, 'a drill')
  await world.until(() => cards().length > 0)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^❌ orders-api: out of memory, \d+ tasks?/)
  expect(cards()[0]).toMatch(/Last lines of app in [0-9a-f]{8}/)
  await pass(60_000, world)
  world.fleet.knobs.healService(service.arn)
  await world.until(() => /^✅/.test(cards()[0] ?? ''), 3_600_000)
  expect(cards()).toHaveLength(1)
  expect(cards()[0]).toMatch(/^✅ orders-api: over after .* It was: out of memory, \d+ tasks/)
}, 240_000)
