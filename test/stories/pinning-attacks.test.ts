// Attacks through bounds that leave scaling policies no room: several harmless changes that make a suspension without an end.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const CHECKOUT = 'prod.us-east-1/web/checkout'
const MINUTE = 60_000
const NO_END = 'may not suspend autoscaling without an end'
const target = () => world.autoscaling.targetOf(world.service('web/checkout'))
const bounds = () => `${target()?.min}..${target()?.max}`
const isOver = () => ENDED.test(world.card())
const approved = async (line: string) => {
  await world.type(line)
  await world.click('approve')
  await world.until(isOver)
}

/** 4..10 becomes 6..6 for half an hour. */
const pinned = async () => {
  await approved(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:10" 6..6 --until 03:40`)
  await pass(12 * MINUTE, world)
  expect(bounds()).toBe('6..6')
}

describe('who may not suspend autoscaling without an end', () => {
  test('does not schedule bounds without room for longer than a temporary change, also where the end runs first', async () => {
    await world.publish(EXAMPLE.replace(/longest: .*/, 'longest: 4h'))
    const line = (until: string) => `autoscale schedule ${CHECKOUT} "daily 08:45" 6..6 --until ${until}`
    expect(await world.type(line('08:44'))).toContain('A temporary change lasts at most 4h here')
    await world.type(line('12:45'))
    expect(world.card()).toContain('Needs 1')
  })

  test('does not delete the end of bounds without room, and may delete start and end', async () => {
    const NAME = 'quarterdeck-daily-0310'
    await approved(`autoscale schedule ${CHECKOUT} "daily 03:10" 6..6 --until 03:40`)
    await approved(`autoscale schedule ${CHECKOUT} "daily 08:45" 20..40 --until 17:30`)
    expect(await world.type(`autoscale unschedule ${CHECKOUT} ${NAME}-end`)).toContain(NO_END)
    await approved(`autoscale unschedule ${CHECKOUT} quarterdeck-daily-0845`)
    await approved(`autoscale unschedule ${CHECKOUT} ${NAME}`)
    expect([...(target()?.scheduled.keys() ?? [])]).toEqual([])
  })

  test('does not delete bounds without room, with their end, while they hold', async () => {
    await pinned()
    expect(await world.type(`autoscale unschedule ${CHECKOUT} quarterdeck-at-2026-11-22t0310`)).toContain(NO_END)
    await pass(30 * MINUTE, world)
    expect(bounds()).toBe('4..10')
  })

  test.each(['at 2026-11-22T03:40', 'at 2026-11-22T03:41', 'rate(1 minute)'])(
    'does not schedule bounds without room after the end of others: %s',
    async when => {
      await pinned()
      expect(await world.type(`autoscale schedule ${CHECKOUT} "${when}" 6..6`)).toContain(NO_END)
    },
  )

  test('does not let a schedule end with bounds that have no room after the end of others', async () => {
    await pinned()
    const line = `autoscale schedule ${CHECKOUT} "at 2026-11-22T03:45" 6..20 --until 03:50`
    expect(await world.type(line)).toContain(NO_END)
  })

  test('does not suspend scheduled scaling over the only end of bounds without room', async () => {
    await pinned()
    expect(await world.type(`autoscale suspend ${CHECKOUT} scheduled --for 1h`)).toContain(NO_END)
    await world.type(`autoscale suspend ${CHECKOUT} scheduled --for 10m`)
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    expect(await world.type(`lease extend ${CHECKOUT} 1h`)).toContain(NO_END)
  })

  test('does not keep a minimum that is the maximum', async () => {
    await world.type(`scale ${CHECKOUT} 10 --for 1h`)
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    expect(bounds()).toBe('10..10')
    expect(await world.type(`lease keep ${CHECKOUT}`)).toContain(NO_END)
  })
})

test('where bounds have no room already, more of them, and schedules within them, end no scaling', async () => {
  const found = target()
  if (found !== undefined) Object.assign(found, { min: 6, max: 6 })
  await world.type(`autoscale schedule ${CHECKOUT} "daily 08:45" 20..40 --until 17:30`)
  await world.click('approve')
  await world.until(isOver)
  await world.type(`autoscale unschedule ${CHECKOUT} quarterdeck-daily-0845`)
  expect(world.card()).toContain('Needs 1')
})

test('the end of bounds without room is deleted by the rule about suspensions', async () => {
  const rule = '{ when: { commands: [autoscale suspend] }, approvals: 2, approvers: [S0OPS] }'
  const config = EXAMPLE.replace('approvals:\n', `approvals:\n  - ${rule}\n`)
  await approved(`autoscale schedule ${CHECKOUT} "daily 03:10" 6..6 --until 03:40`)
  await world.publish(config.replace(/permanent: .*/, 'permanent: [everyone]'))
  await world.type(`autoscale unschedule ${CHECKOUT} quarterdeck-daily-0310-end`)
  expect(world.card()).toContain('Needs 2')
})
