import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPanel } from '../../../sandbox/control/panel.ts'
import { HUB, Sandbox } from '../../../sandbox/sandbox.ts'
import type { Control } from '../../../sandbox/ui/wire.ts'
import type { Service } from '../../../sandbox/world/state.ts'

const MINUTE = 60_000

let sandbox: Sandbox
let panel: Control
beforeEach(() => {
  sandbox = new Sandbox({ start: Date.parse('2026-11-22T03:00:00Z') })
  panel = createPanel(sandbox)
})
afterEach(() => sandbox.clock.stop())

const checkout = (): Service => {
  const service = sandbox.fleet.site(HUB).clusters.get('web')?.services.get('checkout')
  if (!service) throw new Error('no checkout')
  return service
}
const countAfter = (minutes: number): number => {
  sandbox.clock.advance(minutes * MINUTE)
  return checkout().desired
}

test('the load on checkout is a knob, and checkout follows it', () => {
  panel.turn('load', 'spike')
  expect(panel.snapshot().knobs.find(({ id }) => id === 'load')).toMatchObject({ group: 'checkout', value: 'spike' })
  expect(countAfter(4)).toBe(10)
  panel.turn('load', 'normal')
  expect(countAfter(30)).toBe(6)
  panel.turn('load', 'quiet')
  expect(countAfter(40)).toBe(4)
})

test('a colleague at the console moves the minimum, and the count with it', () => {
  panel.turn('checkout-minimum', 8)
  expect(sandbox.autoscaling.targetOf(checkout())?.min).toBe(8)
  expect(checkout().desired).toBe(8)
  panel.turn('checkout-minimum', 11)
  expect(sandbox.autoscaling.targetOf(checkout())?.min).toBe(8)
})

test('a count that a colleague sets stays until an alarm scales it', () => {
  panel.turn('checkout-count', 12)
  expect(countAfter(10)).toBe(12)
  expect(countAfter(20)).toBe(6)
  const activities = sandbox.autoscaling.targetOf(checkout())?.activities ?? []
  expect(
    activities
      .map(({ description }) => description)
      .toReversed()
      .slice(0, 2),
  ).toEqual(['Setting desired count to 10.', 'Setting desired count to 6.'])
})

test('calls show what they are about, and the bounds that they ask for', () => {
  sandbox.aws.callLog.add({
    at: 0,
    service: 'application-autoscaling',
    action: 'RegisterScalableTarget',
    region: HUB.region,
    account: HUB.account,
    arn: 'arn:aws:iam::111122223333:user/local',
    input: { ServiceNamespace: 'ecs', ResourceId: 'service/web/checkout', MinCapacity: 2, MaxCapacity: 9 },
    status: 200,
    requestId: 'r',
  })
  expect(panel.snapshot().calls.map(({ summary }) => summary)).toEqual(['service/web/checkout · min 2 · max 9'])
})
