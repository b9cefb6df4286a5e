import {
  type DeploymentCircuitBreaker,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { thresholdOf } from '../../../sandbox/world/bounds.ts'
import { isHealthy, type Service } from '../../../sandbox/world/state.ts'
import { aDefinition, aService, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const MINUTE = 60_000
const cluster = 'web'

const anAlarm = (AlarmName: string) => {
  const { autoscaling } = peer.aws
  const alarm = autoscaling.putAlarm(place, {
    AlarmName,
    Namespace: 'Shop',
    MetricName: 'Errors',
    Threshold: 1,
  } as never)
  const become = (state: 'ALARM' | 'OK') => autoscaling.setAlarmState(alarm, state, 'because')
  become('OK')
  return become
}

const deploy = async (image = 'api:v2') => {
  aDefinition(peer, 'api', image)
  const { service } = await peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', taskDefinition: 'api' }))
  return service?.currentServiceDeployment ?? ''
}

const see = async (arn: string) =>
  (await peer.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))).serviceDeployments?.[0]

const watching = (rollback: boolean, more: DeploymentConfiguration = {}) =>
  aService(peer, 'api', {
    deploymentConfiguration: { alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback }, ...more },
  })

describe('deployment alarms', () => {
  test('fail the deployment and roll it back', async () => {
    const [errors] = [anAlarm('errors'), anAlarm('latency')]
    watching(true)
    const arn = await deploy()
    peer.clock.advance(MINUTE)
    expect(await see(arn)).toMatchObject({
      alarms: { status: 'MONITORING', alarmNames: ['errors', 'latency'], triggeredAlarmNames: [] },
    })
    errors('ALARM')
    expect(await see(arn)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      rollback: { reason: 'Service deployment rolled back because an alarm was detected.' },
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
    })
    peer.clock.advance(5 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
  })

  test('are watched for some minutes after the older tasks are gone', async () => {
    const errors = anAlarm('errors')
    const service = watching(true)
    const arn = await deploy()
    peer.clock.advance(3 * MINUTE)
    expect([...service.tasks].map(({ definition }) => definition.revision)).toEqual([2, 2])
    expect(await see(arn)).toMatchObject({ status: 'IN_PROGRESS' })
    errors('ALARM')
    expect(await see(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' })
    peer.clock.advance(3 * MINUTE)
    const again = await deploy()
    errors('OK')
    peer.clock.advance(9 * MINUTE)
    expect(await refusal(see(again))).toMatch(/^InvalidSignature/)
    expect(await see(again)).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } })
  })

  test('are ignored for the whole deployment if one was in ALARM at the start', async () => {
    const [errors, latency] = [anAlarm('errors'), anAlarm('latency')]
    watching(true)
    latency('ALARM')
    const arn = await deploy()
    latency('OK')
    errors('ALARM')
    peer.clock.advance(4 * MINUTE)
    expect(await see(arn)).toMatchObject({
      status: 'SUCCESSFUL',
      alarms: { status: 'DISABLED', triggeredAlarmNames: [] },
    })
  })

  test('stop the deployment where they do not roll back, and the breaker no longer decides', async () => {
    const errors = anAlarm('errors')
    watching(false, { deploymentCircuitBreaker: { enable: true, rollback: true } })
    peer.fleet.knobs.failImage('api:v2', 'pull')
    const arn = await deploy()
    peer.clock.advance(10_000)
    errors('ALARM')
    peer.clock.advance(4 * MINUTE)
    expect(await see(arn)).toMatchObject({
      status: 'STOPPED',
      stoppedAt: expect.any(Date),
      statusReason: 'Service deployment failed because an alarm was detected.',
      alarms: { status: 'TRIGGERED' },
    })
    expect((await see(arn))?.rollback).toBeUndefined()
  })

  test('leave both revisions of BLUE_GREEN running where they do not roll back', async () => {
    const errors = anAlarm('errors')
    const service = watching(false, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 })
    const arn = await deploy()
    peer.clock.advance(3 * MINUTE)
    errors('ALARM')
    peer.clock.advance(MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'STOPPED', lifecycleStage: 'BAKE_TIME' })
    expect([...service.tasks].map(({ definition }) => definition.revision)).toEqual([1, 1, 2, 2])
  })

  test('do nothing once the breaker has decided', async () => {
    const errors = anAlarm('errors')
    watching(true, { deploymentCircuitBreaker: { enable: true, rollback: false } })
    peer.fleet.knobs.failImage('api:v2', 'pull')
    const arn = await deploy()
    peer.clock.advance(4 * MINUTE)
    errors('ALARM')
    expect(await see(arn)).toMatchObject({
      status: 'STOPPED',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
      alarms: { status: 'MONITORING_COMPLETE' },
    })
  })
})

