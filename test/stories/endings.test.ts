// Edits notify nobody: the end of a request is told in its thread, once, to who must hear of it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const replies = () => world.endReplies().map(textOf)
const inChannel = () => world.slack.workspace.history('C0OPS').filter(({ subtype }) => subtype === 'thread_broadcast')
const over = () => world.until(() => /Done|Failed|Rejected|Cancelled|Expired/.test(world.card()))

test('a change that is done mentions the requester in the thread, and not the channel', async () => {
  await world.type('scale orders-api 6')
  await world.click('approve')
  await over()
  await world.quiet()
  expect(replies()).toEqual([
    expect.stringMatching(/^@U0REQUEST ✅ Done · prod · Scaled orders-api 4 → 6 in \d+ (s|min)$/),
  ])
  expect(inChannel()).toEqual([])
})

test('a failure mentions the requester and who approved, and the channel sees it', async () => {
  world.aws.faults.add({
    match: { service: 'ecs', action: 'UpdateService' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 99,
  })
  await world.type('scale orders-api 6')
  await world.click('approve')
  await over()
  await world.quiet()
  expect(replies()).toEqual([expect.stringMatching(/^@U0REQUEST @U0APPROVE ❌ Failed · prod · Scale orders-api 4 → 6/)])
  expect(inChannel()).toHaveLength(1)
})

test('a rejection mentions the requester; a cancellation by the requester mentions nobody', async () => {
  await world.type('scale orders-api 6')
  await world.click('reject', 'U0APPROVE', 'not now')
  await world.quiet()
  expect(replies()).toEqual([expect.stringContaining('@U0REQUEST 🚫 Rejected')])
  await world.type('scale orders-api 7')
  await world.click('cancel', 'U0REQUEST')
  await world.quiet()
  expect(replies()).toHaveLength(1)
})

describe('while Slack is down', () => {
  test('the end is on the card later, and the operation ends', async () => {
    await world.type('scale orders-api 6')
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'error', error: 'fatal_error' }, times: 99 })
    await world.click('approve')
    await over()
    await world.quiet()
    expect(world.card()).toContain('✅ Done')
    expect(replies()).toEqual([])
  })
})
