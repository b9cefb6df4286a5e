// Attempts to move a service to other capacity with less approval than what it does.
import { readFile } from 'node:fs/promises'
import { ECRClient } from '@aws-sdk/client-ecr'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const withRule = (rule: string, yaml = EXAMPLE) => yaml.replace('approvals:\n', `approvals:\n  - ${rule}\n`)
const LOW_IS_FREE = EXAMPLE.replace('{ environment: staging, risk: low }', '{ risk: low }')
const TWO_FOR_SET = withRule('{ when: { commands: [capacity set] }, approvals: 2, approvers: [S0OPS] }')
const CHECKOUT = 'prod.us-east-1/web/checkout'
const HOUR = 3_600_000

const isOver = () => ENDED.test(world.card())
const isTemporary = () => world.card().includes('Revert Now')
const approved = async (line: string, isAt: () => boolean, ...more: readonly string[]) => {
  await world.type(line)
  await world.click('approve')
  for (const user of more) await world.click('approve', user)
  await world.until(isAt)
}
const onSpot = () =>
  [...world.service().tasks].filter(one => one.desiredStatus === 'RUNNING' && one.capacityProvider === 'FARGATE_SPOT')

type Answer = { readonly imageDetails?: { imageDigest?: string }[] }

/** From now on, ECR answers that each tag means another image. */
const pushAgain = (digit: string) => {
  const send = ECRClient.prototype.send as (this: unknown, command: unknown) => Promise<Answer>
  vi.spyOn(ECRClient.prototype, 'send').mockImplementation(async function (this: unknown, command: unknown) {
    const answer = await send.call(this, command)
    for (const one of answer.imageDetails ?? []) one.imageDigest = `sha256:${digit.repeat(64)}`
    return answer
  } as never)
}

describe('an image that was pushed again', () => {
  test('is on the card of a switch, which is high and meets the rules about restart', async () => {
    pushAgain('b')
    await world.publish(withRule('{ when: { commands: [restart] }, approvals: 2, approvers: [S0OPS] }'))
    await world.type('capacity set orders-api fargate=1')
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).toContain('same tag')
    expect(world.card()).toContain('Needs 2')
    expect(world.card()).not.toContain('[Approve]')
  })

  test('does not start with a change set, whose card does not show it, also where its risk is high', async () => {
    const service = world.service()
    Object.assign(service, {
      desired: 1,
      deploymentConfiguration: { ...service.deploymentConfiguration, minimumHealthyPercent: 0, maximumPercent: 100 },
    })
    for (const name of ['web/orders-api', 'web/search']) world.service(name).tags['team'] = 'shop'
    world.fleet.touch(service)
    await pass(10 * 60_000, world)
    await world.recur('index')
    await world.type('restart tag:team=shop')
    expect(world.card()).toContain('🔴 High risk')
    pushAgain('b')
    await world.click('approve')
    await world.click('approve', 'U0SECOND')
    await world.until(isOver)
    expect(world.card()).toContain('Its image tag was pushed again')
    expect(JSON.stringify(world.calls('UpdateService').map(({ input }) => input))).not.toContain(service.arn)
  })

  test('does not start when a temporary switch returns, before somebody approves it', async () => {
    await approved('capacity set orders-api fargate=1 --for 1h', isTemporary)
    const temporary = world.calls('UpdateService').length
    pushAgain('b')
    await pass(2 * HOUR, world)
    await world.until(() => world.card().includes('Not reverted'))
    expect(world.card()).toContain('A tag was pushed again')
    expect(world.calls('UpdateService')).toHaveLength(temporary)
    await world.type('capacity return orders-api')
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).toContain('same tag')
    await world.click('approve')
    await pass(HOUR, world)
    await world.until(() => textOf(world.cards()[0]).includes('↩️ Reverted'))
    expect(world.calls('UpdateService').length).toBe(temporary + 1)
  })
})

describe('a temporary change of capacity', () => {
  test('is extended and kept with the approval of its share of Spot', async () => {
    await world.publish(withRule('{ when: { risk: high }, approvals: 2, approvers: [S0OPS] }', LOW_IS_FREE))
    await approved('capacity set orders-api spot=1 --for 1h', isTemporary, 'U0SECOND')
    for (const line of ['lease extend orders-api 40h', 'lease keep orders-api']) {
      await world.type(line)
      expect(world.card()).toContain('🔴 High risk')
      expect(world.card()).toContain('Needs 2')
      await world.click('cancel', 'U0REQUEST')
    }
  })

  test('returns with the approval of a change of capacity', async () => {
    await world.publish(TWO_FOR_SET)
    await approved('capacity set orders-api spot=1 --for 24h', isTemporary, 'U0SECOND')
    await world.type('capacity return orders-api')
    expect(world.card()).toContain('Needs 2')
  })

  test.skipIf(isQuick)('that cannot finish ends in time, and frees the service', async () => {
    world.fleet.knobs.exhaust('FARGATE_SPOT')
    await world.type('capacity set orders-api fargate=1:1 spot=1 --for 1h')
    await world.click('approve')
    await pass(3 * HOUR, world)
    await world.until(() => textOf(world.cards()[0]).includes('↩️ Reverted'))
    expect(onSpot()).toHaveLength(0)
    await approved('scale orders-api 6', isOver)
    expect(world.card()).toContain('✅ Done')
  })

  test('of the count, that cannot finish, ends in time, too', async () => {
    world.fleet.knobs.exhaust('FARGATE')
    await world.type('scale orders-api 6 --for 1h')
    await world.click('approve')
    await pass(2 * HOUR, world)
    await world.until(() => textOf(world.cards()[0]).includes('↩️ Reverted'))
    expect(world.desired('web/orders-api')).toBe(4)
  })

  test('that cannot finish is ended early', async () => {
    world.fleet.knobs.exhaust('FARGATE_SPOT')
    await world.type('capacity set orders-api fargate=1:1 spot=1 --for 24h')
    await world.click('approve')
    await pass(HOUR / 2, world)
    expect(world.card()).toContain('⏳ Running')
    await world.type('capacity return orders-api')
    await world.click('approve')
    await pass(HOUR, world)
    await world.until(() => textOf(world.cards()[0]).includes('↩️ Reverted'))
  })
})

