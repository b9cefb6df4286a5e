import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  type DeploymentConfiguration,
  type DeploymentLifecycleHook,
  DescribeServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EcsEvent } from '../../../sandbox/world/events.ts'
import { isAlive, type Service } from '../../../sandbox/world/state.ts'
import { aDefinition, aService, awsvpc, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const cluster = 'web'
const MINUTE = 60_000
const pauseAt = (...lifecycleStages: NonNullable<DeploymentLifecycleHook['lifecycleStages']>) => ({
  targetType: 'PAUSE' as const,
  lifecycleStages,
})
const LAMBDA = 'arn:aws:lambda:us-east-1:111122223333:function:check'
const lambdaAt = (...lifecycleStages: NonNullable<DeploymentLifecycleHook['lifecycleStages']>) => ({
  targetType: 'AWS_LAMBDA' as const,
  hookTargetArn: LAMBDA,
  roleArn: 'arn:aws:iam::111122223333:role/hooks',
  lifecycleStages,
})

const hookEvents = () => {
  const seen: EcsEvent[] = []
  peer.fleet.onEvent(event => event['detail-type'] === 'ECS Hook State Change' && seen.push(event))
  return seen
}

/** Starts a deployment of api:v2 with hooks. Returns its ARN. */
const deployWith = async (...lifecycleHooks: DeploymentLifecycleHook[]) => {
  aDefinition(peer, 'api', 'api:v2')
  const { service } = await peer.ecs.send(
    new UpdateServiceCommand({
      cluster,
      service: 'api',
      taskDefinition: 'api',
      deploymentConfiguration: { lifecycleHooks },
    }),
  )
  return service?.currentServiceDeployment ?? ''
}

const see = async (arn: string) =>
  (await peer.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))).serviceDeployments?.[0]

const answer = (serviceDeploymentArn: string, hookId: string, action?: 'CONTINUE' | 'ROLLBACK') =>
  peer.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, ...(action && { action }) }))

const hookOf = async (arn: string, index = 0) => (await see(arn))?.lifecycleHookDetails?.[index]?.hookId ?? ''

const revisionsOf = ({ tasks }: Service) => [...tasks].filter(isAlive).map(({ definition }) => definition.revision)

