import {
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  type LoadBalancer,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deployByPipeline } from '../../../sandbox/control/pipeline.ts'
import { prod } from '../../../sandbox/world/seed.ts'
import { seedRelease } from '../../../sandbox/world/seed-release.ts'
import { type DeploymentRecord, isAlive, type Service } from '../../../sandbox/world/state.ts'
import { aService, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const MINUTE = 60_000

const releaseOf = (name: string): Service => {
  seedRelease(peer.fleet, peer.aws.autoscaling)
  const cluster = peer.fleet.site({ account: prod.account, region: 'us-east-1' }).clusters.get('release')
  const service = cluster?.services.get(name)
  if (!service) throw new Error(`no ${name}`)
  return service
}

const deploy = (service: Service) => deployByPipeline({ fleet: peer.fleet, callLog: peer.aws.callLog }, service)

const see = async ({ arn }: DeploymentRecord) =>
  (await peer.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))).serviceDeployments?.[0]

/** What changes in a deployment within some minutes: stages with the production weight of the new revision. */
const followed = (record: DeploymentRecord, minutes: number): readonly string[] => {
  const seen: string[] = []
  for (let second = 0; second < minutes * 60; second += 1) {
    peer.clock.advance(1_000)
    const now = `${record.stage} ${record.weights?.production}`
    if (seen.at(-1) !== now) seen.push(now)
  }
  return seen
}

const alive = ({ tasks }: Service) => [...tasks].filter(isAlive)

describe('BLUE_GREEN', () => {
  test('runs twice the tasks, moves the traffic at once, bakes, and cleans up', async () => {
    const service = releaseOf('web-blue-green')
    const record = deploy(service)
    expect(followed(record, 3)).toEqual([
      'SCALE_UP 0',
      'TEST_TRAFFIC_SHIFT 0',
      'PRODUCTION_TRAFFIC_SHIFT 100',
      'BAKE_TIME 100',
    ])
    expect(alive(service)).toHaveLength(4)
    const baking = await see(record)
    expect(baking).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'BAKE_TIME',
      targetServiceRevision: {
        runningTaskCount: 2,
        requestedTestTrafficWeight: 100,
        requestedProductionTrafficWeight: 100,
      },
      sourceServiceRevisions: [{ runningTaskCount: 2, requestedProductionTrafficWeight: 0 }],
      deploymentCircuitBreaker: { status: 'DISABLED' },
    })
    peer.clock.advance(12 * MINUTE)
    expect(record.status).toBe('SUCCESSFUL')
    expect(alive(service)).toHaveLength(2)
  })

  test('goes back by the weights while it bakes, without a launch, and not at all after it', async () => {
    const service = releaseOf('web-blue-green')
    const record = deploy(service)
    peer.clock.advance(4 * MINUTE)
    const before = new Set(alive(service))
    const stop = () =>
      peer.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: record.arn, stopType: 'ROLLBACK' }))
    await stop()
    expect(await see(record)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      targetServiceRevision: { requestedProductionTrafficWeight: 0 },
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 100, runningTaskCount: 2 }],
    })
    peer.clock.advance(10_000)
    peer.clock.advance(20_000)
    expect(record.status).toBe('ROLLBACK_SUCCESSFUL')
    expect(alive(service).every(task => before.has(task))).toBe(true)
    expect(alive(service).map(({ definition }) => definition.revision)).toEqual([2, 2])
    expect(await refusal(stop())).toMatch(/^ConflictException/)
  })

  test('keeps the old tasks running if the new ones never do', () => {
    const service = releaseOf('web-blue-green')
    peer.fleet.knobs.failService(service.arn, 'exit1')
    const record = deploy(service)
    const healthy = () => alive(service).filter(task => task.definition.revision === 2 && !task.isDoomed)
    peer.clock.advance(30 * MINUTE)
    expect(record).toMatchObject({ status: 'IN_PROGRESS', stage: 'SCALE_UP' })
    expect(healthy()).toHaveLength(2)
  })
})