describe('what a card shows of a strategy', () => {
  test('weights, and the share of Spot that more tasks get', async () => {
    await world.type('capacity set orders-api fargate=0:3 spot=1000')
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).toContain('fargate=0:3 spot=1000')
    expect(world.card()).not.toContain('[Approve]')
  })

  test('a preset is no property of every object', async () => {
    expect(await world.type('capacity set orders-api constructor')).toContain('There is no preset constructor')
  })
})

describe('a provider of the whole cluster', () => {
  const without = (yaml: string) =>
    yaml.replace(
      '  - who: [S0ONCALL, S0OPS]\n    role: operator\n',
      '  - who: [S0ONCALL, S0OPS]\n    role: operator\n    targets: [web/orders-api]\n',
    )

  test('is not attached with the rights of one service', async () => {
    await world.publish(without(LOW_IS_FREE))
    const { cluster } = world.service()
    cluster.capacityProviders = ['FARGATE']
    expect(await world.type('capacity attach orders-api spot')).toContain('This changes the whole cluster web')
    expect(cluster.capacityProviders).toEqual(['FARGATE'])
  })

  test('is not free because a rule is about one of its services', async () => {
    world.service().cluster.capacityProviders = ['FARGATE']
    await world.publish(withRule('{ when: { targets: [web/orders-api] }, approvals: 0 }'))
    await world.type('capacity attach orders-api spot')
    expect(world.card()).toContain('Needs 1')
  })

  test('is not attached while another service of the cluster is locked', async () => {
    world.service().cluster.capacityProviders = ['FARGATE']
    await world.type(`lock ${CHECKOUT} --reason migration`)
    expect(await world.type('capacity attach orders-api spot')).toContain('is locked by')
  })

  test('does not leave out one that was attached meanwhile through another service', async () => {
    const { cluster } = world.service()
    cluster.capacityProviders = ['FARGATE']
    world.fleet.addProvider(cluster, { name: 'pool-b', group: {} } as never)
    const asked = []
    for (const line of ['capacity attach orders-api spot', `capacity attach ${CHECKOUT} pool-b`]) {
      await world.type(line)
      const card = world.cards().at(-1)
      asked.push({ channel: card?.channel ?? '', ts: card?.ts ?? '' })
    }
    for (const spot of asked) void world.slack.deliver.click({ user: 'U0APPROVE', ...spot, actionId: 'decide:approve' })
    await world.until(() =>
      world
        .cards()
        .slice(-2)
        .every(card => ENDED.test(textOf(card))),
    )
    expect(world.calls('PutClusterCapacityProviders')).toHaveLength(1)
    expect(cluster.capacityProviders).toHaveLength(2)
  })
})

test('the reason of a lock is shown as it was written', async () => {
  await world.type('lock orders-api --reason "see *this* <2026-11-22T03:00Z>"', { user: 'U0APPROVE' })
  expect(world.card()).toContain('see *this* <2026-11-22T03:00Z>')
  expect(await world.type('scale orders-api 6')).toContain('see *this* <2026-11-22T03:00Z>')
})

describe('more than half on Spot', () => {
  const MOST_ON_SPOT = `capacity set ${CHECKOUT} fargate=0:6 spot=1`

  test.each(['autoscale bounds CHECKOUT 4..25', 'scale CHECKOUT 25 --move-bounds', 'scale CHECKOUT 25 --for 2h'])(
    'is high in two steps, too: %s',
    async line => {
      await approved(`autoscale bounds ${CHECKOUT} 4..6`, isOver)
      await approved(MOST_ON_SPOT, isOver)
      await world.type(line.replace('CHECKOUT', CHECKOUT))
      expect(world.card()).toContain('High risk')
    },
  )

  test.each(['spot=1', 'spot=0:100 fargate=1', 'spot=0:100'])('is high in a stopped service: %s', async strategy => {
    const service = world.service('web/payments-api')
    service.desired = 0
    world.fleet.touch(service)
    await pass(HOUR / 6, world)
    await world.type(`capacity set prod.us-east-1/web/payments-api ${strategy}`)
    expect(world.card()).toContain('High risk')
  })
})