describe('a PAUSE hook', () => {
  test('stops a rolling deployment before its first task, until somebody continues it', async () => {
    const service = aService(peer, 'api')
    const events = hookEvents()
    const arn = await deployWith(pauseAt('PRE_SCALE_UP'))
    peer.clock.advance(5 * MINUTE)
    const paused = await see(arn)
    expect(paused).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [{ targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }],
    })
    const [hook] = paused?.lifecycleHookDetails ?? []
    expect(Object.keys(hook ?? {}).sort()).toEqual(['expiresAt', 'hookId', 'status', 'targetType', 'timeoutAction'])
    expect(hook?.hookId).toMatch(/^ecs-pause-[\w-]{43}$/)
    expect(revisionsOf(service)).toEqual([1, 1])
    expect(await answer(arn, hook?.hookId ?? '', 'CONTINUE')).toMatchObject({ serviceDeploymentArn: arn })
    peer.clock.advance(3 * MINUTE)
    expect(await see(arn)).toMatchObject({
      status: 'SUCCESSFUL',
      lifecycleStage: 'CLEAN_UP',
      lifecycleHookDetails: [{ status: 'SUCCEEDED' }],
    })
    expect(revisionsOf(service)).toEqual([2, 2])
    expect(events.map(({ detail }) => detail['eventName'])).toEqual(['HOOK_AWAITING_ACTION', 'HOOK_SUCCEEDED'])
  })

  test('tells EventBridge in the shape of AWS', async () => {
    const service = aService(peer, 'api')
    const events = hookEvents()
    const arn = await deployWith({ ...pauseAt('POST_SCALE_UP'), timeoutConfiguration: { timeoutInMinutes: 10 } })
    peer.clock.advance(3 * MINUTE)
    const details = await see(arn)
    expect(events[0]).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'ECS Hook State Change',
      source: 'aws.ecs',
      account: '111122223333',
      time: expect.stringMatching(/:\d\dZ$/),
      region: 'us-east-1',
      resources: [arn],
      detail: {
        eventType: 'INFO',
        eventName: 'HOOK_AWAITING_ACTION',
        hookId: details?.lifecycleHookDetails?.[0]?.hookId,
        hookType: 'PAUSE',
        expiresAt: expect.stringMatching(/:\d\dZ$/),
        lifecycleStage: 'POST_SCALE_UP',
        clusterArn: service.cluster.arn,
        serviceArn: service.arn,
        serviceDeploymentArn: arn,
        updatedAt: expect.stringMatching(/\.\d{9}Z$/),
      },
    })
  })

  test('waits a day and rolls back, if it says nothing else', async () => {
    const service = aService(peer, 'api')
    const events = hookEvents()
    const arn = await deployWith(pauseAt('POST_SCALE_UP'))
    peer.clock.advance(23 * 60 * MINUTE)
    const waiting = await see(arn)
    expect(waiting?.lifecycleHookDetails?.[0]).toMatchObject({ status: 'AWAITING_ACTION' })
    const expiresAt = waiting?.lifecycleHookDetails?.[0]?.expiresAt?.getTime() ?? 0
    peer.clock.advanceTo(expiresAt + 5 * MINUTE)
    // The client learns the time of the server from its refusal.
    expect(await refusal(see(arn))).toMatch(/^InvalidSignatureException/)
    expect(await see(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      rollback: { reason: 'Service deployment rolled back because a lifecycle hook timed out.' },
      lifecycleHookDetails: [{ status: 'TIMED_OUT' }],
    })
    expect(revisionsOf(service)).toEqual([1, 1])
    expect(events.map(({ detail }) => detail['eventName'])).toEqual(['HOOK_AWAITING_ACTION', 'HOOK_TIMED_OUT'])
  })

  test('goes live unapproved at its time, if its timeout action is CONTINUE', async () => {
    const service = aService(peer, 'api')
    const arn = await deployWith({
      ...pauseAt('PRE_SCALE_UP'),
      timeoutConfiguration: { timeoutInMinutes: 30, action: 'CONTINUE' },
    })
    peer.clock.advance(29 * MINUTE)
    expect(revisionsOf(service)).toEqual([1, 1])
    peer.clock.advance(5 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'SUCCESSFUL', lifecycleHookDetails: [{ status: 'TIMED_OUT' }] })
    expect(revisionsOf(service)).toEqual([2, 2])
  })

  test('continues if the answer names no action', async () => {
    aService(peer, 'api')
    const arn = await deployWith(pauseAt('PRE_SCALE_UP'))
    peer.clock.advance(MINUTE)
    await answer(arn, await hookOf(arn))
    peer.clock.advance(3 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'SUCCESSFUL' })
  })

  test('is one of several at a stage, and a rollback from any of them wins', async () => {
    const service = aService(peer, 'api')
    const events = hookEvents()
    const arn = await deployWith(pauseAt('POST_SCALE_UP'), pauseAt('POST_SCALE_UP'))
    peer.clock.advance(3 * MINUTE)
    expect(await hookOf(arn, 0)).not.toBe(await hookOf(arn, 1))
    await answer(arn, await hookOf(arn, 0), 'CONTINUE')
    peer.clock.advance(MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_SCALE_UP' })
    await answer(arn, await hookOf(arn, 1), 'ROLLBACK')
    expect(await see(arn)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      lifecycleHookDetails: [{ status: 'SUCCEEDED' }, { status: 'FAILED' }],
    })
    peer.clock.advance(3 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(revisionsOf(service)).toEqual([1, 1])
    expect(events.map(({ detail }) => detail['eventName'])).toEqual([
      'HOOK_AWAITING_ACTION',
      'HOOK_AWAITING_ACTION',
      'HOOK_SUCCEEDED',
      'HOOK_FAILED',
    ])
  })

  test('takes no answer twice, after its time, for another hook, or after the deployment', async () => {
    aService(peer, 'api')
    const arn = await deployWith(pauseAt('PRE_SCALE_UP'), pauseAt('PRE_SCALE_UP'))
    peer.clock.advance(MINUTE)
    const [first, second] = [await hookOf(arn, 0), await hookOf(arn, 1)]
    await answer(arn, first)
    expect(await refusal(answer(arn, first))).toBe(
      'InvalidParameterException: The lifecycle hook is in SUCCEEDED state. It must be AWAITING_ACTION to be continued.',
    )
    expect(await refusal(answer(arn, 'ecs-pause-x'))).toMatch(
      /^InvalidParameterException: The lifecycle hook ecs-pause-x/,
    )
    expect(await refusal(answer(`${arn}x`, second))).toBe(
      'ServiceDeploymentNotFoundException: Service deployment not found.',
    )
    expect(await refusal(answer(arn, second, 'ABORT' as 'ROLLBACK'))).toMatch(/^InvalidParameterException: action/)
    await peer.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
    expect(await see(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' })
    expect(await refusal(answer(arn, second))).toMatch(
      /^InvalidParameterException: The service deployment is in ROLLBACK_IN_PROGRESS state/,
    )
    peer.clock.advance(3 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
  })

  test('pauses the first deployment of a service too', async () => {
    aService(peer, 'other')
    aDefinition(peer, 'api')
    const { service } = await peer.ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: 'api',
        taskDefinition: 'api',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: awsvpc,
        deploymentConfiguration: { lifecycleHooks: [pauseAt('PRE_SCALE_UP')] },
      }),
    )
    const arn = service?.currentServiceDeployment ?? ''
    peer.clock.advance(3 * MINUTE)
    expect(await see(arn)).toMatchObject({ lifecycleStage: 'PRE_SCALE_UP', status: 'IN_PROGRESS' })
    await answer(arn, await hookOf(arn), 'ROLLBACK')
    expect(await see(arn)).toMatchObject({ status: 'STOPPED', stoppedAt: expect.any(Date) })
  })

  test('ends with its service', async () => {
    aService(peer, 'api')
    const arn = await deployWith(pauseAt('PRE_SCALE_UP'))
    peer.clock.advance(MINUTE)
    const remove = (force: boolean) => peer.ecs.send(new DeleteServiceCommand({ cluster, service: 'api', force }))
    expect(await refusal(remove(false))).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    )
    await remove(true)
    expect(await see(arn)).toMatchObject({ status: 'STOPPED', lifecycleHookDetails: [{ status: 'FAILED' }] })
    expect(await refusal(answer(arn, await hookOf(arn)))).toMatch(/^InvalidParameterException/)
    peer.clock.advance(2 * MINUTE)
    expect(await refusal(remove(true))).toBe('ServiceNotFoundException: Service not found.')
  })

  test('is at RECONCILE_SERVICE only if an older deployment is not over', async () => {
    aService(peer, 'api')
    const first = await deployWith(pauseAt('RECONCILE_SERVICE', 'POST_SCALE_UP'))
    peer.clock.advance(3 * MINUTE)
    expect(await see(first)).toMatchObject({ lifecycleStage: 'POST_SCALE_UP' })
    const service = aService(peer, 'slow')
    for (const task of service.tasks) task.protectedUntil = peer.clock.now() + 60 * MINUTE
    const deploySlow = async () => {
      aDefinition(peer, 'slow')
      const deploymentConfiguration = { lifecycleHooks: [pauseAt('RECONCILE_SERVICE')] }
      const answered = await peer.ecs.send(
        new UpdateServiceCommand({ cluster, service: 'slow', taskDefinition: 'slow', deploymentConfiguration }),
      )
      peer.clock.advance(MINUTE)
      return answered.service?.currentServiceDeployment ?? ''
    }
    const before = await deploySlow()
    expect(await see(before)).not.toMatchObject({ lifecycleStage: 'RECONCILE_SERVICE' })
    expect(await see(await deploySlow())).toMatchObject({ lifecycleStage: 'RECONCILE_SERVICE' })
    expect(await see(before)).toMatchObject({ status: 'STOPPED' })
  })

  test('keeps the tasks of what runs, also if one of them ends', async () => {
    const service = aService(peer, 'api')
    await deployWith(pauseAt('PRE_SCALE_UP'))
    peer.clock.advance(MINUTE)
    const [task] = service.tasks
    if (!task) throw new Error('no task')
    peer.fleet.stopTask(task, 'because')
    peer.clock.advance(3 * MINUTE)
    expect(revisionsOf(service)).toEqual([1, 1])
  })
})

