// What autoscaling makes of a change, and what a change makes of autoscaling: said before, and true afterwards.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../driving.ts'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const MINUTE = 60_000

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.stop())

const isOver = () => ENDED.test(world.card())
const checkout = () => world.service('web/checkout')
const desired = () => world.desired('web/checkout')
const target = () => world.autoscaling.targetOf(checkout())
const bounds = () => `${target()?.min}..${target()?.max}`
const minutes = (count: number) => pass(count * MINUTE, world)
const writes = () =>
  world.aws.callLog
    .list()
    .filter(({ action }) => action === 'UpdateService' || action === 'RegisterScalableTarget')
    .map(({ action }) => action)

/** Asks, lets somebody approve, and waits for the end. */
const carriedOut = async (line: string): Promise<string> => {
  expect(await world.type(line)).toBe('')
  await world.click('approve')
  await world.until(isOver)
  return world.card()
}

describe('a count above the maximum', () => {
  test('is said to be taken back, is done, and is taken back by the next scale-in', async () => {
    await world.type(`scale ${CHECKOUT} 12`)
    expect(world.card()).toContain('• Autoscaling reduces it to its maximum of 10 again')
    const dialog = await world.details()
    expect(dialog).toContain('Autoscaling’s maximum is 10: the next scale-in alarm reduces the count to 10.')
    expect(dialog).toContain('[Move the Maximum] [Suspend Autoscaling] [Raise the Minimum for 2 Hours]')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toMatch(/✅ Done .*12\/12 running/s)
    expect(bounds()).toBe('4..10')
    world.autoscaling.setLoad(checkout(), 5.9)
    await minutes(17)
    expect(desired()).toBe(10)
    expect(await world.type(`autoscale ${CHECKOUT}`)).toContain('Setting desired count to 10.')
  })

  test('autoscaling sets it while the operation is still watching: superseded, and by whom', async () => {
    world.autoscaling.setLoad(checkout(), 2.5)
    await minutes(14.9)
    await world.type(`scale ${CHECKOUT} 12`)
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toMatch(/^⚪ Replaced .*Autoscaling set the desired count to \d+/)
  })

  test.each([
    ['Move the Maximum', '4..12', '--move-bounds', 'Autoscaling bounds: 4..10 → 4..12'],
    ['Suspend Autoscaling', '4..10', '--suspend --for 2h', 'Suspended: nothing → scale-in, scale-out'],
  ])(
    '%s, taken in its dialog: another plan, its own approval, and autoscaling changed first',
    async (label, after, flag, change) => {
      await world.type(`scale ${CHECKOUT} 12`)
      await world.press(label)
      await world.until(() => world.cards().length === 2)
      await world.quiet()
      expect(textOf(world.cards()[0])).toMatch(/⚪ Replaced .*Replaced by another request; nothing was changed/s)
      const dialog = await world.details()
      expect(dialog).toContain(change)
      expect(dialog).toContain('[Only the Count]')
      expect(writes()).toEqual([])
      await world.click('approve')
      const end = flag === '--move-bounds' ? '✅ Done' : '✅ Temporary'
      await world.until(() => world.card().startsWith(end))
      expect(world.card()).toContain('12/12 running')
      expect(writes()).toEqual(['RegisterScalableTarget', 'UpdateService'])
      expect((await world.audit('111122223333')).at(-1)?.invocation).toBe(`scale ${CHECKOUT} 12 ${flag}`)
      await minutes(30)
      expect(desired()).toBe(flag === '--suspend --for 2h' ? 12 : 6)
      expect(bounds()).toBe(after)
    },
  )
})

test('what autoscaling did, and why it did not', async () => {
  world.autoscaling.setLoad(checkout(), 12)
  await minutes(15)
  expect(desired()).toBe(10)
  const shown = await world.type(`autoscale ${CHECKOUT}`)
  expect(shown).toContain('checkout is set to 10; autoscaling within 4..10 is active')
  expect(shown).toContain('Policy checkout-cpu, target tracking: keeps CPU at 60%')
  expect(shown).toContain('Did not scale: already at the maximum.')
  expect(await world.type('autoscale orders-api')).toContain('No scalable target is registered')
})

describe('bounds', () => {
  test('are moved outwards, and nothing else changes', async () => {
    expect(await carriedOut(`autoscale bounds ${CHECKOUT} 4..20`)).toMatch(/✅ Done .*Autoscaling bounds are 4\.\.20/s)
    expect([bounds(), desired()]).toEqual(['4..20', 6])
    expect(writes()).toEqual(['RegisterScalableTarget'])
    expect(await world.type(`autoscale bounds ${CHECKOUT} 4..20`)).toContain(
      'The bounds of checkout are already 4..20.',
    )
  })

  test('that leave the count outside move it at once: a change that the card shows', async () => {
    await world.type(`autoscale bounds ${CHECKOUT} 2..4`)
    expect(world.card()).toContain('• 2 of 6 tasks stop at once')
    expect(await world.details()).toContain('Desired count: 6 → 4, at once')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
    expect([bounds(), desired()]).toEqual(['2..4', 4])
  })
})

