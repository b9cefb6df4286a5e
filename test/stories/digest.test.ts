// The digest: once a day, at the hour and in the channel that the configuration says, and only where there is something to say.
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: StoryWorld
beforeAll(async () => {
  world = await aStory({ start: Date.parse('2026-11-22T03:00:00Z') })
})
afterEach(() => world.publish(EXAMPLE))
afterAll(() => world.stop())

/** To the next time that clocks in UTC show this, when Scheduler asks. */
const askAt = async (time: string) => {
  const today = Date.parse(`${new Date(world.clock.now()).toISOString().slice(0, 10)}T${time}:00Z`)
  const due = today > world.clock.now() ? today : today + 86_400_000
  await pass(due - world.clock.now(), world)
  await world.recur('digest')
}
const digests = () =>
  world.slack.workspace
    .messages('C0OPS')
    .filter(
      ({ bot_id, text }) => bot_id !== undefined && /^(Not reverted|Awaiting approval|Temporary changes)/.test(text),
    )

test('a day on which nothing waits and nothing is held has none', async () => {
  await askAt('09:00')
  expect(digests()).toEqual([])
})

test('says what leases have left, what waits, and what is held; at eight in Berlin, once', async () => {
  await world.type(`scale ${CHECKOUT} 12 --for 1h`)
  await world.press('Approve', 'U0APPROVE')
  await world.until(() => world.card().includes('Temporary:'))
  world.autoscaling.register({ account: '111122223333', region: 'us-east-1' }, 'service/web/checkout', {
    min: 6,
    max: 20,
  })
  await world.type('scale orders-api 8 --for 40h')
  await world.press('Approve', 'U0APPROVE')
  await askAt('06:59')
  await world.type('scale prod.us-east-1/web/search 9')
  expect(digests()).toEqual([])
  await askAt('07:00')
  await askAt('08:00')
  expect(digests().map(({ ts }) => new Date(Number(ts) * 1_000).toISOString().slice(11, 16))).toEqual(['07:00'])
  expect(textOf(digests()[0])).toMatch(
    /^Not reverted: a decision is needed\n+• prod\.us-east-1\/web\/checkout: a minimum of 12 until .*, by requester; not reverted: someone else changed it to 6\.\.20\nAwaiting approval\n+• Scale search 5 → 9, requested by requester, expires .*\nTemporary changes\n+• prod\.us-east-1\/web\/orders-api: 8 tasks until .*, by requester/,
  )
  expect(textOf(digests()[0])).toContain('Decide with /ecs leases')
})

test('delivered twice it is posted once; one that Slack refuses is not repeated', async () => {
  world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
  const earlier = digests().length
  await askAt('07:30')
  world.functions.deliversTwice = new Set()
  expect(digests().length - earlier).toBe(1)
  world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'status', status: 500 }, times: 20 })
  await askAt('07:10')
  world.slack.faults.clear()
  await askAt('10:00')
  expect(digests().length - earlier).toBe(1)
})

test('another hour holds from the next look on; without the section there is none', async () => {
  const earlier = digests().length
  await world.publish(EXAMPLE.replace("at: '08:00'", "at: '13:30'").replace('  timeZone: Europe/Berlin\n', ''))
  await askAt('13:29')
  expect(digests()).toHaveLength(earlier)
  await askAt('13:50')
  expect(digests()).toHaveLength(earlier + 1)
  await world.publish(EXAMPLE.replace(/digest:\n( .*\n)+/, ''))
  await askAt('13:50')
  expect(digests()).toHaveLength(earlier + 1)
})

test.each([
  ["at: '08:00'", "at: '8 am'", 'is not a time of day such as 08:00'],
  ['Europe/Berlin', 'Berlin', 'is not a time zone such as Europe/Berlin'],
])('a configuration with %s written as %s is refused', async (right, wrong, why) => {
  await expect(world.publish(EXAMPLE.replace(right, wrong))).rejects.toThrow(why)
})
