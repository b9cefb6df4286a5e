import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPanel } from '../../../sandbox/control/panel.ts'
import type { Control } from '../../../sandbox/page/ui/wire.ts'
import { HUB, Sandbox } from '../../../sandbox/sandbox.ts'
import { containersOf } from '../../../sandbox/ssm/container.ts'
import { fair } from '../../../sandbox/ssm/weather.ts'
import type { Service } from '../../../sandbox/world/state.ts'
import { execAgentOf } from '../../../sandbox/world/task-view.ts'

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

const knobOf = (id: string) => panel.snapshot().knobs.find(knob => knob.id === id)
const orders = (): Service => {
  const service = sandbox.fleet.site(HUB).clusters.get('web')?.services.get('orders-api')
  if (!service) throw new Error('no orders-api')
  return service
}

test('what is in the way of a command is a knob, for the tasks of now', () => {
  const agents = () => [...new Set([...orders().tasks].map(task => execAgentOf(task)?.lastStatus))]
  const [task] = orders().tasks
  const [container] = task === undefined ? [] : containersOf(task)
  if (container === undefined) throw new Error('no container')
  expect([agents(), sandbox.aws.exec.hasShell(container)]).toEqual([['RUNNING'], true])
  panel.turn('exec-state', 'stopped')
  expect(agents()).toEqual(['STOPPED'])
  panel.turn('exec-state', 'off')
  expect(agents()).toEqual([undefined])
  panel.turn('exec-state', 'shell-less')
  expect([agents(), sandbox.aws.exec.hasShell(container)]).toEqual([['RUNNING'], false])
  panel.turn('exec-state', 'nonsense')
  expect(knobOf('exec-state')).toMatchObject({ group: 'ECS Exec' })
  panel.turn('exec-state', 'works')
  expect([agents(), sandbox.aws.exec.hasShell(container)]).toEqual([['RUNNING'], true])
})

test('the line of sessions has weathers, one for each session', () => {
  const { exec } = sandbox.aws
  panel.turn('exec-weather', 'cuts')
  expect(exec.weather()).toMatchObject({ cuts: 5, loss: 0 })
  expect(exec.weather()).not.toBe(exec.weather())
  panel.turn('exec-weather', 'loss')
  expect(exec.weather()).toMatchObject({ cuts: 0, loss: 0.1 })
  panel.turn('exec-weather', 'fair')
  expect(exec.weather()).toEqual(fair())
})

const spotTasks = () => sandbox.fleet.spotTasks()
const knob = (id: string) => panel.snapshot().knobs.find(found => found.id === id)
const catalog = (): Service => {
  const service = sandbox.fleet.site(HUB).clusters.get('web')?.services.get('catalog-api')
  if (!service) throw new Error('no catalog-api')
  return service
}
const runningOnSpot = () =>
  [...catalog().tasks].filter(task => task.capacityProvider === 'FARGATE_SPOT' && task.lastStatus === 'RUNNING').length

test('with a dry Spot, interrupted tasks are not replaced until there is capacity', () => {
  const before = runningOnSpot()
  expect(before).toBeGreaterThan(0)
  expect(knob('spot-capacity')).toMatchObject({ kind: 'select', value: 'available' })
  panel.turn('spot-capacity', 'dry')
  expect(knob('spot-capacity')).toMatchObject({ value: 'dry' })
  panel.turn('spot')
  expect(spotTasks()).toEqual([])
  expect([...catalog().tasks].filter(({ stopCode }) => stopCode === 'SpotInterruption')).toHaveLength(before)
  sandbox.clock.advance(5 * MINUTE)
  expect(runningOnSpot()).toBe(0)
  expect(catalog().events.some(({ message }) => message.includes('Capacity is unavailable at this time'))).toBe(true)
  panel.turn('spot-capacity', 'available')
  sandbox.clock.advance(5 * MINUTE)
  expect(runningOnSpot()).toBeGreaterThan(0)
  expect([...catalog().tasks]).toHaveLength(catalog().desired)
})

test('the quotas of Fargate are separate for Spot', () => {
  panel.turn('spot-quota', 2)
  expect(knob('spot-quota')).toMatchObject({ value: 2 })
  expect(sandbox.fleet.quotas.vcpus(HUB, 'spot')).toBe(2)
  panel.turn('spot-quota', -1)
  panel.turn('quota', 8)
  expect([sandbox.fleet.quotas.vcpus(HUB, 'spot'), sandbox.fleet.quotas.vcpus(HUB, 'on-demand')]).toEqual([2, 8])
})

test('images of orders-api are pushed one after the other, and nothing deploys them', () => {
  expect(knob('push-image')).toMatchObject({ label: 'Push Image v8' })
  panel.turn('push-image')
  expect(knob('push-image')).toMatchObject({ label: 'Push Image v9' })
  expect(sandbox.aws.images.pushes().map(([image]) => image.split('/')[1])).toEqual(['orders-api:v8'])
})
