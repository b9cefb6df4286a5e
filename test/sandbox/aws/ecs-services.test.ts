import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHosts } from '../../../sandbox/world/hosts.ts'
import { aDefinition, aService, awsvpc, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const cluster = 'web'
const update = (input: Partial<UpdateServiceCommandInput>) =>
  peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', ...input }))
const describeServices = (...services: string[]) => peer.ecs.send(new DescribeServicesCommand({ cluster, services }))
const theService = async () => (await describeServices('api')).services?.[0]
const aDaemon = () => {
  const service = aService(peer, 'daemon', { schedulingStrategy: 'DAEMON', isSettled: false })
  Object.assign(service.cluster, { hosts: makeHosts(service.cluster, 'web', 2, peer.clock.now()) })
  return service
}

describe('DescribeServices', () => {
  test('gives tags where they are asked for', async () => {
    aService(peer, 'api', { tags: { team: 'a', 'aws:cloudformation:stack-name': 'CatalogStack' } })
    expect((await theService())?.tags).toBeUndefined()
    const { services } = await peer.ecs.send(
      new DescribeServicesCommand({ cluster, services: ['api'], include: ['TAGS'] }),
    )
    expect(services?.[0]?.tags).toEqual([
      { key: 'team', value: 'a' },
      { key: 'aws:cloudformation:stack-name', value: 'CatalogStack' },
    ])
  })

  test('a service in steady state', async () => {
    const made = aService(peer, 'api')
    const service = await theService()
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/api',
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      launchType: 'FARGATE',
      taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/api:1',
      createdAt: new Date(made.createdAt),
      currentServiceDeployment: expect.stringMatching(/:service-deployment\/web\/api\/[0-9A-Za-z]{21}$/),
    })
    expect(service?.deployments).toMatchObject([
      { id: expect.stringMatching(/^ecs-svc\/\d{19}$/), status: 'PRIMARY', rolloutState: 'COMPLETED', failedTasks: 0 },
    ])
    expect(service?.tags).toBeUndefined()
  })

  test('at most ten, at least one', async () => {
    aService(peer, 'api')
    const eleven = Array.from({ length: 11 }, (_, n) => `s${n}`)
    expect(await refusal(describeServices(...eleven))).toBe(
      'InvalidParameterException: service names can have at most 10 items.',
    )
    expect(await refusal(describeServices())).toBe('InvalidParameterException: Services cannot be empty.')
  })

  test('what is not there is a failure, a cluster that is not there an error', async () => {
    aService(peer, 'api')
    const answer = await describeServices('api', 'nope')
    expect(answer.failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:111122223333:service/web/nope', reason: 'MISSING' }])
    const elsewhere = peer.ecs.send(new DescribeServicesCommand({ cluster: 'none', services: ['api'] }))
    expect(await refusal(elsewhere)).toBe('ClusterNotFoundException: Cluster not found.')
    const defaulted = peer.ecs.send(new DescribeServicesCommand({ services: ['api'] }))
    expect(await refusal(defaulted)).toBe('ClusterNotFoundException: Cluster not found.')
  })

  test('an ARN must be of the cluster asked for', async () => {
    aService(peer, 'api')
    peer.fleet.createCluster(place, 'jobs')
    const arn = 'arn:aws:ecs:us-east-1:111122223333:service/web/api'
    expect((await describeServices(arn)).services).toHaveLength(1)
    const elsewhere = peer.ecs.send(new DescribeServicesCommand({ cluster: 'jobs', services: [arn] }))
    expect(await refusal(elsewhere)).toBe(
      'InvalidParameterException: Invalid identifier: Identifier is for cluster web. Your cluster is jobs',
    )
  })
})

