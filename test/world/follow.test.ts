// /ecs logs --follow against the sandbox: through the built handlers, Live Tail and polls at the wire, from one invocation
// to the next.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HUB } from '../../sandbox/sandbox.ts'
import type { Message } from '../../sandbox/slack/types.ts'
import type { LogGroup } from '../../sandbox/world/logs.ts'
import { aWorld, textOf, type World } from './world.ts'

let world: World
let group: LogGroup
const MINUTE = 60_000

beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(MINUTE)
})
afterAll(() => world.stop())

const tasks = (service?: string) => [...world.service(service).tasks].map(({ id }) => id)
const write = (message: string, { nth = 0, ago = 0 } = {}) =>
  world.aws.logs.append(group, `ecs/app/${tasks()[nth]}`, message, world.clock.now() - ago)

/** The bot's messages to a person, the last one last. */
const direct = (user = 'U0REQUEST'): readonly Message[] =>
  world.slack.workspace.history(world.slack.workspace.openDm(user).id).filter(({ bot_id }) => bot_id !== undefined)
const message = () => textOf(direct().at(-1))
const isOver = () => message().startsWith('Followed')

/** Time passes, and everything that is due happens on the way. */
const pass = async (ms: number): Promise<void> => {
  const end = world.clock.now() + ms
  await world.quiet()
  for (let next = world.clock.next(); next !== undefined && next <= end; next = world.clock.next()) {
    world.clock.advanceTo(next)
    await world.quiet()
  }
  world.clock.advanceTo(end)
  await world.quiet()
}

const numbers = (text: string) => [...text.matchAll(/line (\d+)\./g)].map(([, n]) => Number(n))
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

beforeEach(() => {
  world.clock.advance(60 * MINUTE)
  world.aws.throttle.reset()
  const found = world.aws.logs.find(HUB, '/ecs/orders-api')
  if (found === undefined) throw new Error('no group')
  group = found
  group.perMinute = 0
})
afterEach(async () => {
  world.aws.faults.clear()
  world.slack.faults.clear()
  world.aws.logKnobs.othersSessions = 0
  world.aws.logKnobs.infrequent.clear()
  await pass(12 * MINUTE)
})

const follow = async (more = '', where = {}) => {
  // The asker is told at once; the follow itself sleeps from second to second.
  const told = await world.type(`logs orders-api --container app --follow ${more || '2m'}`, where)
  await pass(1_000)
  return told
}

test('lines as they come, in one message to the asker, until its time is over', async () => {
  write('line 1.', { ago: 10_000 })
  expect(await follow()).toBe('Following orders-api in your messages with Quarterdeck.')
  for (let n = 2; n <= 6; n += 1) {
    write(`line ${n}.`, { nth: n % 4 })
    await pass(5_000)
  }
  expect(message()).toContain('Following orders-api until ')
  expect(message()).toContain('live · times are UTC')
  expect(message()).toContain('[Stop]')
  await world.until(isOver)
  expect(numbers(message())).toEqual(upTo(6))
  expect(message()).toContain('Followed orders-api for 2 min: 6 lines')
  expect(message()).not.toContain('[Stop]')
  expect(world.calls('StartLiveTail').at(-1)).toMatchObject({ sourceIdentity: 'requester@example.com', status: 200 })
  expect(world.aws.liveTails.count(HUB)).toBe(0)
  expect(direct().filter(({ text }) => text.startsWith('Follow'))).toHaveLength(1)
})

describe('where Live Tail cannot be had it is polled, at most once a second', () => {
  test.each([
    ['the account’s sessions are taken', () => Object.assign(world.aws.logKnobs, { othersSessions: 15 })],
    ['the group is not of the Standard class', () => void world.aws.logKnobs.infrequent.add('/ecs/orders-api')],
    [
      'the role may not',
      () =>
        void world.aws.faults.add({
          match: { service: 'logs', action: 'StartLiveTail' },
          when: 'before',
          effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
          times: 9,
        }),
    ],
  ] as const)('%s', async (_, make) => {
    make()
    const before = world.calls('FilterLogEvents').length
    const startedAt = world.clock.now()
    await follow('1m')
    for (const n of upTo(5)) {
      write(`line ${n}.`)
      await pass(3_000)
    }
    expect(message()).toContain('looked for every few seconds')
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(5))
    const seconds = (world.clock.now() - startedAt) / 1_000
    expect(world.calls('FilterLogEvents').length - before).toBeLessThanOrEqual(seconds + 3)
  })
})

test('Stop works within a second, and says who did', async () => {
  await follow('10m')
  write('line 1.')
  const pressed = direct().at(-1)
  await world.slack.deliver.click({
    user: 'U0REQUEST',
    channel: pressed?.channel ?? '',
    ts: pressed?.ts ?? '',
    actionId: 'decide:stop',
  })
  await pass(1_000)
  expect(message()).toMatch(/^Followed orders-api for \d s, until it was stopped by requester: 1 line/)
})

describe('from one holder to the next no line is lost, and none comes twice', () => {
  const flow = async (minutes: number, disturb: (n: number) => void): Promise<void> => {
    for (let n = 1; n <= minutes * 12; n += 1) {
      write(`line ${n}.`, { nth: n % 4 })
      disturb(n)
      await pass(5_000)
    }
  }

  test('the invocation’s time is up', async () => {
    await follow('8m')
    await flow(7, () => {})
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(84))
    expect(message()).toContain(': 84 lines')
  })

  test('the holder is killed, again and again', async () => {
    await follow('9m')
    await flow(8, n => {
      if (n === 10 || n === 50) world.functions.killAll('quarterdeck-query')
    })
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(96))
    expect(message()).toContain(': 96 lines')
  })

  test('killed as it polls, at each request', async () => {
    world.aws.logKnobs.othersSessions = 15
    await follow('9m')
    await flow(8, n => {
      if (n % 24 !== 6) return
      const call = { 6: 'FilterLogEvents', 30: 'PutItem', 54: 'PutItem', 78: 'UpdateItem' }[n]
      world.aws.faults.add({
        match: { function: 'quarterdeck-query', ...(call && { action: call }) },
        when: n === 30 ? 'before' : 'after',
        effect: { kind: 'kill' },
      })
    })
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(96))
  })
})
