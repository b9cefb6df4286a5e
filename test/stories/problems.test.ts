// Problems in channels: subscribed, told as one card for each problem, updated in place, and closed by themselves.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { anOom, send, taskId } from './problem-events.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const MINUTE = 60_000

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await pass(10 * MINUTE, world)
  await world.recur('index')
})
afterEach(() => world.stop())

const now = () => world.clock.now()
const problemCards = (channel = 'C0OPS') =>
  world
    .cards(channel)
    .filter(({ text }) => !/subscribed|subscription/.test(text))
    .map(message => textOf(message))

test('subscribed, several tasks out of memory are one card, updated in place, which closes by itself', async () => {
  await world.type('subscribe orders-api')
  expect(world.card()).toContain('This channel is subscribed to prod.us-east-1/web/orders-api: all problems.')
  await send(world, anOom({ id: taskId(1), at: now() }))
  await pass(5_000, world)
  expect(problemCards()).toHaveLength(1)
  expect(problemCards()[0]).toMatch(/^❌ orders-api: out of memory, 1 task\n/)
  const posts = world.calls('chat.postMessage').length
  await pass(4 * MINUTE, world)
  await send(world, anOom({ id: taskId(2), at: now() }), anOom({ id: taskId(3), at: now() }))
  await pass(MINUTE, world)
  expect(problemCards()).toHaveLength(1)
  expect(problemCards()[0]).toMatch(/^❌ orders-api: out of memory, 3 tasks in 4 min\n/)
  expect(world.calls('chat.postMessage')).toHaveLength(posts)
  await pass(15 * MINUTE, world)
  expect(problemCards()).toHaveLength(1)
  expect(problemCards()[0]).toMatch(/^✅ orders-api: over after 4 min\. It was: out of memory, 3 tasks\n/)
})
