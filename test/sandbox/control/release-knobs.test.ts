import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPanel } from '../../../sandbox/control/panel.ts'
import type { Control } from '../../../sandbox/page/ui/wire.ts'
import { HUB, Sandbox } from '../../../sandbox/sandbox.ts'
import type { Service } from '../../../sandbox/world/state.ts'

const MINUTE = 60_000

let sandbox: Sandbox
let panel: Control
beforeEach(() => {
  sandbox = new Sandbox({ start: Date.parse('2026-11-22T03:00:00Z') })
  panel = createPanel(sandbox)
})
afterEach(() => sandbox.clock.stop())

const orders = (): Service => {
  const service = sandbox.fleet.site(HUB).clusters.get('web')?.services.get('orders-api')
  if (!service) throw new Error('no orders-api')
  return service
}

test('a pipeline deploys the next version, with a gate or without, of an image that may be gone', () => {
  panel.turn('pipeline-person', 'requester@example.com')
  panel.turn('pipeline-gate')
  sandbox.clock.advance(5 * MINUTE)
  const [deployment] = orders().deployments
  expect(deployment?.revision.spec.taskDefinition).toMatchObject({
    revision: 8,
    registeredBy: 'arn:aws:sts::111122223333:assumed-role/deploy/requester@example.com',
  })
  expect(deployment?.record).toMatchObject({ stage: 'POST_SCALE_UP', hooks: [{ status: 'AWAITING_ACTION' }] })
  expect(sandbox.aws.callLog.list().at(-1)).toMatchObject({
    action: 'UpdateService',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/requester@example.com',
    input: { cluster: 'web', service: 'orders-api' },
  })
  panel.turn('gate-continue')
  expect(deployment?.record.hooks).toMatchObject([{ status: 'SUCCEEDED' }])
  expect(sandbox.aws.callLog.list().at(-1)).toMatchObject({ action: 'ContinueServiceDeployment' })
  panel.turn('image-gone')
  panel.turn('pipeline-deploy')
  expect(orders().deploymentConfiguration.lifecycleHooks).toHaveLength(1)
  expect(orders().deployments[0]?.revision.spec.taskDefinition.revision).toBe(9)
})

test('the cluster of releases has a service of each strategy, and one bad deployment over a good one', () => {
  const released = new Sandbox({ start: Date.parse('2026-11-22T03:00:00Z'), hasRelease: true })
  released.clock.advance(10 * MINUTE)
  const services = [...(released.fleet.site(HUB).clusters.get('release')?.services.values() ?? [])]
  expect(
    services.map(({ name, deploymentConfiguration: { strategy }, deployments }) => [
      name,
      strategy,
      deployments.length,
    ]),
  ).toEqual([
    ['web-blue-green', 'BLUE_GREEN', 1],
    ['web-linear', 'LINEAR', 1],
    ['web-canary', 'CANARY', 1],
    ['web-rolling', 'ROLLING', 1],
    ['web-bad', 'ROLLING', 2],
  ])
  released.clock.stop()
})

test('an alarm fires, fails the deployment that watches it, and is clear again', () => {
  const released = new Sandbox({ start: Date.parse('2026-11-22T03:00:00Z'), hasRelease: true })
  const its = createPanel(released)
  const rolling = released.fleet.site(HUB).clusters.get('release')?.services.get('web-rolling')
  its.turn('pipeline-service', 'web-rolling')
  its.turn('pipeline-deploy')
  released.clock.advance(MINUTE)
  expect(rolling?.deployments[0]?.record).toMatchObject({ stage: 'PRE_SCALE_UP', status: 'IN_PROGRESS' })
  its.turn('alarm', 'web-rolling-errors')
  its.turn('alarm-fire')
  const alarm = released.autoscaling.alarms().find(({ name }) => name === 'web-rolling-errors')
  expect(alarm?.state).toBe('ALARM')
  expect(rolling?.deployments[0]?.record).toMatchObject({
    status: 'ROLLBACK_IN_PROGRESS',
    alarms: { triggered: ['web-rolling-errors'] },
  })
  its.turn('alarm-clear')
  expect(alarm?.state).toBe('OK')
  released.clock.stop()
})
