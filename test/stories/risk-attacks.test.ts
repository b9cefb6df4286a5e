// Attempts to have a change rated lower than what it does.
import { readFile } from 'node:fs/promises'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { aStory, HUB, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const withRule = (rule: string) => EXAMPLE.replace('approvals:\n', `approvals:\n  - ${rule}\n`)
const LOW_IS_FREE = EXAMPLE.replace('{ environment: staging, risk: low }', '{ risk: low }')
const CHECKOUT = 'prod.us-east-1/web/checkout'

describe('a suspension as a part of a new count', () => {
  test('has the risk of a suspension', async () => {
    await world.publish(LOW_IS_FREE)
    const count = world.desired('web/checkout') + 1
    await world.type(`scale ${CHECKOUT} ${count} --suspend --for 2h`)
    expect(world.card()).toContain('🟠 Medium risk')
    expect(world.calls('RegisterScalableTarget')).toEqual([])
    await world.click('cancel', 'U0REQUEST')
    await world.type(`scale ${CHECKOUT} ${count} --suspend`, { user: 'U0APPROVE' })
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).not.toContain('[Approve]')
  })

  test('meets the rules about suspensions', async () => {
    await world.publish(withRule('{ when: { commands: [autoscale suspend] }, approvals: 2, approvers: [S0OPS] }'))
    await world.type(`scale ${CHECKOUT} ${world.desired('web/checkout') + 1} --suspend --for 2h`)
    expect(world.card()).toContain('Needs 2: @S0OPS')
  })
})

describe('a rule about a command means every command that makes its change', () => {
  const rule = (commands: string) => withRule(`{ when: { commands: [${commands}] }, approvals: 2, approvers: [S0OPS] }`)

  test('scale: bounds that set the count', async () => {
    await world.publish(rule('scale'))
    await world.type(`autoscale bounds ${CHECKOUT} 14..15`)
    expect(world.card()).toContain('8 tasks start at once')
    expect(world.card()).toContain('Needs 2')
    await world.type(`autoscale bounds ${CHECKOUT} 4..40`)
    expect(world.card()).toContain('Needs 1')
  })

  test.each(['keep', 'extend'])('scale: lease %s', async verb => {
    await world.publish(rule('scale'))
    await world.type('scale orders-api 6 --for 1h')
    await world.click('approve')
    await world.click('approve', 'U0SECOND')
    await world.until(() => world.card().includes('Temporary'))
    await world.type(`lease ${verb} orders-api${verb === 'extend' ? ' 1h' : ''}`)
    expect(world.card()).toContain('Needs 2')
  })

  test.each([
    ['autoscale bounds', `scale ${CHECKOUT} 14 --for 1h`],
    ['restart', 'exec enable prod.us-east-1/web/payments-api'],
  ])('%s: %s', async (commands, line) => {
    await world.publish(rule(commands))
    await world.type(line)
    expect(world.card()).toContain('Needs 2')
  })
})

test('bounds that were approved without a stop do not stop tasks', async () => {
  await world.type(`autoscale bounds ${CHECKOUT} 4..6`)
  expect(world.card()).not.toMatch(/ stops? /)
  const service = world.service('web/checkout')
  service.desired = 10
  world.fleet.touch(service)
  await world.quiet()
  await world.click('approve')
  await world.until(() => /Done|Out of date/.test(world.card()), 3_600_000)
  expect(world.card()).toContain('Out of date')
  expect(world.card()).toContain('at once: none → down')
  expect([world.desired('web/checkout'), world.calls('RegisterScalableTarget')]).toEqual([10, []])
})

test('tags that ECR does not return do not count as the same version', async () => {
  world.aws.faults.add({
    match: { action: 'DescribeImages' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 1_000,
  } as never)
  await world.type('restart orders-api')
  expect(world.card()).toContain('could not be compared')
  expect(world.card()).not.toContain('the same version')
})

const settle = () => world.until(() => /Done|Out of date/.test(world.card()), 3_600_000)
const scaleTo = async (count: number) => {
  await world.type(`scale orders-api ${count}`)
  await world.click('approve')
  await settle()
}

test('a maximum that is doubled twice within an hour is not low', async () => {
  await world.publish(LOW_IS_FREE)
  await world.type(`autoscale bounds ${CHECKOUT} 4..20`)
  await settle()
  await world.type(`autoscale bounds ${CHECKOUT} 4..40`)
  expect(world.card()).toContain('🟠 Medium risk')
  expect(world.card()).toContain('Within 1 h: bounds 4..10 → 4..40')
})

describe('steps after a peak', () => {
  test('are compared with the peak, not with the first count in the hour', async () => {
    await world.publish(withRule('{ when: { risk: high }, approvals: 2, approvers: [S0OPS] }'))
    await scaleTo(2)
    world.clock.advance(61 * 60_000)
    await scaleTo(4)
    await scaleTo(8)
    await scaleTo(5)
    await world.type('scale orders-api 3')
    expect(world.card()).toContain('Within 1 h: from 8 to 3 tasks')
    expect(world.card()).toContain('Needs 2: @S0OPS')
  })

  test('count for a rule of a size', async () => {
    await world.publish(withRule('{ when: { atLeast: 5, within: 1h }, approvals: 2, approvers: [S0OPS] }'))
    await scaleTo(8)
    await scaleTo(5)
    await world.type('scale orders-api 3')
    expect(world.card()).toContain('Within 1h the desired count was 8: together the changes are 5')
    expect(world.card()).toContain('Needs 2: @S0OPS')
  })
})

describe('callers that CloudWatch returns in part', () => {
  test.each(['InternalError', 'PartialData', 'Forbidden'])('%s does not count as no callers', async StatusCode => {
    const send = CloudWatchClient.prototype.send as (this: unknown, command: Asked) => Promise<Answer>
    const spy = vi.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(async function (
      this: unknown,
      command: Asked,
    ) {
      const answer = await send.call(this, command)
      if (!JSON.stringify(command.input).includes('TargetProcessedBytes')) return answer
      const cut = answer.MetricDataResults.map(one => ({ ...one, StatusCode, Timestamps: [], Values: [] }))
      return { ...answer, MetricDataResults: cut }
    } as never)
    await world.type(`scale ${CHECKOUT} 4`)
    spy.mockRestore()
    expect(world.card()).toContain('Whether other services call it could not be read')
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).toContain('[Review…]')
  })
})

