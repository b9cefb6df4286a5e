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