test('ListServices gives ten by default, a hundred at most, and a token for more', async () => {
  for (let n = 0; n < 25; n += 1) aService(peer, `s${n}`)
  const list = (input = {}) => peer.ecs.send(new ListServicesCommand({ cluster, ...input }))
  const first = await list()
  expect(first.serviceArns).toHaveLength(10)
  const second = await list({ nextToken: first.nextToken })
  const third = await list({ nextToken: second.nextToken })
  expect(third.serviceArns).toHaveLength(5)
  expect(third.nextToken).toBeUndefined()
  expect(new Set([first, second, third].flatMap(({ serviceArns }) => serviceArns)).size).toBe(25)
  expect((await list({ maxResults: 100 })).serviceArns).toHaveLength(25)
  expect(await refusal(list({ maxResults: 101 }))).toMatch(/^InvalidParameterException/)
  expect(await refusal(list({ nextToken: 'made-up' }))).toMatch(/^InvalidParameterException: Invalid token/)
})

describe('UpdateService', () => {
  test('a desired count starts no deployment, and moves in world time', async () => {
    aService(peer, 'api')
    const before = await theService()
    const answer = await update({ desiredCount: 4 })
    expect(answer.service).toMatchObject({ desiredCount: 4, runningCount: 2 })
    expect(answer.service?.deployments?.map(({ id }) => id)).toEqual(before?.deployments?.map(({ id }) => id))
    peer.clock.advance(5_000)
    expect(await theService()).toMatchObject({ runningCount: 2, pendingCount: 2 })
    peer.clock.advance(55_000)
    expect(await theService()).toMatchObject({ runningCount: 4, pendingCount: 0 })
    const waited = await waitUntilServicesStable({ client: peer.ecs, maxWaitTime: 20 }, { cluster, services: ['api'] })
    expect(waited.state).toBe('SUCCESS')
  })

  test('a new task definition is a deployment; the same again is none', async () => {
    aService(peer, 'api')
    aDefinition(peer, 'api', 'api:v2')
    const answer = await update({ taskDefinition: 'api' })
    expect(answer.service?.taskDefinition).toMatch(/api:2$/)
    expect(answer.service?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: expect.stringMatching(/api:2$/) },
      { status: 'ACTIVE', taskDefinition: expect.stringMatching(/api:1$/), runningCount: 2 },
    ])
    const again = await update({ taskDefinition: 'api:2' })
    expect(again.service?.deployments).toHaveLength(2)
    peer.clock.advance(180_000)
    expect((await theService())?.deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 2 }])
  })

  test('a forced deployment replaces every task with the same revision', async () => {
    const service = aService(peer, 'api')
    const before = new Set([...service.tasks].map(({ id }) => id))
    await update({ forceNewDeployment: true })
    peer.clock.advance(180_000)
    expect([...service.tasks].some(({ id }) => before.has(id))).toBe(false)
    expect(await theService()).toMatchObject({ runningCount: 2, taskDefinition: expect.stringMatching(/api:1$/) })
  })

  test.each<[string, Partial<UpdateServiceCommandInput>, string]>([
    ['service', { service: 'nope' }, 'ServiceNotFoundException: Service not found.'],
    ['cluster', { cluster: 'nope' }, 'ClusterNotFoundException: Cluster not found.'],
    ['task definition', { taskDefinition: 'api:9' }, 'ClientException: TaskDefinition not found.'],
    [
      'desired count of a DAEMON',
      { service: 'daemon', desiredCount: 2 },
      'InvalidParameterException: The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    ],
    [
      'strategy without force',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
      'InvalidParameterException: When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    ],
    [
      'provider',
      { capacityProviderStrategy: [{ capacityProvider: 'asg-1', weight: 1 }], forceNewDeployment: true },
      'InvalidParameterException: The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
    ],
    [
      'mix of providers',
      {
        capacityProviderStrategy: [
          { capacityProvider: 'asg-1', weight: 1 },
          { capacityProvider: 'FARGATE', weight: 1 },
        ],
        forceNewDeployment: true,
      },
      'InvalidParameterException: A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    ],
    [
      'deployment configuration',
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
  ])('refuses a bad %s, and changes nothing', async (_, input, text) => {
    const service = aService(peer, 'api')
    aDaemon()
    expect(await refusal(update(input))).toBe(text)
    expect(service.deployments).toHaveLength(1)
  })

  test.each([
    ['negative desired count', { desiredCount: -1 }],
    [
      'weight',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1_001 }], forceNewDeployment: true },
    ],
    ['base', { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 100_001 }], forceNewDeployment: true }],
    [
      'second base',
      {
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 1, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', base: 1 },
        ],
        forceNewDeployment: true,
      },
    ],
  ])('refuses a bad %s as an invalid parameter', async (_, input) => {
    aService(peer, 'api')
    expect(await refusal(update(input))).toMatch(/^InvalidParameterException: /)
  })

  test('to Spot and back: with force each way, and unchanged without', async () => {
    const service = aService(peer, 'api')
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    const spot = await update({ capacityProviderStrategy, forceNewDeployment: true })
    expect(spot.service?.launchType).toBeUndefined()
    expect(spot.service?.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1 }])
    peer.clock.advance(200_000)
    expect([...service.tasks].every(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT')).toBe(true)
    expect((await update({ capacityProviderStrategy, desiredCount: 3 })).service?.deployments).toHaveLength(1)
    const back = await update({ capacityProviderStrategy: [], forceNewDeployment: true })
    expect(back.service?.launchType).toBe('FARGATE')
  })

  test('a deleted service drains, is inactive, and its name is free', async () => {
    aService(peer, 'api')
    const remove = (force: boolean) => peer.ecs.send(new DeleteServiceCommand({ cluster, service: 'api', force }))
    expect(await refusal(remove(false))).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    )
    expect((await remove(true)).service?.status).toBe('DRAINING')
    expect(await refusal(update({ desiredCount: 1 }))).toBe('ServiceNotActiveException: Service was not ACTIVE.')
    peer.clock.advance(120_000)
    expect((await theService())?.status).toBe('INACTIVE')
    expect((await peer.ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([])
    expect(await refusal(create({ serviceName: 'api' }))).toBe('not refused')
  })
})