test('what cannot be is answered, asks nobody and changes nothing', async () => {
  const lines = [
    `autoscale bounds ${CHECKOUT} 4..2`,
    `autoscale bounds ${CHECKOUT} 0..0`,
    `scale ${CHECKOUT} 12 --for 0m`,
    `scale ${CHECKOUT} 12 --for 400d`,
    `scale ${CHECKOUT} 12 --for 3d`,
    `scale ${CHECKOUT} 12 --for -2h`,
    `scale ${CHECKOUT} 4 --for 1h`,
    `scale ${CHECKOUT} 12 --suspend`,
    `autoscale suspend ${CHECKOUT}`,
    `autoscale suspend ${CHECKOUT} --for 1h --permanent`,
    `autoscale resume ${CHECKOUT}`,
  ]
  const answers: string[] = []
  for (const line of lines) answers.push((await world.type(line)).split('\n')[0] ?? '')
  expect(answers).toMatchInlineSnapshot(`
    [
      "The minimum (4) is more than the maximum (2).",
      "A minimum and maximum of 0 would stop the service, and autoscaling could not start it.",
      "The duration is zero.",
      "400d is too long.",
      "A temporary change lasts at most 2d here, extensions included; this would last 3d.",
      "-2h is not a duration.",
      "The minimum of checkout is already 4: a temporary minimum of 4 has no effect.",
      "requester may not suspend autoscaling without an end.",
      "For how long?",
      "--for and --permanent exclude each other.",
      "Autoscaling of checkout is not suspended.",
    ]
  `)
  expect(world.cards()).toEqual([])
})

describe('a suspension', () => {
  test('for a while ends by itself', async () => {
    await world.type(`autoscale suspend ${CHECKOUT} --for 30m`)
    expect(await world.details()).toContain('Suspended: nothing → scale-in, scale-out')
    await world.click('approve')
    await world.until(() => world.card().includes('✅ Temporary'))
    expect(world.card()).toContain('Temporary: scale-in, scale-out suspended. It is reverted at its end.')
    world.autoscaling.setLoad(checkout(), 12)
    await minutes(25)
    expect(desired()).toBe(6)
    await minutes(15)
    expect(world.card()).toMatch(/↩️ Reverted .*Suspended: scale-in, scale-out → nothing/s)
    expect(desired()).toBe(10)
  })

  test('of scale-in alone lets it grow', async () => {
    await world.type(`autoscale suspend ${CHECKOUT} in --for 2h`)
    await world.click('approve')
    await world.until(() => world.card().includes('✅ Temporary'))
    world.autoscaling.setLoad(checkout(), 4.8)
    await minutes(10)
    const grown = desired()
    expect(grown).toBeGreaterThan(6)
    world.autoscaling.setLoad(checkout(), 1.2)
    await minutes(40)
    expect(desired()).toBe(grown)
    await world.until(() => world.card().includes('↩️ Reverted'))
    await minutes(30)
    expect(desired()).toBe(4)
  })

  test('without an end is for those whom configuration names', async () => {
    expect(await world.type(`autoscale suspend ${CHECKOUT} --permanent`)).toContain(
      'requester may not suspend autoscaling without an end',
    )
    expect(world.cards()).toEqual([])
    await world.type(`autoscale suspend ${CHECKOUT} --permanent`, { user: 'U0APPROVE' })
    expect(world.card()).toContain('• Stays suspended until a person resumes it')
    expect(await world.details()).toContain('Only /ecs autoscale resume ends this.')
    await world.click('approve', 'U0SECOND')
    await world.until(isOver)
    expect(world.card()).toMatch(/✅ Done .*Suspended: scale-in, scale-out/s)
  })

  test('resumed clamps what was set meanwhile, and the card shows it', async () => {
    world.autoscaling.register({ account: '111122223333', region: 'us-east-1' }, 'service/web/checkout', {
      suspended: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
    })
    checkout().desired = 14
    world.fleet.touch(checkout())
    await minutes(30)
    expect(desired()).toBe(14)
    await world.type(`autoscale resume ${CHECKOUT}`)
    expect(world.card()).toContain('• 4 of 14 tasks stop at once')
    expect(await world.details()).toContain('Desired count: 14 → 10, at once')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toMatch(/✅ Done .*Nothing is suspended/s)
    expect(desired()).toBe(10)
  })
})
