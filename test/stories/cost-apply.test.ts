// /ecs cost apply: a recommended size becomes a plan, a deployment and a watch that goes back by itself.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Service } from '../../sandbox/world/state.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  world.clock.advance(25 * 3_600_000)
  world.aws.advice.setPeaks(orders(), { cpu: 12, memory: 20 })
})
afterEach(() => world.stop())

const ACCOUNT = '111122223333'
const LINE = 'cost apply prod.us-east-1/web/orders-api'
const MINUTE = 60_000

const orders = (): Service => world.service('web/orders-api')
const spec = () => orders().deployments[0]?.revision.spec.taskDefinition
const sizeNow = () => `${spec()?.input.cpu}/${spec()?.input.memory}`
const updates = () =>
  world
    .calls('UpdateService')
    .map(({ input }) => (input as { taskDefinition?: string }).taskDefinition?.split('/').at(-1))
const watching = () => world.until(() => world.card().startsWith('✅ Watching'))
const over = () => world.until(() => ENDED.test(world.card()))

const applied = async (line = LINE): Promise<void> => {
  await world.type(line)
  await world.click('approve')
  await watching()
}

test('the card says the size, the peaks then, the saving and the way back; nothing goes wrong: watched', async () => {
  await world.type(LINE)
  expect(world.card()).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB
    web · us-east-1 · @requester
    • Peaks then CPU 50 %, memory 42 %
    • The tag of envoy could not be compare…
    • Replaces all 4 tasks, new ones first,…
    Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About −$0.14/h, −$102 a month
    Undo: deploy orders-api:7 again, ~1 min
    Included: rolls back to orders-api:7 on failures or overload within 1 h; an ima…
    Needs 1: any operator, not @requester, by 2026-11-23 12:00 UTC
    [Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  expect((await world.details()).replace(/\napproval rule .*$/, '')).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB
    prod.us-east-1/web/orders-api
    prod 1111-2222-3333 · us-east-1
    Requested by requester in #C0OPS
    Changes
    • Size of a task: 1 vCPU, 2 GB → 0.25 vCPU, 1 GB
    • Task definition: orders-api:7 → a new revision
    Risk: medium
    • Peaks then CPU 50 %, memory 42 %
    • The tag of envoy could not be compared: a new image may start
    • Replaces all 4 tasks, new ones first, ~1 min
    • All 4 tasks are replaced
    • Tasks get less memory: they may run out of it
    Effects
    • The new revision differs from orders-api:7 in its sizes alone.
    • Compute Optimizer recommends this size, made 2026-11-23, from 14 days.
    • List prices of 2026-09-11, without discounts: −$102 a month with 4 tasks.
    • Compute Optimizer estimates $102 a month, $91.47 after discounts, without what autoscaling adds.
    • ECS starts new tasks first, as far as the deployment settings allow, and then stops the old ones.
    • Whether these exist is unknown, because they could not be looked for: 2 roles, 1 secret.
    • After the deployment it watches for tasks out of memory, 3 failed tasks within an hour and CPU or memory over 90 % for 10 minutes, for 1 h.
    • In this time it goes back by itself, also during a freeze, but not during a halt or after another deployment.
    Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About −$0.14/h, −$102 a month
    Undo: deploy orders-api:7 again, ~1 min
    Included: rolls back to orders-api:7 on failures or overload within 1 h; an image of the way back cannot be compared: a new one may start
    0 of 1 approvals given. From any operator, not @requester
    [Approve] [Reject]"
  `)
  await world.click('approve')
  await watching()
  expect(sizeNow()).toBe('256/1024')
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Watching · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB until 2026-11-23 05:00 UTC
    web · us-east-1 · requested by requester, approved by approver
    orders-api:8: 4/4 new tasks running.
    Until then it rolls back to orders-api:7 on failures or overload within 1 h; an image of the way back cannot be compared: a new one may start.
    [Stop Watching] [Roll Back] [Details]"
  `)
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Watched · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB
    web · us-east-1 · requested by requester, approved by approver
    orders-api:8: 4/4 new tasks running. Nothing went wrong within 1 h. 2026-11-23 05:00 UTC
    [Undo] [Audit] [Details]"
  `)
})

/** A new task of the resized service runs out of memory ten minutes after the deployment. */
const outOfMemory = async (): Promise<void> => {
  await pass(10 * MINUTE, world)
  world.fleet.knobs.failService(orders().arn, 'oom')
  const [task] = orders().tasks
  if (task !== undefined) world.fleet.stopTask(task, 'by a test')
  await world.until(() => updates().length === 2)
}

test('a task runs out of memory after ten minutes: rolled back', async () => {
  await applied()
  await outOfMemory()
  world.fleet.knobs.healService(orders().arn)
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "❌ Rolled back · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB: 2 tasks ran out of memory 11 min after the deployment
    web · us-east-1 · requested by requester, approved by approver
    2026-11-23 04:14 UTC
    • Out of memory: app reached its memory limit and was killed.
    • Compare its memory with the limit in the task definition: /ecs status orders-api shows the usage.
    • orders-api:7: 4/4 new tasks running.
    • Before: orders-api:8: 4/4 new tasks running.
    [Logs] [Deployments] [Audit] [Details]"
  `)
  expect(sizeNow()).toBe('1024/2048')
  expect(JSON.stringify(world.replies())).toContain('Rolled back')
  expect(await world.audit(ACCOUNT)).toHaveLength(4)
})

