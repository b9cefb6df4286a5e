// Attacks through schedules and policies on rules, freezes and the card: what each one meets.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
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
const MINUTE = 60_000
const checkout = () => world.service('web/checkout')
const target = () => world.autoscaling.targetOf(checkout())
const bounds = () => `${target()?.min}..${target()?.max}`
const isOver = () => ENDED.test(world.card())
const approved = async (line: string, ...users: readonly string[]) => {
  await world.type(line)
  await world.click('approve')
  for (const user of users) await world.click('approve', user)
  await world.until(isOver)
}

describe('a schedule', () => {
  test('that moves the count meets the rule about scale', async () => {
    await world.publish(withRule('{ when: { commands: [scale] }, approvals: 2, approvers: [S0OPS] }'))
    await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:02" 14..15`)
    expect(world.card()).toContain('8 tasks start when it runs')
    expect(world.card()).toContain('Needs 2')
    await world.click('cancel', 'U0REQUEST')
    await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:02" 6..40 --until 03:10`)
    expect(world.card()).toContain('up to 30 of 40 stop')
    expect(world.card()).toContain('Needs 2')
  })

  test('that repeats the bounds of today is not free: it would undo each later change', async () => {
    await world.publish(LOW_IS_FREE)
    await world.type(`autoscale schedule ${CHECKOUT} "rate(1 minute)" 4..10`)
    expect(world.card()).toContain('🟠 Medium risk')
    expect(world.card()).toContain('Needs 1')
  })

  test('that ends a temporary minimum is not free', async () => {
    await world.type(`scale ${CHECKOUT} 8 --for 4h`)
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    await world.publish(LOW_IS_FREE)
    await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:30" 4..10`)
    expect(world.card()).toContain('🟠 Medium risk')
    expect(world.card()).toContain('Needs 1')
    expect(world.card()).toContain('A temporary minimum is active')
  })

  test('that replaces another one says so, is not free, and is taken back to it', async () => {
    await world.publish(LOW_IS_FREE)
    await approved(`autoscale schedule ${CHECKOUT} "daily 08:45" 20..40 --zone Etc/GMT+5`)
    await world.type(`autoscale schedule ${CHECKOUT} "daily 08:45" 4..10 --zone Etc/GMT+5`)
    expect(world.card()).toContain('Replaces 20..40 of')
    expect(world.card()).toContain('Undo: schedule 20..40 again')
    expect(world.card()).toContain('Needs 1')
    await world.click('approve')
    await world.until(isOver)
    await approved(`autoscale schedule ${CHECKOUT} "daily 08:45" 20..40 --zone Etc/GMT-5`)
    expect([...(target()?.scheduled.entries() ?? [])].map(([name, { action }]) => [name, action.MaxCapacity])).toEqual([
      ['quarterdeck-daily-0845-etc-gmt-plus-5', 10],
      ['quarterdeck-daily-0845-etc-gmt-minus-5', 40],
    ])
  })

  test('whose end stops most tasks is high, also after another schedule', async () => {
    await world.publish(withRule('{ when: { risk: high }, approvals: 2, approvers: [S0OPS] }'))
    await approved(`autoscale schedule ${CHECKOUT} "daily 03:05" 20..40`)
    await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:09" 4..40 --until 03:10`)
    expect(world.card()).toContain('🔴 High risk')
    expect(world.card()).toContain('Needs 2')
    expect(world.card()).not.toContain('[Approve]')
    expect(world.card()).toContain('then 4..10: up to 30 of 40 stop')
    await world.click('cancel', 'U0REQUEST')
    await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:10" 4..10`)
    expect(world.card()).toContain('Tasks after other schedules: up to 30 of 40 stop')
    expect(world.card()).toContain('🔴 High risk')
  })

  test('whose next run is in a freeze is refused', async () => {
    const freeze = '{ name: sale, from: 2026-11-22T04:00:00Z, until: 2026-11-23T00:00:00Z }'
    await world.publish(`${EXAMPLE}\nfreezes:\n  - ${freeze}\n`)
    expect(await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T05:00" 1..3`)).toContain(
      'Changes are frozen',
    )
    expect(await world.type(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:30" 4..20 --until 05:00`)).toContain(
      'Changes are frozen',
    )
    await approved(`autoscale schedule ${CHECKOUT} "at 2026-11-22T03:30" 4..20`)
    await pass(40 * MINUTE, world)
    expect(bounds()).toBe('4..20')
  })

  test('fits its card: nothing of an ordinary one is cut', async () => {
    const line = (wanted: string) =>
      `autoscale schedule ${CHECKOUT} "weekdays 08:45" ${wanted} --until 17:30 --zone Europe/Madrid`
    await world.type(line('6..12'))
    expect(world.card()).toContain('Undo: unschedule it, then set 4..10')
    expect(world.card()).toContain('6..12 at 2026-11-23 07:45 UTC, then 4..10: up to 2 of 12 stop')
    expect(world.card()).toContain('[Approve]')
    expect(world.card()).not.toContain('…')
    await world.click('cancel', 'U0REQUEST')
    await world.type(line('20..40'))
    expect(world.card().replace('[Review…]', '')).not.toContain('…')
  })
})

test.each([`autoscale bounds ${CHECKOUT} 6..6`, `autoscale schedule ${CHECKOUT} "daily 08:45" 6..6`])(
  'bounds that leave policies no room do not go where suspensions without an end are not allowed: %s',
  async line => {
    expect(await world.type(line)).toContain('may not suspend autoscaling without an end')
    const rule = withRule('{ when: { commands: [autoscale suspend] }, approvals: 2, approvers: [S0OPS] }')
    await world.publish(rule.replace(/permanent: .*/, 'permanent: [everyone]'))
    await world.type(line)
    expect(world.card()).toContain('Needs 2')
  },
)

test('bounds that leave policies no room last no longer than a temporary change', async () => {
  const line = (until: string) => `autoscale schedule ${CHECKOUT} "at 2026-11-22T04:00" 6..6 --until ${until}`
  expect(await world.type(line('2026-11-30T04:00'))).toContain('A temporary change lasts at most 2d here')
  await world.type(line('2026-11-23T04:00'))
  expect(world.card()).toContain('Needs 1')
})

test('bounds that leave policies no room until a time, or where no policy scales, are no suspension', async () => {
  await world.type(`autoscale schedule ${CHECKOUT} "daily 08:45" 6..6 --until 09:45`)
  expect(world.card()).toContain('Needs 1')
  target()?.policies.clear()
  await world.type(`autoscale bounds ${CHECKOUT} 6..6`)
  expect(world.card()).toContain('Set bounds of checkout')
})

describe('a policy', () => {
  test('shows its cooldowns, and is not free with a longer one', async () => {
    await world.publish(LOW_IS_FREE)
    await world.type(`autoscale track ${CHECKOUT} cpu 59 --out-cooldown 24h`)
    expect(world.card()).toContain('🟠 Medium risk')
    expect(world.card()).toContain('Waits 24h after a scale-out')
    expect(world.card()).toContain('Needs 1')
  })

  test('does not go where suspensions without an end are not allowed', async () => {
    await world.publish(LOW_IS_FREE)
    for (const line of [`autoscale track ${CHECKOUT} cpu 60 --no-scale-in`, `autoscale untrack ${CHECKOUT} cpu`])
      expect(await world.type(line)).toContain('may not suspend autoscaling without an end')
    expect(target()?.policies.size).toBe(1)
  })

  test('that is deleted meets the rule about suspensions', async () => {
    const rule = withRule('{ when: { commands: [autoscale suspend] }, approvals: 2, approvers: [S0OPS] }')
    await world.publish(rule.replace(/permanent: .*/, 'permanent: [everyone]'))
    await world.type(`autoscale untrack ${CHECKOUT} cpu`)
    expect(world.card()).toContain('Nothing scales it any more')
    expect(world.card()).toContain('Needs 2')
  })

  test('of a target that pins the service at its maximum is not free', async () => {
    await world.publish(LOW_IS_FREE)
    await world.type(`autoscale track ${CHECKOUT} cpu 1`)
    expect(world.card()).toContain('🟠 Medium risk')
    expect(world.card()).toContain('Needs 1')
  })
})