describe('a Lambda hook', () => {
  test('is asked, and asked again while it is in progress', async () => {
    aService(peer, 'api')
    const events = hookEvents()
    peer.fleet.knobs.answerHooks(LAMBDA, 'IN_PROGRESS')
    const arn = await deployWith(lambdaAt('PRE_SCALE_UP'))
    peer.clock.advance(10 * MINUTE)
    expect(await see(arn)).toMatchObject({
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [{ targetType: 'AWS_LAMBDA', targetArn: LAMBDA, status: 'IN_PROGRESS' }],
    })
    expect(await refusal(answer(arn, await hookOf(arn)))).toMatch(/^InvalidParameterException/)
    peer.fleet.knobs.answerHooks(LAMBDA, 'SUCCEEDED')
    peer.clock.advance(4 * MINUTE)
    expect(await see(arn)).toMatchObject({ status: 'SUCCESSFUL' })
    expect(events.map(({ detail }) => detail['eventName'])).toEqual(['HOOK_IN_PROGRESS', 'HOOK_SUCCEEDED'])
  })

  test('rolls the deployment back if it fails', async () => {
    aService(peer, 'api')
    peer.fleet.knobs.answerHooks(LAMBDA, 'FAILED')
    const arn = await deployWith(lambdaAt('POST_SCALE_UP'))
    peer.clock.advance(6 * MINUTE)
    expect(await see(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      rollback: { reason: 'Service deployment rolled back because a lifecycle hook failed.' },
    })
  })
})

