// A recommended size through the built handlers: the session of its registration, the reads of its watch, and its way back.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isRunning, type Service } from '../../../sandbox/world/state.ts'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(25 * 3_600_000)
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())

const LINE = 'cost apply prod.us-east-1/web/orders-api --watch 30m'
const orders = (): Service => world.service('web/orders-api')
const sizeNow = () => {
  const { cpu, memory } = orders().deployments[0]?.revision.spec.taskDefinition.input ?? {}
  return `${cpu}/${memory}`
}
const updates = () => world.calls('UpdateService')

test('it registers and deploys as the requester, watches, and goes back when a task runs out of memory', async () => {
  const before = sizeNow()
  world.aws.advice.setPeaks(orders(), { cpu: 12, memory: 20 })
  await world.type(LINE)
  expect(world.card()).toContain('Resize orders-api 1 vCPU, 2 GB → 0.25 vCPU, 1 GB')
  world.aws.faults.add({
    match: { function: 'quarterdeck-operation', action: 'RegisterTaskDefinition' },
    when: 'after',
    effect: { kind: 'drop' },
  })
  await world.click('approve')
  await world.until(() => world.card().startsWith('✅ Watching'))
  expect(sizeNow()).toBe('256/1024')
  const [register, ...others] = world.calls('RegisterTaskDefinition')
  expect(others).toEqual([])
  expect(register?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
  expect(register?.input).toMatchObject({ family: 'orders-api', cpu: '256', memory: '1024' })
  world.fleet.knobs.failService(orders().arn, 'oom')
  const task = [...orders().tasks].find(one => isRunning(one) && one.definition.input.cpu === '256')
  if (task !== undefined) world.fleet.stopTask(task, 'by a test')
  await world.until(() => updates().length === 2)
  world.fleet.knobs.healService(orders().arn)
  await world.until(() => ENDED.test(world.card()))
  expect(world.card()).toMatch(/^❌ Rolled back · .*ran out of memory \d+ \w+ after the deployment/)
  expect(sizeNow()).toBe(before)
})

test('what used an idle service is read with the viewer role', async () => {
  world.aws.callLog.clear()
  world.aws.advice.setPeaks(orders(), { cpu: 0.4, memory: 0.6 })
  const answer = await world.type('cost prod.us-east-1/web/orders-api')
  expect(answer).toMatch(/Use [\d,]+ requests of [\w-]+ in 14 days: it is used/)
  expect(answer).not.toContain('[Scale to 0]')
  expect(await world.type('cost apply prod.us-east-1/web/orders-api')).toContain('has little load, but')
  for (const { arn } of world.calls('DescribeTargetGroups')) expect(arn).toContain('quarterdeck-viewer')
})
