// Pictures of answers: none unasked, and on request in the asker's direct messages, with the same in words.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  world.clock.advance(3 * 3_600_000)
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const pictures = () =>
  world.slack.workspace
    .messages(world.slack.workspace.openDm('U0REQUEST').id)
    .flatMap(({ files = [] }) => files)
    .map(({ name, alt_txt }) => `${name}: ${alt_txt}`)

test('a status offers its chart, and the click is the same line with --chart', async () => {
  expect(await world.type('status prod.us-east-1/web/checkout --explain')).toMatch(/\[Show Chart\]\n+\d+ calls to AWS/)
  expect(pictures()).toEqual([])
  await world.press('Show Chart')
  expect(world.told('U0REQUEST')).toMatch(/\d+ calls to AWS[\s\S]*The picture is in your direct messages/)
  expect(world.told('U0REQUEST')).not.toContain('Show Chart')
  expect(pictures()).toEqual([expect.stringMatching(/^checkout-usage\.png: checkout, prod .*: CPU \d+% now/)])
})

test('a capacity has the split of its tasks beside the predicted one', async () => {
  const before = pictures().length
  expect(await world.type('capacity notifications')).toContain('[Show Chart]')
  expect(await world.type('capacity notifications --chart')).toContain('The picture is in your direct messages')
  expect(pictures().slice(before)).toMatchInlineSnapshot(`
    [
      "notifications-capacity.png: notifications, prod · us-east-1 · jobs: runs 5 Fargate Spot, 3 Fargate; a new deployment would give about 5 Fargate Spot, 3 Fargate",
    ]
  `)
})

test('a launch type has no split, so no chart', async () => {
  expect(await world.type('capacity orders-api')).not.toContain('Show Chart')
  expect(await world.type('capacity orders-api --chart')).toContain('There is nothing to draw in a chart.')
})
