// A gate against the sandbox, through the built handlers: events, IAM, sessions, and the answer that ECS gets.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployByPipeline, gateFor } from '../../../sandbox/control/pipeline.ts'
import type { DeploymentRecord } from '../../../sandbox/world/state.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld({ hasEvents: true })
})
afterAll(() => world.stop())

const card = () => world.card('C0APPROVALS')

const gated = async (name: string): Promise<DeploymentRecord> => {
  const service = world.service(name)
  const { fleet, aws } = world
  const record = deployByPipeline({ fleet, callLog: aws.callLog }, service, { gate: gateFor(service) })
  await world.until(() => card().includes(`${service.name} v`) && card().startsWith('⏸'))
  return record
}

test('a gate asks within seconds, two continue it, and its session can do nothing else', async () => {
  const record = await gated('web/orders-api')
  const [hook] = record.hooks
  expect(world.clock.now() - ((hook?.expiresAt ?? 0) - 60 * 60_000)).toBeLessThan(5_000)
  await world.click('approve', 'U0APPROVE')
  await world.click('approve', 'U0SECOND')
  await world.until(() => card().startsWith('✅'))
  expect(world.calls('ContinueServiceDeployment')).toMatchObject([
    {
      status: 200,
      input: { serviceDeploymentArn: record.arn, hookId: hook?.id, action: 'CONTINUE' },
      sourceIdentity: 'second.approver@example.com',
    },
  ])
  const assumed = world.calls('AssumeRole').filter(({ input }) => JSON.stringify(input).includes('quarterdeck-gate'))
  expect(JSON.stringify(assumed.map(({ input }) => input))).toContain('U0APPROVE U0SECOND')
  await world.until(() => record.status === 'SUCCESSFUL')
})

test('Roll Back is an operation of its own, and closes the gate', async () => {
  const record = await gated('web/payments-api')
  await world.press('Roll Back', 'U0SECOND')
  await world.until(() => record.status === 'ROLLBACK_SUCCESSFUL')
  await world.quiet()
  const texts = world.cards('C0APPROVALS').map(({ text }) => text)
  expect(texts.some(text => text.includes('Rolled back by second-approver'))).toBe(true)
})

test.each([
  ['before', 'the function dies before the answer reaches ECS', 'failed'],
  ['after', 'the function dies after it', 'done'],
] as const)('%s: %s, and the card says what happened', async (when, _, end) => {
  const name = when === 'before' ? 'web/checkout' : 'web/search'
  const record = await gated(name)
  world.aws.faults.add({
    match: { service: 'ecs', action: 'ContinueServiceDeployment' },
    when,
    effect: { kind: 'kill' },
  })
  await world.click('approve', 'U0APPROVE')
  await world.click('approve', 'U0SECOND')
  await world.until(() => !card().startsWith('⏸') && !card().startsWith('⏳'))
  expect(card()).toContain(end === 'done' ? '✅' : 'Not done: Quarterdeck stopped unexpectedly')
  expect(record.hooks[0]?.status).toBe(end === 'done' ? 'SUCCEEDED' : 'AWAITING_ACTION')
})

test('the regular look finds nothing to do, and may read what it needs', async () => {
  await gated('web/catalog-api')
  await world.recur('gates')
  expect(world.functions.logs.map(({ line }) => line).join('')).not.toContain('AccessDenied')
  expect(await world.type('gates')).toContain('1 deployment waits at a gate')
})
