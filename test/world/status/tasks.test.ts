// /ecs tasks against the sandbox: what runs, and why what stopped did, as ECS says for an hour and its events for days.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ImageFacts } from '../../../sandbox/aws/services/ecr/ecr-images.ts'
import { aWorld, type World } from '../world.ts'

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
  const lines = answer.split('\n').filter(line => line.includes('Stopped by someone'))
  expect(lines.map(line => /UTC {2}(\w{8}) (.*?) It ran/.exec(line)?.slice(1))).toEqual([
    [second, 'Stopped by someone: again.'],
    [first, 'Stopped by someone: a bad deploy.'],
  ])
})

test('tasks that stopped for one reason are said once, with how many, since when, and which', async () => {
  const ids = [await stopOne('web/payments-api', 'a drill'), await stopOne('web/payments-api', 'a drill')]
  const other = await stopOne('web/payments-api', 'no drill')
  const answer = await world.type('tasks payments-api')
  expect(answer).toContain('3 stopped in the last 7 days')
  const lines = answer.split('\n').filter(line => line.includes('drill'))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain(`  ${other} Stopped by someone: no drill.`)
  expect(lines[1]).toMatch(
    new RegExp(
      `UTC {2}2 × since 2026-.* UTC {2}Stopped by someone: a drill\\. They ran for .* · payments-api:3 · ${ids[1]} ${ids[0]} $`,
    ),
  )
})

describe('lazy loading', () => {
  const set = (repository: string, facts: ImageFacts) => world.aws.images.set(repository, facts)
  /** As if the one task of reports had taken a minute to start, so many seconds of it to pull. */
  const pulling = async (seconds: number) => {
    const [task] = world.service('web/reports').tasks
    if (task === undefined) throw new Error('no task')
    const at = world.clock.now() - 100_000
    Object.assign(task, {
      createdAt: at,
      pullStartedAt: at + 1_000,
      pullStoppedAt: at + 1_000 + seconds * 1_000,
      startedAt: at + 60_000,
    })
    return world.type('tasks prod.us-east-1/web/reports --explain')
  }

  test.each<[ImageFacts, number, string]>([
    [{ megabytes: 900 }, 40, 'app has no SOCI index: with one, Fargate would start it before all 900 MB are pulled'],
    [{ megabytes: 900, isIndex: true }, 40, 'all 900 MB are pulled'],
    [{ megabytes: 90 }, 40, 'No SOCI index; little to gain: no image has 250 MB'],
    [{ megabytes: 900 }, 5, 'No SOCI index; little to gain: image pulls are a small part of start-up'],
    [{ megabytes: 900, soci: 'v2' }, 40, 'app has a SOCI index (v2): it starts before its image is fully pulled'],
    [{ megabytes: 900, soci: 'v2', isIndex: true }, 40, 'app has a SOCI index (v2)'],
    [{ megabytes: 900, soci: 'v1' }, 40, 'app has a SOCI index (v1)'],
  ])('%j, %i s of a minute: %s', async (facts, seconds, words) => {
    set('reports', facts)
    expect(await pulling(seconds)).toContain(words)
  })

  test('costs a few calls an image, and where they are denied hides nothing', async () => {
    set('reports', { megabytes: 900, soci: 'v2' })
    expect(await pulling(40)).toMatch(/calls to AWS: AssumeRole, BatchGetImage, Describe/)
    world.aws.faults.add({
      match: { action: 'BatchGetImage' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    })
    expect(await pulling(40)).toMatch(/runs 1 task[\s\S]*Unavailable: reading the image of reports: AWS denied it/)
  })

  test('is Fargate’s alone', async () => {
    expect(await world.type('tasks log-shipper --explain')).not.toContain('BatchGetImage')
  })
})

test('how long starting takes, and how much of that the image', async () => {
  await stopOne('web/reports', 'a restart')
  await world.until(() => [...world.service('web/reports').tasks].some(({ lastStatus }) => lastStatus === 'RUNNING'))
  expect(await world.type('tasks prod.us-east-1/web/reports')).toMatch(
    /Start-up takes \d+ s, of which image pulls take \d+ s \(\d+%\), median of 1 task/,
  )
})

test('out of memory, told from ECS and from its events', async () => {
  world.clock.advance(10 * 60_000)
  const answer = await world.type('tasks recommendations')
  expect(answer).toMatch(/recommendations runs \d+ tasks?; \d+ stopped in the last 7 days/)
  expect(answer).toContain('Out of memory: app reached its memory limit and was killed. They ran for ')
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
  expect(answer).toContain('Stopped by someone: kept.')
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
