// Edited mentions over the wire: Lambda refuses a name that it knows with another payload, and IAM guards the items.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

const REQUESTER = { user: 'U0REQUEST', channel: 'C0OPS' }

test('an edited message runs its line once; a corrected line is a request that names the first', async () => {
  const { message } = await world.slack.deliver.mention({ ...REQUESTER, text: 'scale orders-api +1' })
  await world.quiet()
  const edit = async (text: string) => {
    await world.slack.deliver.edit({ ...REQUESTER, ts: message.ts, text })
    await world.quiet()
  }
  await edit('@quarterdeck   scale orders-api "+1"')
  expect([world.durable.executions.size, world.told('U0REQUEST')]).toEqual([1, ''])
  await edit('@quarterdeck scale orders-api +2')
  expect(world.durable.executions.size).toBe(2)
  expect(textOf(world.cards().at(-1))).toContain(
    'The message was edited. Its earlier line, scale orders-api +1, is a request of its own: see its card.',
  )
})
