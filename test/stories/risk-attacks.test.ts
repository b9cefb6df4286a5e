// Attempts to have a change rated lower than what it does.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

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