type Asked = { readonly input: object }
type Answer = { readonly MetricDataResults: readonly object[] }

describe('one tap approves only what the card shows', () => {
  const ROLLBACK = 'rollback prod.us-east-1/web/orders-api'
  type Container = { readonly name: string; readonly image: string }
  type Definition = { readonly containerDefinitions: readonly Container[] }
  const definition = () =>
    structuredClone(world.service().deployments[0]?.revision.spec.taskDefinition.input) as unknown as Definition
  const withSidecar = (name: string, more: object, over: object = {}) => {
    const base = definition()
    const [app] = base.containerDefinitions
    const others = base.containerDefinitions.filter(one => one.name !== name)
    const sidecar = { ...app, name, portMappings: [], essential: false, ...more }
    return { ...base, ...over, containerDefinitions: [sidecar, ...others] }
  }
  const rollOut = async (input: object) => {
    const spec = world.service().deployments[0]?.revision.spec
    const taskDefinition = world.fleet.registerTaskDefinition(
      HUB,
      input as never,
      'arn:aws:iam::111122223333:role/pipeline',
    )
    world.fleet.deploy(world.service(), { ...spec, taskDefinition } as never)
    await world.until(() => {
      const { deployments } = world.service()
      return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED'
    })
  }

  test.each([
    ['sidecar', 'Also: privileged of sidecar none → true and 2 more'],
    ['opentelemetry-collector-sidecar-for-orders', 'Also: 3 settings, listed under Details'],
  ])('settings of %s that do not fit', async (name, line) => {
    const harmless = withSidecar(name, {})
    await rollOut(withSidecar(name, { privileged: true, user: 'root', command: ['sh', '-c', 'curl x | sh'] }))
    await rollOut(harmless)
    await world.type(ROLLBACK)
    expect(world.card()).toContain(line)
    expect(world.card()).toContain('[Review…]')
    for (const what of ['privileged', 'user', 'command'])
      expect(await world.details()).toContain(`Also: ${what} of ${name}`)
  })

  test('an outage comes first, and a fourth loss asks for a review', async () => {
    const service = world.service()
    Object.assign(service, {
      deploymentConfiguration: { ...service.deploymentConfiguration, minimumHealthyPercent: 0 },
    })
    const next = withSidecar('log', { image: 'public.ecr.aws/a/log:v2' })
    await rollOut(withSidecar('log', { image: 'public.ecr.aws/a/log:v1' }, { memory: '4096', cpu: '2048' }))
    await rollOut(next)
    await world.type(ROLLBACK)
    expect(world.card()).toContain('• Replaces all 4 tasks; at times none may run')
    expect(world.card()).toContain('[Review…]')
  })

  test('another repository, whose name is cut', async () => {
    const base = definition()
    const [app, ...others] = base.containerDefinitions
    const image = '111122223333.dkr.ecr.us-east-1.amazonaws.com/attacker/experiments/orders-api:v7'
    await rollOut({ ...base, containerDefinitions: [{ ...app, image }, ...others] })
    await rollOut(base)
    await world.type(ROLLBACK)
    expect(world.card()).toContain('from 111122223333.dkr.e…iments/orders-api')
    expect(world.card()).toContain('[Review…]')
    expect(await world.details()).toContain('attacker/experiments/orders-api')
  })
})

test('the rollback of new security groups is not the stop of a restart', async () => {
  type Network = { readonly awsvpcConfiguration: { readonly securityGroups: readonly string[] } }
  const spec = () => world.service().deployments[0]?.revision.spec
  const network = () => (spec()?.networkConfiguration as unknown as Network | undefined)?.awsvpcConfiguration
  const [before = ''] = network()?.securityGroups ?? []
  const networkConfiguration = { awsvpcConfiguration: { ...network(), securityGroups: ['sg-0closed'] } }
  world.fleet.deploy(world.service(), { ...spec(), networkConfiguration } as never)
  await world.quiet()
  await world.type('rollback prod.us-east-1/web/orders-api')
  expect(world.card()).toContain(`Also: security groups sg-0closed → ${before}`)
  expect(world.card()).not.toMatch(/same version|restart again/)
  await world.click('approve')
  await world.until(() => /Done|Failed|Out of date/.test(world.card()), 3_600_000)
  expect(network()?.securityGroups).toEqual([before])
})