test('its rollback fails: the requester and the people on call are told', async () => {
  await applied()
  await outOfMemory()
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "❌ Not rolled back · prod · Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB: 2 tasks ran out of memory 11 min after the deployment; the rollback ended failed
    web · us-east-1 · requested by requester, approved by approver
    2026-11-23 04:14 UTC
    • Out of memory: app reached its memory limit and was killed.
    • Compare its memory with the limit in the task definition: /ecs status orders-api shows the usage.
    • orders-api:7: ECS rolled it back: Out of memory: app reached its memory limit and was killed · 3 tasks since 04:13 UTC.
    • Compare its memory with the limit in the task definition: /ecs status prod.us-east-1/web/orders-api shows the usage.
    • Service deployment rolled back because the circuit breaker threshold was exceeded.
    • Before: orders-api:8: 4/4 new tasks running.
    [Logs] [Deployments] [Audit] [Details]"
  `)
  expect(JSON.stringify(world.replies())).toContain('Not rolled back')
})

test('a second change of size waits for the watch, and may run when it is over', async () => {
  await applied(`${LINE} --watch 20m`)
  expect(await world.type(`${LINE} --cpu 512 --memory 1024`)).toContain('after another change: Resize orders-api')
  await world.press('Stop Watching')
  await over()
  expect(await world.type(`${LINE} --cpu 512 --memory 1024`)).not.toContain('after another change')
})

test('the finding is of another revision by the time it is approved: out of date', async () => {
  await world.type(LINE)
  world.aws.advice.setPeaks(orders(), { cpu: 60, memory: 20 })
  await world.click('approve')
  await over()
  expect(world.card()).toContain('⚪ Out of date')
  expect(updates()).toEqual([])
})

test('Apply asks for the plan, with the split in its form', async () => {
  expect(await world.type('cost prod.us-east-1/web/orders-api')).toContain('[Apply]')
  await world.press('Apply')
  expect(await world.slack.deliver.submit({ user: 'U0REQUEST', values: { reason: 'COST-12' } })).toMatchObject({
    errors: {},
  })
  await world.quiet()
  expect(world.card()).toContain('Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB')
  expect(updates()).toEqual([])
})

test('during a freeze it is refused', async () => {
  const freeze =
    "freezes: [{ name: peak, from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', targets: ['*/*'] }]"
  await world.publish(`${await readFile('quarterdeck.yaml', 'utf8')}\n${freeze}\n`)
  expect(await world.type(LINE)).toContain('peak')
  expect(world.cards()).toEqual([])
})

test('a finding is snoozed with a reason by its operator, hidden in lists, and shown again', async () => {
  const line = 'cost prod.us-east-1/web/orders-api'
  await world.recur('index')
  expect(await world.type(line)).toContain('[Snooze]')
  await world.press('Snooze')
  const answer = await world.slack.deliver.submit({
    user: 'U0REQUEST',
    values: { reason: 'load test `until` *March*' },
  })
  expect(answer).toMatchObject({ errors: {} })
  await world.quiet()
  const note = /Snooze until 2026-12-0\d .*, by requester, because load test until \*March\*/
  expect((await world.audit(ACCOUNT)).at(-1)).toMatchObject({
    kind: 'setting',
    text: expect.stringContaining('is snoozed until'),
  })
  expect(await world.type(line)).toMatch(note)
  expect(await world.type('cost')).not.toContain('orders-api |')
  expect(await world.type('cost')).toContain('Left out: one snoozed finding.')
  world.clock.advance(15 * 86_400_000)
  expect(await world.type('cost')).toMatch(/orders-api \| .*\(snooze is over\)/)
  expect(await world.type(line)).toMatch(/Snooze over since .*, by requester, because load test/)
  world.clock.advance(15 * 86_400_000)
  expect(await world.type(line)).not.toContain('Snooze over')
})

test.each([
  ['without a reason', 'cost snooze prod.us-east-1/web/orders-api', 'A snooze needs a reason.'],
  ['of a cluster', 'cost snooze prod.us-east-1/web --reason "x y"', 'is not a service'],
  ['of minutes', 'cost snooze prod.us-east-1/web/orders-api --for 30m --reason "x y"', 'at least one hour'],
])('a snooze %s is refused', async (_, line, text) => {
  await world.recur('index')
  expect(await world.type(line)).toContain(text)
})

test('who may not operate a service cannot snooze its finding', async () => {
  await world.recur('index')
  expect(
    await world.type('cost snooze prod.us-east-1/web/orders-api --reason "x y"', { user: 'U0OUTSIDE' }),
  ).not.toContain('is snoozed')
})
