// Whatever comes from outside and however long it is, Lambda takes what each step gives back, and the story goes on.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { emoji, japanese, quotes } from '../../worst.ts'
import { aWorld, textOf, type World } from '../world.ts'
import { type Payloads, watchPayloads } from './payloads.ts'

let world: World
let payloads: Payloads
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  payloads = watchPayloads(world)
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.faults.clear()
  // Another minute has updates of its own.
  world.clock.advance(60_000)
  expect(payloads.refused).toEqual([])
  const dead = [...world.durable.executions.values()].filter(({ status }) => status === 'FAILED')
  expect(dead.map(({ error }) => error)).toEqual([])
})

const card = () => textOf(world.cards().at(-1))
const largestOf = (name: RegExp): number =>
  Math.max(...[...payloads.largest].flatMap(([key, bytes]) => (name.test(key) ? [bytes] : [])))

describe('one line of 300 KB that a command prints', () => {
  const long = (char: string) => `head -c 300000 /dev/zero | tr '\\0' '${char}'`

  test.each([
    ['letters', long('x'), /^✅ Done .*It ended with status 0/s],
    ['quotes', long('"'), /^✅ Done .*It ended with status 0/s],
    ['backslashes, to standard error', `${long('\\\\')} >&2; exit 3`, /^❌ Failed .*It ended with status 3/s],
  ])('of %s: the story ends with its outcome on the card', async (_, command, ended) => {
    await world.type(`exec orders-api:app -- ${command}`)
    await world.click('approve')
    await world.until(() => ended.test(card()))
    expect(largestOf(/^ExecuteCommand/)).toBeLessThan(40_000)
  })

  test('in every task: a row each, cut', async () => {
    await world.type(`exec orders-api:app --all -- ${long('"')}`)
    await world.click('approve')
    await world.until(() => /✅ Done .*4 of 4 ended with status 0/s.test(card()))
    expect(card().match(/^\w{8} \| us-east-1\w \| 0 \| \S+ \| "+…$/gm)).toHaveLength(4)
  })
})

describe('a command as long as one may be, in 49 tasks', () => {
  let desired = 0
  const scaleTo = async (tasks: number) => {
    const service = world.service()
    service.desired = tasks
    world.fleet.touch(service)
    await world.until(() => [...service.tasks].length === tasks && service.scheduler.isSteady)
    world.clock.advance(10_000)
  }
  beforeAll(async () => {
    desired = world.desired()
    await scaleTo(49)
  })
  afterAll(() => scaleTo(desired))

  test.each([
    ['quotes', `: ${quotes(1_880)}`],
    ['Japanese', `: ${japanese(1_880)}`],
    ['emoji', `: ${emoji(1_880)}`],
  ])('of %s: its card appears, and it runs', async (_, command) => {
    const before = world.calls('ExecuteCommand').length
    await world.type(`exec orders-api:app --all -- ${command}`)
    expect(card()).toContain('Run a command in 49 tasks of orders-api')
    expect(card()).toContain('[Review…]')
    await world.click('approve')
    await world.until(() => /✅ Done .*49 of 49 ended with status 0/s.test(card()))
    expect(world.calls('ExecuteCommand')).toHaveLength(before + 49)
    expect(largestOf(/^plan$/)).toBeLessThan(80_000)
  })
})

test('an answer of AWS of 100 KB is cut, and the story ends with it', async () => {
  const effect = { kind: 'error', code: 'InvalidParameterException', message: quotes(100_000), status: 400 } as const
  world.aws.faults.add({ match: { action: 'UpdateService' }, when: 'before', effect })
  await world.type(`scale orders-api 6 --reason "${emoji(500)}"`)
  await world.click('approve')
  await world.until(() => card().includes('❌ Failed'))
})

test('a reason as long as the form of Reject takes is kept whole', async () => {
  await world.type('scale orders-api 6')
  await world.click('reject', 'U0APPROVE', japanese(500))
  await world.until(() => card().includes('🚫 Rejected'))
  expect(card()).toContain(japanese(500))
})
