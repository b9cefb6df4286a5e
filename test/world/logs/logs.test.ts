// /ecs logs over the wire: as whom it reads, what AWS does not let it, and how much it takes in.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import type { LogGroup } from '../../../sandbox/world/logs.ts'
import { aWorld, type World } from '../world.ts'

let world: World
let group: LogGroup

beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(60_000)
})
afterAll(() => world.stop())

const groupOf = (name: string): LogGroup => {
  const found = world.aws.logs.find(HUB, name)
  if (found === undefined) throw new Error(`no group ${name}`)
  return found
}

const tasks = (service?: string) => [...world.service(service).tasks].map(({ id }) => id)

/** Said by the app of the nth task of orders-api, so many milliseconds ago. */
const write = (message: string, { nth = 0, ago = 1_000, container = 'app' } = {}) =>
  world.aws.logs.append(group, `ecs/${container}/${tasks()[nth]}`, message, world.clock.now() - ago)

const filters = () => world.calls('FilterLogEvents').slice(before)
let before = 0

// In each test the service is silent but for what the test writes, and what others wrote is out of sight.
beforeEach(() => {
  world.clock.advance(60 * 60_000)
  world.aws.throttle.reset()
  group = groupOf('/ecs/orders-api')
  group.perMinute = 0
  before = world.calls('FilterLogEvents').length
})
afterEach(() => world.aws.faults.clear())

test('as the asker’s viewer, and to the asker alone', async () => {
  await world.type('logs orders-api')
  expect(filters()[0]).toMatchObject({ sourceIdentity: 'requester@example.com' })
  expect(world.cards()).toEqual([])
})

test('a group that is in two accounts is asked about; the others answer for an account that does not', async () => {
  const staging = { account: '444455556666', region: 'us-east-1' }
  world.aws.logs.create(staging, '/ecs/twice')
  world.aws.logs.create(HUB, '/ecs/twice')
  expect(await world.type('logs /ecs/twice')).toContain('[prod.us-east-1] [staging.us-east-1]')
  await world.press('staging.us-east-1')
  expect(world.told('U0REQUEST')).toContain('/ecs/twice: no lines')
  const arn = `arn:aws:iam::${staging.account}:role/quarterdeck-viewer`
  const role = world.aws.roles.find(arn)
  if (role === undefined) throw new Error('no role')
  world.aws.roles.remove(arn)
  const answer = await world.type('logs /ecs/twice')
  world.aws.roles.add(role)
  expect(answer).toContain('/ecs/twice: no lines')
  expect(answer).toContain('staging in us-east-1: assuming quarterdeck-viewer: AWS denied it')
})

test('100,000 events a minute: the newest, and that there is more', async () => {
  for (let n = 0; n < 100_000; n += 1) write(`n${n}.`, { nth: n % 4, ago: 60_000 - Math.floor(n * 0.6) })
  const answer = await world.type('logs orders-api --container app')
  expect(answer).toContain('orders-api: the newest 1,000 lines of the last 15m')
  expect(answer).toContain('n99999.')
  expect(filters()).toHaveLength(1)
})

test('an account whose role cannot be assumed', async () => {
  const arn = `arn:aws:iam::${HUB.account}:role/quarterdeck-viewer`
  const role = world.aws.roles.find(arn)
  if (role === undefined) throw new Error('no role')
  world.aws.roles.remove(arn)
  const answer = await world.type('logs prod.us-east-1/web/orders-api')
  world.aws.roles.add(role)
  expect(answer).toContain('assuming quarterdeck-viewer: AWS denied it')
})

test('throttled, and then not; throttled throughout', async () => {
  write('here')
  const throttle = (times: number) =>
    world.aws.faults.add({
      match: { service: 'logs', action: 'FilterLogEvents' },
      when: 'before',
      effect: { kind: 'throttle' },
      times,
    })
  throttle(1)
  expect(await world.type('logs orders-api')).toContain('here')
  throttle(100)
  expect(await world.type('logs orders-api')).toContain('AWS is throttling this account')
})
