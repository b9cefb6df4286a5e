// A rollback, and a change that breaks glass, take the lock of a running change over: only once they may run themselves.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const ORDERS = 'prod.us-east-1/web/orders-api'
const shown = (nth: number) => textOf(world.cards()[nth])
const approve = async (nth: number) => {
  const { channel = '', ts = '' } = world.cards()[nth] ?? {}
  await world.slack.deliver.click({ user: 'U0APPROVE', channel, ts, actionId: 'decide:approve' })
  await world.quiet()
}

test('a rollback that is out of date leaves the lock to the change that runs', async () => {
  await world.type(`restart ${ORDERS}`)
  await approve(0)
  await world.type(`rollback ${ORDERS}`)
  expect(shown(1)).toContain('Stop the restart of orders-api')
  await world.until(() => ENDED.test(shown(0)))
  await world.type(`scale ${ORDERS} ${world.desired() + 2}`)
  await approve(2)
  expect(shown(2)).toContain('Running')
  await approve(1)
  expect(shown(1)).toContain('Out of date')
  expect(shown(2)).toContain('Running')
  await world.type(`restart ${ORDERS} --reason "again"`)
  await approve(3)
  expect(shown(3)).toContain('Blocked')
  await world.until(() => ENDED.test(shown(2)))
  expect(shown(2)).toContain('Done')
})
