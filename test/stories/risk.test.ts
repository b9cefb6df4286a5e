// The risk of a change: steps within an hour, a class that changes before the change runs, and a class that the configuration
// raises.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const HIGH_NEEDS_TWO = EXAMPLE.replace(
  'approvals:\n',
  'approvals:\n  - when: { environment: production, risk: high }\n    approvals: 2\n    approvers: [S0OPS]\n',
)
const isOver = () => /Done|Out of date/.test(world.card())
const scaleTo = async (count: number) => {
  await world.type(`scale orders-api ${count}`)
  await world.click('approve')
  await world.until(isOver)
}

test('steps within an hour become high, and need the approvals of the high rule', async () => {
  await world.publish(HIGH_NEEDS_TWO)
  await scaleTo(8)
  world.clock.advance(61 * 60_000)
  await scaleTo(6)
  await scaleTo(4)
  await world.type('scale orders-api 3')
  expect(world.card()).toContain('🔴 High risk')
  expect(world.card()).toContain('Within 1 h: from 8 to 3 tasks')
  expect(world.card()).toContain('Needs 2: @S0OPS')
})

test('a class that the configuration raises needs the approvals of the high rule', async () => {
  const raise = (level: string) =>
    `\nrisk:\n  - when: { environment: production, commands: restart }\n    atLeast: ${level}\n`
  await world.publish(HIGH_NEEDS_TWO + raise('low'))
  await world.type('restart orders-api')
  expect(world.card()).toContain('🟠 Medium risk')
  expect(world.card()).toContain('Needs 1: ')
  await world.click('cancel', 'U0REQUEST')
  await world.publish(HIGH_NEEDS_TWO + raise('high'))
  await world.type('restart orders-api')
  expect(world.card()).toContain('🔴 High risk')
  expect(world.card()).toContain('The configuration raises the risk of this (rule 1)')
  expect(world.card()).toContain('Needs 2: @S0OPS')
})

describe('a class that changes before the change runs', () => {
  /** Asks for a change, lets a colleague set another count, and approves it. */
  const approveAfter = async (line: string, desired: number) => {
    await world.type(line)
    world.service().desired = desired
    world.fleet.touch(world.service())
    await world.click('approve')
    await world.until(isOver)
  }

  test('a lower one still runs', async () => {
    await approveAfter('scale orders-api 12', 8)
    expect(world.card()).toMatch(/^✅ Done · prod · Scaled orders-api 4 → 12 in \d+ s\n[\s\S]*12\/12 running/)
  })

  test('a higher one is stale', async () => {
    await approveAfter('scale orders-api 6', 2)
    expect(world.card()).toContain('⚪ Out of date · prod · Scale orders-api 4 → 6')
    expect(world.card()).toContain('Risk: low → medium')
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('with a higher class by the configuration, the votes of the lower one do not count', async () => {
    await world.type('scale orders-api 6')
    await world.publish(`${EXAMPLE}\nrisk:\n  - { atLeast: high }\n`)
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('Risk: low → high')
    expect(world.calls('UpdateService')).toEqual([])
  })
})
