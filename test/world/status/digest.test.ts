// Digests over the wire: with the roles of the functions and of each account, and killed at each of its calls.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pass } from '../driving.ts'
import { aWorld, textOf, type World } from '../world.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const HOUR_MS = 3_600_000

let world: World
let at = Date.parse('2026-11-23T08:00:00Z')
beforeAll(async () => {
  world = await aWorld({ start: Date.parse('2026-11-23T07:30:00Z'), hasEvents: true })
  await world.publish(
    EXAMPLE.replace(
      /digests:\n( .*\n)+/,
      'digests:\n  - { name: ops, channel: C0OPS, cron: cron(0 * * * ? *), owners: [S0ONCALL] }\n',
    ),
  )
  await world.recur('index')
  await world.recur('digest')
})
afterAll(() => world.stop())

const goTo = async (to: number) => {
  await pass(to - world.clock.now(), world)
  world.aws.throttle.reset()
}
const digests = () =>
  world.slack.workspace
    .messages('C0OPS')
    .filter(({ bot_id, text, ts, thread_ts = ts }) => bot_id !== undefined && ts === thread_ts && /^Digest /.test(text))

test('a digest of every topic: reads as the viewer of each account, and nothing else', async () => {
  await goTo(at - 600_000)
  await world.type('scale prod.us-east-1/web/search 6 --break-glass --reason "incident 812"')
  expect(await world.type('scale prod.us-east-1/web/orders-api 6')).toBe('')
  await goTo(at)
  const before = world.aws.callLog.list().at(-1)?.id ?? 0
  await world.recur('digest')
  const text = textOf(digests().at(-1))
  expect(text).toMatch(
    /^Digest ops: 1 request waits, 1 emergency change, \d+ findings, \d savings of about \$[\d.]+ a month\n/,
  )
  expect(text).not.toContain('Unavailable')
  const calls = world.aws.callLog.list().filter(({ id }) => id > before)
  const refused = calls.filter(({ errorCode = '' }) => /AccessDenied|NotAuthorized/.test(errorCode))
  expect(refused.map(({ action }) => action)).toEqual([])
  const roles = calls.flatMap(({ service, arn = '' }) => (service === 'ecs' ? [arn.split('/')[1]] : []))
  expect(new Set(roles)).toEqual(new Set(['quarterdeck-viewer']))
  expect(await world.type('digest preview ops')).toMatch(/^Preview of digest ops: nothing new/)
  expect(await world.type('digest list')).toContain('Last: posted, due')
})

test.each([
  ['before', 'chat.postMessage'],
  ['after', 'chat.postMessage'],
  ['before', 3],
  ['after', 1],
  ['after', 3],
] as const)('%s %s, an answer is lost or a function is killed: one message', async (when, what) => {
  at += HOUR_MS
  await goTo(at - 600_000)
  await world.type(`scale prod.us-east-1/web/search ${((at / HOUR_MS) % 24) - 1}`)
  await goTo(at)
  const count = digests().length
  if (typeof what === 'number')
    world.aws.faults.add({
      match: { service: 'dynamodb', action: 'PutItem', function: 'quarterdeck-schedule', nth: what },
      when,
      effect: { kind: 'kill' },
      times: 1,
    })
  else world.slack.faults.add({ method: what, effect: { kind: when === 'before' ? 'drop' : 'lose' }, times: 1 })
  await world.recur('digest')
  expect(digests().length).toBeLessThanOrEqual(count + 1)
  for (const minutes of [5, 10, 15]) {
    await goTo(at + minutes * 60_000)
    await world.recur('digest')
  }
  world.aws.faults.clear()
  world.slack.faults.clear()
  expect(digests()).toHaveLength(count + 1)
})