test('LINEAR moves the traffic in equal steps, and does not bake the last one', () => {
  const record = deploy(releaseOf('web-linear'))
  expect(followed(record, 25).slice(2)).toEqual([
    'PRODUCTION_TRAFFIC_SHIFT 25',
    'PRODUCTION_TRAFFIC_SHIFT 50',
    'PRODUCTION_TRAFFIC_SHIFT 75',
    'PRODUCTION_TRAFFIC_SHIFT 100',
    'BAKE_TIME 100',
    'CLEAN_UP 100',
  ])
  expect(record.status).toBe('SUCCESSFUL')
})

test('CANARY moves a share, waits, and moves the rest', () => {
  const record = deploy(releaseOf('web-canary'))
  expect(followed(record, 25).slice(2)).toEqual([
    'PRODUCTION_TRAFFIC_SHIFT 10',
    'PRODUCTION_TRAFFIC_SHIFT 100',
    'BAKE_TIME 100',
    'CLEAN_UP 100',
  ])
})

test('LINEAR pauses before every step, each time with another hook id', () => {
  const service = releaseOf('web-linear')
  service.deploymentConfiguration = {
    ...service.deploymentConfiguration,
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
    lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] }],
  }
  const record = deploy(service)
  for (const weight of [0, 50]) {
    peer.clock.advance(5 * MINUTE)
    expect(record).toMatchObject({ stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', weights: { production: weight } })
    const [run] = record.hooks.filter(({ status }) => status === 'AWAITING_ACTION')
    if (!run) throw new Error('no hook')
    peer.fleet.answerHook(record, run, 'CONTINUE')
  }
  peer.clock.advance(15 * MINUTE)
  expect(record.status).toBe('SUCCESSFUL')
  expect(new Set(record.hooks.map(({ id }) => id)).size).toBe(2)
})

test('a Network Load Balancer takes ten minutes more for each shift', () => {
  const service = releaseOf('web-canary')
  const [deployment] = service.deployments
  const [balancer] = deployment?.revision.spec.loadBalancers ?? []
  const listener = balancer?.advancedConfiguration?.productionListenerRule?.replace('/app/', '/net/')
  const loadBalancers: LoadBalancer[] = [
    { ...balancer, advancedConfiguration: { ...balancer?.advancedConfiguration, productionListenerRule: listener } },
  ]
  if (!deployment) throw new Error('no deployment')
  peer.fleet.deploy(service, { ...deployment.revision.spec, loadBalancers })
  const record = service.deployments[0]?.record
  peer.clock.advance(10 * MINUTE)
  expect(record?.stage).toBe('TEST_TRAFFIC_SHIFT')
  peer.clock.advance(10 * MINUTE)
  expect(record?.stage).toBe('PRODUCTION_TRAFFIC_SHIFT')
})

test('listener rules without both target groups send it back, in the words of AWS', () => {
  const service = releaseOf('web-linear')
  const rule = service.deployments[0]?.revision.spec.loadBalancers[0]?.advancedConfiguration?.productionListenerRule
  peer.fleet.knobs.detachRule(rule ?? '')
  const record = deploy(service)
  peer.clock.advance(MINUTE)
  expect(record).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    rollback: {
      reason:
        'Service deployment rolled back because of invalid networking configuration. Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.',
    },
  })
})

test('a stage that scales up for a day goes back', () => {
  const service = releaseOf('web-blue-green')
  peer.fleet.knobs.failService(service.arn, 'capacity')
  const record = deploy(service)
  peer.clock.advance(23 * 60 * MINUTE)
  expect(record).toMatchObject({ status: 'IN_PROGRESS', stage: 'SCALE_UP' })
  peer.clock.advance(2 * 60 * MINUTE)
  expect(record).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
})

