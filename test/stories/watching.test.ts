// A deployment is watched until it is over, and never for ever: whatever ECS does, the card says it, the audit has it, and the
// service is free for the next change.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { passLooks, stall } from '../metering/stories.ts'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const ACCOUNT = '111122223333'
const HOUR = 3_600_000

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const approved = async (line: string): Promise<void> => {
  await world.type(line)
  await world.press('Approve', 'U0APPROVE')
}
const firstCard = () => JSON.stringify(world.cards()[0]?.blocks)
const outcome = async () => (await world.audit(ACCOUNT)).findLast(({ kind }) => kind === 'outcome')
const isFree = async (): Promise<boolean> => {
  const locks = await world.store().list(`lock#${world.service().arn}`)
  return locks.length === 0
}

// A day and a half of looks: in the gate.
test.skipIf(isQuick)(
  'that never settles: after a day and a half the watch ends, says so, and frees the service, which nobody else changed',
  {
    timeout: 240_000,
  },
  async () => {
    stall(world)
    await approved('restart orders-api')
    await passLooks(20 * HOUR, world)
    expect(world.card()).toContain('0/4 new tasks running, since')
    await approved('scale orders-api 6')
    expect(world.card()).toContain('⏸ Blocked · prod · Scale orders-api 4 → 6: requester is changing this service now')
    await passLooks(16 * HOUR, world)
    expect(firstCard()).toContain(
      '⚠️ Unknown · prod · Restart orders-api: Not settled after 35 h and no longer watched: 0/4 new tasks running',
    )
    expect(firstCard()).toContain('Status')
    expect(await outcome()).toMatchObject({ outcome: 'unknown', text: expect.stringContaining('no longer watched') })
    expect(await isFree()).toBe(true)
    expect([...world.durable.executions.values()].map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED'])
  },
)

test('whose tasks crash, with no circuit breaker: failed, and why', async () => {
  world.service().deploymentConfiguration = { maximumPercent: 200, minimumHealthyPercent: 100 }
  world.fleet.knobs.failService(world.service().arn, 'exit1')
  await approved('restart orders-api')
  await pass(HOUR / 2, world)
  expect(world.card()).toMatch(
    /^❌ Failed · prod · Restart orders-api: \d\/4 new tasks running: app exited with 1: application error · \d tasks? (?:at|since) \d\d:\d\d UTC/,
  )
  expect(world.card()).toContain('/ecs logs prod.us-east-1/web/orders-api --previous')
  expect(await outcome()).toMatchObject({ outcome: 'failed', text: expect.stringContaining('app exited with 1') })
  expect(await isFree()).toBe(true)
})

test.each([
  ['and rolls it back', true, /ECS rolled it back: app exited with 1: application error · \d tasks? (?:at|since) /],
  ['and leaves it', false, /\d\/4 new tasks running: app exited with 1: application error · \d tasks? (?:at|since) /],
])(
  'whose tasks crash, until the circuit breaker ends it %s: the cause stands before the words of ECS',
  async (_, rollback, words) => {
    world.service().deploymentConfiguration = {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback },
    }
    world.fleet.knobs.failService(world.service().arn, 'exit1')
    await approved('restart orders-api')
    await pass(HOUR / 2, world)
    const card = world.card()
    expect(card).toMatch(/^❌ Failed · prod · Restart orders-api: /)
    expect(card).toMatch(words)
    expect(card.search(words)).toBeLessThan(card.indexOf('circuit breaker'))
    const [line] = (await world.type('status orders-api')).split('\n')
    // After the rollback nothing fails any more.
    const failing = /^orders-api is not healthy: .*; app exited with 1: application error · \d tasks since 2026/
    expect(line).toMatch(rollback ? /^orders-api is healthy and steady: 4 of 4 running$/ : failing)
  },
)

test('that its own settings keep from beginning: failed, in the words of ECS', async () => {
  const stop = world.aws.callLog.subscribe(({ action }) => {
    if (action !== 'UpdateService') return
    stop()
    world.service().deploymentConfiguration = { maximumPercent: 100, minimumHealthyPercent: 100 }
  })
  await approved('restart orders-api')
  await pass(HOUR / 2, world)
  expect(world.card()).toContain(
    '❌ Failed · prod · Restart orders-api: 0/4 new tasks running: ECS reports that it was unable to stop or start tasks',
  )
  expect(await isFree()).toBe(true)
})

test('behind a Classic Load Balancer, of which ECS tells no state: done, once it has run for a minute', async () => {
  const spec = world.service().deployments[0]?.revision.spec
  const [port] = spec?.taskDefinition.input.containerDefinitions?.[0]?.portMappings ?? []
  if (spec === undefined || port === undefined) throw new Error('no deployment with a port')
  const { containerPort } = port
  Object.assign(spec, { loadBalancers: [{ loadBalancerName: 'classic', containerName: 'app', containerPort }] })
  await approved('restart orders-api')
  await pass(HOUR / 4, world)
  expect(world.card()).toMatch(/^✅ Done · prod · Restarted orders-api in \d+ s\n[\s\S]*4\/4 new tasks running\./)
  expect(world.service().deployments).toHaveLength(1)
})
