// /ecs check over the wire: whose calls it makes and how many, and what is said when AWS does not let it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(() => {
  world.clock.advance(60_000)
  world.aws.throttle.reset()
  world.aws.callLog.clear()
})
afterEach(() => world.aws.faults.clear())

/** Calls of ECS and CloudWatch Logs, by how often. */
const asked = () => {
  const counts: Record<string, number> = {}
  for (const { service, action } of world.aws.callLog.list())
    if (['ecs', 'ecr', 'logs'].includes(service)) counts[action] = (counts[action] ?? 0) + 1
  return counts
}
const idsIn = (answer: string) =>
  answer.split('\n').flatMap(line => /^(?:CRITICAL|HIGH|MEDIUM|LOW) {2}.* {2}(\S+)$/.exec(line)?.[1] ?? [])

test('a service costs six calls and one for each image of ours, as the asker’s viewer, and is for the asker alone', async () => {
  await world.type('check orders-api')
  const once = ['DescribeClusters', 'DescribeLogGroups', 'DescribeServices', 'DescribeTaskDefinition', 'ListTasks']
  expect(asked()).toEqual({
    ...Object.fromEntries(once.map(action => [action, 1])),
    DescribeTasks: 1,
    DescribeImageScanFindings: 1,
  })
  for (const action of once) expect(world.calls(action)[0]).toMatchObject({ sourceIdentity: 'requester@example.com' })
  expect(world.cards()).toEqual([])
})

test('an account whose role cannot be assumed says why', async () => {
  world.aws.faults.add({
    match: { action: 'AssumeRole' },
    when: 'before',
    times: 100,
    effect: { kind: 'error', code: 'AccessDenied', message: 'not authorized', status: 403 },
  })
  expect(await world.type('check staging')).toMatch(/^Request failed: .*AWS denied it/)
})

test('throttled once, every call is made again', async () => {
  for (const action of [
    'DescribeClusters',
    'DescribeServices',
    'DescribeTaskDefinition',
    'ListTasks',
    'DescribeLogGroups',
  ])
    world.aws.faults.add({ match: { action }, when: 'before', effect: { kind: 'throttle' } })
  expect(idsIn(await world.type('check orders-api --more'))).toHaveLength(6)
})