test('a deployment over one that shifts traffic goes back to what was whole', () => {
  const service = releaseOf('web-canary')
  deploy(service)
  peer.clock.advance(4 * MINUTE)
  const second = deploy(service)
  peer.clock.advance(MINUTE)
  expect(second.source?.spec.taskDefinition.revision).toBe(2)
  peer.clock.advance(4 * MINUTE)
  expect([...new Set(alive(service).map(({ definition }) => definition.revision))]).toEqual([2, 4])
  peer.fleet.stopDeployment(second)
  peer.clock.advance(MINUTE)
  expect(alive(service).map(({ definition }) => definition.revision)).toEqual([2, 2])
})

describe('a strategy', () => {
  test.each<[string, DeploymentConfiguration, string]>([
    ['BLUE_GREEN without a bake time', { strategy: 'BLUE_GREEN' }, 'bakeTimeInMinutes must be provided'],
    ['a bake of two days', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2_880 }, 'bakeTimeInMinutes must be between'],
    ['LINEAR without traffic', { strategy: 'LINEAR' }, 'The LINEAR deployment strategy requires an Application Load'],
    ['CANARY without traffic', { strategy: 'CANARY' }, 'The CANARY deployment strategy requires an Application Load'],
    ['steps of 2 %', { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2 } }, 'stepPercent must be a multiple'],
    [
      'steps of 3.05 %',
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 3.05 } },
      'stepPercent must be a multiple of 0.1 between 3.0 and 100.0',
    ],
    [
      'a step of a day and a minute',
      { strategy: 'LINEAR', linearConfiguration: { stepBakeTimeInMinutes: 1_441 } },
      'stepBakeTimeInMinutes must be between 0 and 1440',
    ],
    [
      'a canary of nothing',
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } },
      'canaryPercent must be a',
    ],
    [
      'a canary of all day and more',
      { strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: 1_441 } },
      'canaryBakeTimeInMinutes must be between 0 and 1440',
    ],
    ['steps of another strategy', { strategy: 'CANARY', linearConfiguration: {} }, 'linearConfiguration is only valid'],
    ['a canary of another strategy', { canaryConfiguration: {} }, 'canaryConfiguration is only valid'],
    [
      'early success of another strategy',
      { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1, earlySuccessCriteria: { enable: true } },
      'earlySuccessCriteria is only valid',
    ],
    [
      'early success with less than the minimum',
      {
        minimumHealthyPercent: 60,
        earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
      },
      'healthyPercent must be between',
    ],
    ['early success without numbers', { earlySuccessCriteria: { enable: true } }, 'earlySuccessCriteria must have'],
    ['an unknown name', { strategy: 'RAINBOW' as 'LINEAR' }, 'strategy should be one of'],
  ])('is not %s', async (_, deploymentConfiguration, text) => {
    aService(peer, 'api')
    const update = peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'api', deploymentConfiguration }))
    expect(await refusal(update)).toContain(`InvalidParameterException: ${text}`)
  })

  test('moves traffic only between two target groups, and BLUE_GREEN may move none', async () => {
    const update = (loadBalancers: LoadBalancer[], deploymentConfiguration: DeploymentConfiguration) =>
      peer.ecs.send(
        new UpdateServiceCommand({ cluster: 'web', service: 'api', loadBalancers, deploymentConfiguration }),
      )
    const service = aService(peer, 'api')
    const [deployment] = service.deployments
    const [container] = deployment?.revision.spec.taskDefinition.input.containerDefinitions ?? []
    Object.assign(container ?? {}, { portMappings: [{ containerPort: 80 }] })
    const balancer = { targetGroupArn: 'arn:aws:tg', containerName: 'app', containerPort: 80 }
    expect(await refusal(update([balancer], { strategy: 'LINEAR' }))).toMatch(
      /^InvalidParameterException: advancedConfiguration with alternateTargetGroupArn/,
    )
    await update([], { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
    const record = deploy(service)
    peer.clock.advance(10 * MINUTE)
    expect(record).toMatchObject({ status: 'SUCCESSFUL', stage: 'CLEAN_UP' })
    expect(record.weights).toBeUndefined()
  })
})
