// /ecs tasks against the sandbox: what runs, and why what stopped did, as ECS says for an hour and its events for days.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { aWorld, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await aWorld({ hasEvents: true })
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())
afterEach(() => world.aws.faults.clear())

const stopOne = async (name: string, reason: string): Promise<string> => {
  const running = () => [...world.service(name).tasks].filter(({ lastStatus }) => lastStatus === 'RUNNING')
  await world.until(() => running().length > 0)
  const [task] = running()
  if (task === undefined) throw new Error('no task runs')
  world.fleet.stopTask(task, reason)
  await world.until(() => task.stoppedAt !== undefined)
  world.clock.advance(5_000)
  await world.quiet()
  return task.id.slice(0, 8)
}

test('what runs, and that nothing stopped', async () => {
  const answer = await world.type('tasks orders-api')
  expect(answer).toMatch(/^orders-api runs 4 tasks; none stopped in the last 7 days\n/)
  expect(answer.match(/[0-9a-f]{8} running since .* · orders-api:7 · FARGATE · us-east-1[abc]/g)).toHaveLength(4)
})

test('why tasks stopped, the newest first', async () => {
  const first = await stopOne('web/reports', 'a bad deploy')
  const second = await stopOne('web/reports', 'again')
  const answer = await world.type('tasks prod.us-east-1/web/reports')
  const lines = answer.split('\n').filter(line => line.includes('Somebody stopped it'))
  expect(lines.map(line => /UTC {2}(\w{8}) (.*?) It ran/.exec(line)?.slice(1))).toEqual([
    [second, 'Somebody stopped it: again.'],
    [first, 'Somebody stopped it: a bad deploy.'],
  ])
})

test('how long starting takes, and how much of that the image', async () => {
  await stopOne('web/reports', 'a restart')
  await world.until(() => [...world.service('web/reports').tasks].some(({ lastStatus }) => lastStatus === 'RUNNING'))
  expect(await world.type('tasks prod.us-east-1/web/reports')).toMatch(
    /Starting takes \d+ s, of which pulling the images \d+ s \(\d+%\): the median of 1 task/,
  )
})

test('out of memory, told from ECS and from its events', async () => {
  world.clock.advance(10 * 60_000)
  const answer = await world.type('tasks recommendations')
  expect(answer).toMatch(/recommendations runs \d+ tasks?; \d+ stopped in the last 7 days/)
  expect(answer).toContain('It ran out of memory: its container reached its limit and was killed. It ran for ')
  world.fleet.knobs.healService(world.service('jobs/recommendations').arn)
})

test('a stop is known when ECS has long forgotten it, and once although its event came twice and late', async () => {
  if (world.events === undefined) throw new Error('nobody listens')
  world.events.deliversTwice = true
  world.events.latencyMs = 90_000
  const id = await stopOne('web/search', 'kept')
  world.clock.advance(3 * 3_600_000)
  await world.quiet()
  const answer = await world.type('tasks prod.us-east-1/web/search')
  expect(world.calls('DescribeTasks').at(-1)?.input).not.toMatchObject({ tasks: [expect.stringContaining(id)] })
  expect(answer.split('\n').filter(line => line.includes(id))).toHaveLength(1)
  expect(answer).toContain('Somebody stopped it: kept.')
  world.clock.advance(7 * 86_400_000)
  expect(await world.type('tasks prod.us-east-1/web/search')).not.toContain(id)
})

test('an event whose function fails is delivered again', async () => {
  world.aws.faults.add({
    match: { function: 'quarterdeck-events', action: 'PutItem' },
    when: 'before',
    effect: { kind: 'error', code: 'InternalServerError', message: 'not now', status: 500 },
    times: 3,
  })
  const id = await stopOne('web/catalog-api', 'retried')
  world.clock.advance(3 * 3_600_000)
  await world.until(
    () => world.clock.next() === undefined || world.calls('PutItem').some(({ status }) => status === 200),
  )
  world.clock.advance(3_600_000)
  await world.quiet()
  expect(await world.type('tasks prod.us-east-1/web/catalog-api')).toContain(id)
})

test('without the store it says that it knows no more than ECS does', async () => {
  world.aws.faults.add({
    match: { function: 'quarterdeck-query', service: 'dynamodb', action: 'Query', nth: 2 },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9,
  })
  expect(await world.type('tasks prod.us-east-1/web/orders-api')).toMatch(
    /none stopped in the last hour[\s\S]*could not be read/,
  )
})