const create = (input: Partial<CreateServiceCommandInput>) => {
  aDefinition(peer, 'made')
  return peer.ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: 'made',
      taskDefinition: 'made',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: awsvpc,
      ...input,
    }),
  )
}

describe('CreateService', () => {
  test('starts its tasks, and completes its first deployment', async () => {
    aService(peer, 'api')
    expect((await create({ desiredCount: 2, tags: [{ key: 'team', value: 'x' }] })).service).toMatchObject({
      desiredCount: 2,
      runningCount: 0,
      tags: [{ key: 'team', value: 'x' }],
    })
    peer.clock.advance(90_000)
    const { services } = await describeServices('made')
    expect(services).toMatchObject([{ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] }])
    expect(services?.[0]?.events?.at(-1)?.message).toMatch(
      /^\(service made\) has started 2 tasks: \(task [0-9a-f]{32}\)/,
    )
  })

  test.each<[string, Partial<CreateServiceCommandInput>, string]>([
    ['twice', { serviceName: 'api' }, 'InvalidParameterException: Creation of service was not idempotent.'],
    [
      'with an unknown launch type',
      { launchType: 'LAPTOP' as 'EC2' },
      'InvalidParameterException: launchType should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]',
    ],
    ['without a definition', { taskDefinition: 'none' }, 'ClientException: TaskDefinition not found.'],
    [
      'without a network',
      { networkConfiguration: undefined },
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'with a launch type and a strategy',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    ],
    [
      'with an unknown container',
      { loadBalancers: [{ targetGroupArn: 'arn:tg', containerName: 'web', containerPort: 80 }] },
      'InvalidParameterException: The container web does not exist in the task definition.',
    ],
  ])('refuses one %s', async (_, input, text) => {
    aService(peer, 'api')
    expect(await refusal(create(input))).toBe(text)
  })
})

test('a DAEMON service runs one task on each instance', async () => {
  aDaemon()
  peer.clock.advance(90_000)
  expect((await describeServices('daemon')).services).toMatchObject([
    { schedulingStrategy: 'DAEMON', desiredCount: 2, runningCount: 2 },
  ])
})