describe('the circuit breaker', () => {
  test.each<[number, DeploymentCircuitBreaker['thresholdConfiguration'], number]>([
    [1, undefined, 3],
    [25, undefined, 13],
    [400, undefined, 200],
    [800, undefined, 200],
    [25, { type: 'BOUNDED_PERCENT', value: 10 }, 3],
    [25, { type: 'UNBOUNDED_PERCENT', value: 4 }, 1],
    [800, { type: 'UNBOUNDED_PERCENT', value: 50 }, 400],
    [800, { type: 'COUNT', value: 2 }, 2],
  ])('of %d tasks with %o trips at %d failures', (desired, thresholdConfiguration, threshold) => {
    const breaker = { enable: true, rollback: true, ...(thresholdConfiguration && { thresholdConfiguration }) }
    const service = { desired, deploymentConfiguration: { deploymentCircuitBreaker: breaker } }
    expect(thresholdOf(service as Service)).toBe(threshold)
  })

  test('counts against the desired count of now, and keeps the threshold of its end', async () => {
    const deploymentCircuitBreaker = { enable: true, rollback: false }
    const service = aService(peer, 'api', { desired: 2, deploymentConfiguration: { deploymentCircuitBreaker } })
    const arn = await deploy()
    service.desired = 20
    expect((await see(arn))?.deploymentCircuitBreaker).toMatchObject({ status: 'MONITORING', threshold: 10 })
    peer.fleet.touch(service)
    peer.clock.advance(4 * MINUTE)
    service.desired = 2
    expect((await see(arn))?.deploymentCircuitBreaker).toMatchObject({ status: 'MONITORING_COMPLETE', threshold: 10 })
  })

  test.each([
    [true, 'SUCCESSFUL', 0],
    [false, 'STOPPED', 3],
  ] as const)(
    'with resetOnHealthyTask %s leaves a limping deployment %s',
    async (resetOnHealthyTask, status, count) => {
      const deploymentConfiguration = {
        maximumPercent: 125,
        deploymentCircuitBreaker: { enable: true, rollback: false, resetOnHealthyTask },
      }
      const service = aService(peer, 'api', { desired: 4, deploymentConfiguration })
      const arn = await deploy()
      const until = (isTrue: () => boolean) => {
        for (let second = 0; second < 120 && !isTrue(); second += 1) peer.clock.advance(1_000)
      }
      // One task of the new revision starts at a time: one of them fails, and one runs.
      for (let round = 1; round <= 4; round += 1) {
        peer.fleet.knobs.failImage('api:v2', 'pull')
        const failures = () =>
          peer.fleet.tasksIn(service.cluster).filter(({ stopCode }) => stopCode === 'TaskFailedToStart')
        until(() => failures().length >= round)
        peer.fleet.knobs.healImage('api:v2')
        const run = () => [...service.tasks].filter(task => isHealthy(task) && task.definition.revision === 2)
        until(() => run().length >= round)
      }
      peer.clock.advance(MINUTE)
      await refusal(see(arn))
      expect(await see(arn)).toMatchObject({ status, deploymentCircuitBreaker: { failureCount: count, threshold: 3 } })
    },
  )

  test('stalls the first deployment of a service: there is nothing to go back to', async () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    peer.fleet.knobs.failImage('api:v1', 'exit1')
    const service = aService(peer, 'api', { isSettled: false, deploymentConfiguration: { deploymentCircuitBreaker } })
    peer.clock.advance(4 * MINUTE)
    const { record } = service.deployments[0] ?? {}
    expect(await see(record?.arn ?? '')).toMatchObject({
      status: 'STOPPED',
      stoppedAt: expect.any(Date),
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 },
    })
    expect(peer.fleet.tasksIn(service.cluster).length).toBeLessThan(6)
  })

  test('does not guard BLUE_GREEN', async () => {
    const deploymentConfiguration: DeploymentConfiguration = {
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 1,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    }
    aService(peer, 'api', { deploymentConfiguration })
    peer.fleet.knobs.failImage('api:v2', 'exit1')
    const arn = await deploy()
    peer.clock.advance(4 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'IN_PROGRESS', deploymentCircuitBreaker: { status: 'DISABLED' } })
  })

  test('is apart from failedTasks, which is zero for good after the first task that ran', async () => {
    const service = aService(peer, 'api', { desired: 3, deploymentConfiguration: { maximumPercent: 150 } })
    const arn = await deploy()
    peer.clock.advance(45_000)
    peer.fleet.knobs.failImage('api:v2', 'pull')
    peer.clock.advance(2 * MINUTE)
    const { services } = await peer.ecs.send(new DescribeServicesCommand({ cluster, services: ['api'] }))
    expect(services?.[0]?.deployments?.[0]?.failedTasks).toBe(0)
    expect(service.deployments[0]?.record.failureCount).toBeGreaterThan(0)
    expect(await see(arn)).toMatchObject({ status: 'IN_PROGRESS' })
  })

  test.each<[string, object, RegExp]>([
    ['a percentage above 100', { type: 'BOUNDED_PERCENT', value: 101 }, /threshold value must be between 1 and 100/],
    ['a threshold of nothing', { type: 'COUNT', value: 0 }, /threshold value must be at least 1/],
    ['an unknown type', { type: 'LUCK', value: 5 }, /type should be one of/],
    ['no value', { type: 'COUNT' }, /Value cannot be empty/],
  ])('does not take %s', async (_, thresholdConfiguration, text) => {
    aService(peer, 'api')
    const deploymentConfiguration = {
      deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration },
    } as DeploymentConfiguration
    const update = peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', deploymentConfiguration }))
    expect(await refusal(update)).toMatch(text)
  })
})