describe('the hooks of a service', () => {
  const eleven = (hook: DeploymentLifecycleHook) => Array.from({ length: 11 }, () => hook)
  test.each<[string, DeploymentConfiguration, RegExp]>([
    ['eleven pauses', { lifecycleHooks: eleven(pauseAt('PRE_SCALE_UP')) }, /at most 10 .* PAUSE/],
    ['eleven functions', { lifecycleHooks: eleven(lambdaAt('PRE_SCALE_UP')) }, /at most 10 .* AWS_LAMBDA/],
    [
      'a pause while traffic moves',
      { lifecycleHooks: [pauseAt('PRODUCTION_TRAFFIC_SHIFT')] },
      /PAUSE cannot be configured at the PRODUCTION_TRAFFIC_SHIFT stage/,
    ],
    [
      'a pause with a target',
      { lifecycleHooks: [{ ...pauseAt('PRE_SCALE_UP'), hookTargetArn: LAMBDA }] },
      /not supported/,
    ],
    ['a function without an ARN', { lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }, /hookTargetArn must be/],
    ['no stage', { lifecycleHooks: [{ targetType: 'PAUSE' }] }, /lifecycleStages cannot be empty/],
    ['an unknown stage', { lifecycleHooks: [pauseAt('LUNCH' as 'PRE_SCALE_UP')] }, /should be one of/],
    [
      'a timeout of three weeks',
      { lifecycleHooks: [{ ...pauseAt('PRE_SCALE_UP'), timeoutConfiguration: { timeoutInMinutes: 20_161 } }] },
      /timeoutInMinutes value must be between 1 and 20160/,
    ],
    [
      'a timeout of nothing',
      { lifecycleHooks: [{ ...pauseAt('PRE_SCALE_UP'), timeoutConfiguration: { timeoutInMinutes: 0 } }] },
      /timeoutInMinutes value must be between 1 and 20160/,
    ],
  ])('are not %s', async (_, deploymentConfiguration, text) => {
    const service = aService(peer, 'api')
    const update = peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', deploymentConfiguration }))
    expect(await refusal(update)).toMatch(text)
    expect(service.deploymentConfiguration).toEqual({})
  })

  test('need the ECS controller', async () => {
    aService(peer, 'api', { deploymentController: 'CODE_DEPLOY' })
    const deploymentConfiguration = { lifecycleHooks: [pauseAt('PRE_SCALE_UP')] }
    const update = peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', deploymentConfiguration }))
    expect(await refusal(update)).toMatch(/^InvalidParameterException: .*ECS deployment controller/)
  })
})
