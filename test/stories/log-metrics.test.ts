// The lines that the alarms of infra/log-metrics.ts count.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
const lines: string[] = []
beforeEach(async () => {
  world = await aStory()
  lines.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    lines.push(String(text))
    return true
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

const metrics = () =>
  lines.flatMap(line => {
    const found = line.startsWith('{"level":"metric"') ? JSON.parse(line) : undefined
    return found === undefined ? [] : [found]
  })

test('a card says once how long it took, also when its operation goes on in other invocations', async () => {
  await world.type('scale orders-api 6')
  await world.click('approve')
  await world.until(() => /Done/.test(world.card()))
  expect(metrics().map(({ name }) => name)).toEqual(['card'])
  expect(metrics()[0].value).toBeGreaterThanOrEqual(0)
})

test('the look at gates says how many requests wait', async () => {
  await world.type('scale orders-api 6')
  await world.recur('gates')
  await world.click('reject')
  await world.recur('gates')
  expect(metrics().filter(({ name }) => name === 'waiting')).toEqual([
    { level: 'metric', name: 'waiting', value: 1 },
    { level: 'metric', name: 'waiting', value: 0 },
  ])
})

test('a change that failed is a line of the audit with its outcome', async () => {
  await world.type('scale orders-api 6')
  world.aws.faults.add({
    match: { service: 'ecs', action: 'UpdateService' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
  })
  await world.click('approve')
  await world.until(() => /Failed/.test(world.card()))
  const outcomes = lines.flatMap(line => (line.startsWith('{"level":"audit"') ? [JSON.parse(line)] : []))
  expect(outcomes.filter(({ kind }) => kind === 'outcome').map(({ outcome }) => outcome)).toEqual(['failed'])
})
