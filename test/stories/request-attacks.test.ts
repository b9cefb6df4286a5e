// Attempts to have something run that nobody requested, or to keep others from requesting.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const ORDERS = 'prod.us-east-1/web/orders-api'

describe('“Request This” of a dry run requests what was previewed', () => {
  test('with the reason before the command that runs', async () => {
    const reason = 'see $(touch /tmp/x)'
    await world.type(`exec ${ORDERS}:app --dry-run --reason "${reason}" -- uptime`)
    await world.press('Request This', 'U0REQUEST')
    expect(world.card()).toContain(reason)
    expect(world.card()).toContain('sh -c uptime')
    expect(world.card()).not.toContain('--reason')
  })

  test.each([
    ["'peak« --break-glass --for «2h'", 'peak« --break-glass --for «2h'],
    ["'peak„ --break-glass'", 'peak„ --break-glass'],
    ['"peak\\\\" --for 2h', 'peak\\'],
    [`'peak\\\\” --break-glass'`, 'peak\\” --break-glass'],
  ])('with the reason %s, which gives no options', async (typed, reason) => {
    await world.type(`scale ${ORDERS} 6 --dry-run --reason ${typed}`)
    await world.press('Request This', 'U0REQUEST')
    expect(world.card()).toContain(`“${reason}”`)
    expect(world.card()).toContain('[Approve]')
    expect(world.card()).not.toContain('breaks glass')
    await world.quiet()
    expect(world.desired()).toBe(4)
  })
})
