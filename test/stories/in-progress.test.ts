// A deployment that somebody else started: changes that force another one wait for it, and only a rollback and breaking
// glass stop it, naming whose it is.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, HUB, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const ORDERS = 'prod.us-east-1/web/orders-api'
const MINUTE = 60_000
const isOver = () => ENDED.test(world.card())
/** Break glass is told where the rules say. */
const glassCard = () => textOf(world.slack.workspace.messages('C0APPROVALS')[0])
const isTold = () => ENDED.test(glassCard())
const updates = () => world.calls('UpdateService').length

/** A pipeline starts a deployment of the service with its own keys. */
const pipeline = async () => {
  const asker = { function: '', account: HUB.account, arn: localUser.arn }
  const input = { cluster: 'web', service: 'orders-api', forceNewDeployment: true }
  await world.aws.operate(asker, { service: 'ecs', action: 'UpdateService', region: HUB.region, input })
  await pass(10_000, world)
}

test('a restart is refused, and offers to roll back', async () => {
  await pipeline()
  const answer = await world.type('restart orders-api')
  expect(answer).toContain('orders-api cannot be restarted now: a deployment of orders-api:7 is in progress since')
  expect(answer).toContain('[Roll Back]')
})

test('a deployment that starts between approval and execution keeps a restart from running', async () => {
  await world.type('restart orders-api')
  await pipeline()
  const before = updates()
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('is in progress since')
  expect(updates()).toBe(before)
})

test('breaking glass stops it, and says so', async () => {
  await pipeline()
  await world.type(`restart ${ORDERS} --break-glass --reason "site is down"`)
  await world.until(isTold)
  expect(glassCard()).toContain('✅')
  expect(glassCard()).toContain('breaking glass')
  expect(updates()).toBe(2)
})

test('breaking glass takes the service over from a change of Quarterdeck', async () => {
  await world.type('restart orders-api')
  await world.click('approve')
  await world.until(() => updates() === 1)
  await world.type(`restart ${ORDERS} --break-glass --reason "site is down"`)
  await world.until(() => isTold() && isOver())
  expect(updates()).toBe(2)
  expect(world.card()).toContain('Replaced by a change of requester')
})

test('a temporary change of capacity returns once the deployment is over, and says that it waits', async () => {
  await world.type('capacity set orders-api fargate=1 --for 1h')
  await world.click('approve')
  await world.until(() => world.card().includes('Revert Now'))
  await pass(50 * MINUTE, world)
  world.fleet.knobs.failService(world.service().arn, 'exit1')
  world.service().deploymentConfiguration = {
    ...world.service().deploymentConfiguration,
    deploymentCircuitBreaker: { enable: false, rollback: false },
  }
  await pipeline()
  const before = updates()
  await pass(6 * 60 * MINUTE, world)
  expect(textOf(world.cards()[0])).toContain('Another deployment, of orders-api:7, is in progress since')
  expect(updates()).toBe(before)
  world.fleet.knobs.healService(world.service().arn)
  await world.until(() => textOf(world.cards()[0]).includes('↩️ Reverted'))
  expect(updates()).toBe(before + 1)
})

test('a set leaves out what deploys, with the reason', async () => {
  for (const name of ['web/orders-api', 'web/search', 'web/payments-api']) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
  await pipeline()
  await world.type('restart tag:team=shop')
  expect(await world.details()).toContain('Left out: prod.us-east-1/web/orders-api. orders-api cannot be restarted now')
})

test('a deployment waits for another one; breaking glass names what it stops', async () => {
  world.aws.images.push('111122223333.dkr.ecr.us-east-1.amazonaws.com/orders-api:v42', world.clock.now())
  await pipeline()
  expect(await world.type('deploy orders-api v42 --container app')).toContain('cannot be deployed now')
  await world.type(`deploy ${ORDERS} v42 --container app --break-glass --reason "site is down" --dry-run`)
  expect(world.told('U0REQUEST')).toContain('Stops the deployment of orders-api:7')
})
