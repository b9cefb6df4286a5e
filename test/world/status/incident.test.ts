// /ecs incident over the wire: with the functions' own permissions, and Slack's channels.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOf } from '../text-of.ts'
import { aWorld, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

test('an incident is opened, noted, closed, and reviewed', async () => {
  await world.type('incident open orders-api checkout is down')
  const own = () => [...world.slack.workspace.channels.values()].find(({ name }) => /^inc-.*-orders-api$/.test(name))
  await expect.poll(() => own()?.pins.length).toBe(1)
  const channel = own()?.id ?? ''
  const card = () => textOf(world.cards(channel)[0])
  expect(card()).toContain('🚨 Incident open · high · orders-api: checkout is down')
  // The snapshot's look-ups in CloudTrail are half a second apart.
  await expect
    .poll(() => {
      world.clock.advance(600)
      return own()?.pins.length
    })
    .toBe(2)
  await world.type('incident note cards work again', { channel })
  await world.type('incident close "a bad image"', { channel })
  await expect.poll(card).toContain('✅ Incident closed')
  expect(card()).toContain('cards work again')
  const names = () => [...world.slack.workspace.files.values()].map(({ file }) => file.name)
  await expect.poll(names).toContainEqual(expect.stringMatching(/^incident-.*-orders-api\.md$/))
  expect(await world.type('incident timeline', { channel })).toContain('cards work again')
})
