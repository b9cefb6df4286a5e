import {
  type CapacityProviderStrategyItem,
  CreateCapacityProviderCommand,
  type CreateCapacityProviderCommandInput,
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  type DescribeCapacityProvidersCommandInput,
  DescribeClustersCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  UpdateCapacityProviderCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { account, aDefinition, aService, awsvpc, type Peer, place, refusal, region, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const cluster = 'web'
const arnOf = (name: string) => `arn:aws:ecs:${region}:${account}:capacity-provider/${name}`
const autoScalingGroupArn = (name: string) =>
  `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:1:autoScalingGroupName/${name}`
const group = (name: string) => ({ autoScalingGroupArn: autoScalingGroupArn(name) })
const managed = {
  infrastructureRoleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
  instanceLaunchTemplate: {
    ec2InstanceProfileArn: `arn:aws:iam::${account}:instance-profile/ecs`,
    networkConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] },
  },
}
const create = (input: CreateCapacityProviderCommandInput) => peer.ecs.send(new CreateCapacityProviderCommand(input))
const ask = async (input: DescribeCapacityProvidersCommandInput = {}) =>
  peer.ecs.send(new DescribeCapacityProvidersCommand(input))
const one = async (name: string) => (await ask({ capacityProviders: [name] })).capacityProviders?.[0]
const put = (
  capacityProviders: string[],
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[] = [],
  to = cluster,
) =>
  peer.ecs.send(
    new PutClusterCapacityProvidersCommand({ cluster: to, capacityProviders, defaultCapacityProviderStrategy }),
  )
const remove = (capacityProvider: string, of?: string) =>
  peer.ecs.send(new DeleteCapacityProviderCommand({ capacityProvider, ...(of && { cluster: of }) }))
const both = ['FARGATE', 'FARGATE_SPOT']

describe('a capacity provider', () => {
  test('with an Auto Scaling group has AWS’s defaults, and is active at once', async () => {
    const { capacityProvider } = await create({
      name: 'pool',
      autoScalingGroupProvider: { ...group('pool'), managedScaling: { targetCapacity: 90 } },
      tags: [{ key: 'team', value: 'a' }],
    })
    expect(capacityProvider).toEqual({
      capacityProviderArn: arnOf('pool'),
      name: 'pool',
      type: 'EC2_AUTOSCALING',
      status: 'ACTIVE',
      updateStatus: 'CREATE_COMPLETE',
      autoScalingGroupProvider: {
        ...group('pool'),
        managedScaling: {
          status: 'ENABLED',
          targetCapacity: 90,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
      tags: [{ key: 'team', value: 'a' }],
    })
    expect((await one('pool'))?.tags).toEqual([])
    expect((await ask({ capacityProviders: [arnOf('pool')], include: ['TAGS'] })).capacityProviders?.[0]?.tags).toEqual(
      [{ key: 'team', value: 'a' }],
    )
  })

  test('of Managed Instances is provisioned first, and belongs to its cluster', async () => {
    aService(peer, 'api')
    const { capacityProvider } = await create({ name: 'own', cluster, managedInstancesProvider: managed })
    expect(capacityProvider).toMatchObject({
      type: 'MANAGED_INSTANCES',
      cluster: 'web',
      status: 'PROVISIONING',
      updateStatus: 'CREATE_IN_PROGRESS',
    })
    const strategy = [{ capacityProvider: 'own', weight: 1 }]
    expect(await refusal(put(both, strategy))).toBe(
      "InvalidParameterException: The specified capacity provider 'own' is not in an ACTIVE state. Specify a valid capacity provider and try again.",
    )
    peer.clock.advance(30_000)
    expect(await one('own')).toMatchObject({ status: 'ACTIVE', updateStatus: 'CREATE_COMPLETE' })
    expect((await put(both, strategy)).cluster?.capacityProviders).toEqual([...both, 'own'])
    expect((await ask({ cluster })).capacityProviders?.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'FARGATE FARGATE',
      'FARGATE_SPOT FARGATE_SPOT',
      'own MANAGED_INSTANCES',
    ])
    peer.fleet.createCluster(place, 'other', { capacityProviders: ['FARGATE'] })
    expect((await ask({ cluster: 'other' })).capacityProviders?.map(({ name }) => name)).toEqual(['FARGATE'])
    expect((await ask({ cluster: 'other', capacityProviders: ['own'] })).failures).toEqual([
      { arn: arnOf('own'), reason: 'MISSING' },
    ])
    expect(await refusal(put(['own'], [], 'other'))).toBe(
      'ClientException: Capacity provider active cluster name does not match the cluster name in the request',
    )
  })

  const launchTemplate = (networkConfiguration: object) => ({
    ...managed,
    instanceLaunchTemplate: { ...managed.instanceLaunchTemplate, networkConfiguration },
  })
  test.each<[string, CreateCapacityProviderCommandInput, string]>([
    ['a reserved name', { name: 'fargate-own', autoScalingGroupProvider: group('a') }, 'name is invalid'],
    ['a bad name', { name: 'a b', autoScalingGroupProvider: group('a') }, 'name is invalid'],
    ['nothing to provide', { name: 'a' }, 'either'],
    [
      'no cluster',
      { name: 'a', managedInstancesProvider: managed },
      'Amazon ECS Managed Instances Provider is not supported without a Cluster Name',
    ],
    [
      'an unknown cluster',
      { name: 'a', cluster: 'none', managedInstancesProvider: managed },
      'ClusterNotFoundException',
    ],
    [
      'a bad role',
      { name: 'a', cluster, managedInstancesProvider: { ...managed, infrastructureRoleArn: 'role' } },
      'The specified infrastructure role arn is invalid',
    ],
    [
      'no role',
      { name: 'a', cluster, managedInstancesProvider: { ...managed, infrastructureRoleArn: undefined } },
      'InfrastructureRoleArn cannot be empty.',
    ],
    [
      'no subnets',
      { name: 'a', cluster, managedInstancesProvider: launchTemplate({ subnets: [] }) },
      'non empty subnets',
    ],
    [
      'a bad subnet',
      { name: 'a', cluster, managedInstancesProvider: launchTemplate({ subnets: ['a'] }) },
      'The specified subnet id is invalid',
    ],
    [
      'an idle time of days',
      {
        name: 'a',
        cluster,
        managedInstancesProvider: { ...managed, infrastructureOptimization: { scaleInAfter: 3_601 } },
      },
      'scaleInAfter',
    ],
    [
      'a target above the whole',
      { name: 'a', autoScalingGroupProvider: { ...group('a'), managedScaling: { targetCapacity: 101 } } },
      'InvalidParameterException: The targetCapacity value must be between 1 and 100.',
    ],
    [
      'protection without managed scaling',
      { name: 'a', autoScalingGroupProvider: { ...group('a'), managedTerminationProtection: 'ENABLED' } },
      'managed scaling must be enabled',
    ],
    [
      'a name that exists',
      { name: 'pool', autoScalingGroupProvider: group('a') },
      'ClientException: The specified capacity provider already exists.',
    ],
    [
      'a group that is used',
      { name: 'a', autoScalingGroupProvider: group('pool') },
      'already being used by another capacity provider',
    ],
  ])('is not created with %s', async (_, input, words) => {
    aService(peer, 'api')
    await create({ name: 'pool', autoScalingGroupProvider: group('pool') })
    expect(await refusal(create(input))).toContain(words)
  })

  test('is updated in steps, and keeps what the update does not name', async () => {
    await create({
      name: 'pool',
      autoScalingGroupProvider: {
        ...group('pool'),
        managedScaling: { targetCapacity: 90 },
        managedDraining: 'DISABLED',
      },
    })
    const update = (targetCapacity: number) =>
      peer.ecs.send(
        new UpdateCapacityProviderCommand({
          name: 'pool',
          autoScalingGroupProvider: { managedScaling: { targetCapacity } },
        }),
      )
    expect((await update(80)).capacityProvider).toMatchObject({ status: 'ACTIVE', updateStatus: 'UPDATE_IN_PROGRESS' })
    expect(await refusal(update(70))).toMatch(/^UpdateInProgressException/)
    peer.clock.advance(30_000)
    expect(await one('pool')).toMatchObject({
      updateStatus: 'UPDATE_COMPLETE',
      autoScalingGroupProvider: {
        ...group('pool'),
        managedScaling: { targetCapacity: 80 },
        managedDraining: 'DISABLED',
      },
    })
    const missing = new UpdateCapacityProviderCommand({ name: 'none' })
    expect(await refusal(peer.ecs.send(missing))).toMatch(/does not exist/)
  })

  test('is deleted once no cluster has it, and can then be created again', async () => {
    aService(peer, 'api')
    await create({ name: 'pool', autoScalingGroupProvider: group('pool') })
    await put([...both, 'pool'])
    expect((await remove('pool')).capacityProvider).toMatchObject({
      status: 'ACTIVE',
      updateStatus: 'DELETE_FAILED',
      updateStatusReason:
        'The capacity provider cannot be deleted because it is associated with cluster: web. Remove the capacity provider from the cluster and try again.',
    })
    peer.clock.advance(30_000)
    await put(both)
    expect((await remove('pool')).capacityProvider).toMatchObject({
      status: 'DEPROVISIONING',
      updateStatus: 'DELETE_IN_PROGRESS',
    })
    peer.clock.advance(30_000)
    expect(await one('pool')).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
    expect((await ask()).capacityProviders?.map(({ name }) => name)).toEqual(both)
    expect(await refusal(create({ name: 'pool', autoScalingGroupProvider: group('pool') }))).toBe('not refused')
    expect(await refusal(remove('FARGATE'))).toContain('reserved')
  })

  test('are described ten at a time, the unknown as failures', async () => {
    for (let n = 1; n <= 10; n += 1)
      await peer.fleet.addProvider(place, { name: `pool-${n}`, group: group(`pool-${n}`) })
    const first = await ask()
    expect(first.capacityProviders).toHaveLength(10)
    const { nextToken } = first
    const second = await ask({ ...(nextToken !== undefined && { nextToken }) })
    expect(second.capacityProviders?.map(({ name }) => name)).toEqual(['pool-9', 'pool-10'])
    expect(second.nextToken).toBeUndefined()
    expect((await ask({ capacityProviders: ['none', 'FARGATE'] })).failures).toEqual([
      { arn: arnOf('none'), reason: 'MISSING' },
    ])
    expect(await refusal(ask({ maxResults: 11 }))).toMatch(/^InvalidParameterException/)
  })
})

describe('PutClusterCapacityProviders', () => {
  test('replaces the whole list and the default strategy', async () => {
    aService(peer, 'api')
    const strategy = [{ capacityProvider: arnOf('FARGATE_SPOT'), weight: 1 }]
    expect((await put(both, strategy)).cluster).toMatchObject({
      capacityProviders: both,
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    })
    expect((await put(['FARGATE'])).cluster).toMatchObject({
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [],
    })
    expect(await refusal(put(['FARGATE'], strategy))).toContain('not associated with the cluster')
    expect(await refusal(put(['none']))).toContain('does not exist')
  })

  test('is refused while attachments change', async () => {
    aService(peer, 'api')
    await create({ name: 'pool', autoScalingGroupProvider: group('pool') })
    const status = async () => {
      const { clusters } = await peer.ecs.send(
        new DescribeClustersCommand({ clusters: [cluster], include: ['ATTACHMENTS'] }),
      )
      return clusters?.[0]?.attachmentsStatus
    }
    expect((await put([...both, 'pool'])).cluster?.attachmentsStatus).toBe('UPDATE_IN_PROGRESS')
    expect(await refusal(put(both))).toMatch(/^UpdateInProgressException: The specified cluster is in a busy state/)
    expect(await status()).toBe('UPDATE_IN_PROGRESS')
    peer.clock.advance(15_000)
    expect(await status()).toBe('UPDATE_COMPLETE')
    expect(await refusal(put(both))).toBe('not refused')
  })
})

describe('a strategy', () => {
  const item = (capacityProvider: string, weight = 1, base = 0) => ({ capacityProvider, weight, base })
  const update = (...capacityProviderStrategy: CapacityProviderStrategyItem[]) =>
    peer.ecs.send(
      new UpdateServiceCommand({ cluster, service: 'api', capacityProviderStrategy, forceNewDeployment: true }),
    )
  const anywhere = (family: string) =>
    peer.fleet.registerTaskDefinition(
      place,
      {
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'a', essential: true }],
      },
      'me',
    )

  beforeEach(() => {
    const service = aService(peer, 'api')
    peer.fleet.addProvider(place, { name: 'pool', group: group('pool') })
    peer.fleet.addProvider(place, { name: 'own', cluster, managed })
    peer.fleet.createCluster(place, 'other')
    peer.fleet.addProvider(place, { name: 'foreign', cluster: 'other', managed })
    service.cluster.capacityProviders.push('pool')
  })

  test.each<[string, CapacityProviderStrategyItem[], string]>([
    ['two bases', [item('FARGATE', 1, 1), item('FARGATE_SPOT', 1, 1)], 'Only one capacity provider'],
    ['no weight', [item('FARGATE', 0), item('FARGATE_SPOT', 0)], 'weight value greater than 0'],
    ['no weight but a base', [item('FARGATE', 0, 1), item('FARGATE_SPOT', 0)], 'weight value greater than 0'],
    ['twenty-one', Array.from({ length: 21 }, () => item('FARGATE')), 'a maximum of 20'],
    ['the same twice', [item('FARGATE'), item('FARGATE')], 'more than once'],
    ['a mix with a group', [item('FARGATE'), item('pool')], 'cannot contain a mix of capacity providers using Auto'],
    ['a mix with Managed Instances', [item('own'), item('pool')], 'cannot contain a mix of Amazon ECS Managed'],
    ['the unknown', [item('none')], 'not associated with the cluster'],
    ['that of another cluster', [item('foreign')], 'not associated with the cluster'],
    ['too much weight', [item('FARGATE', 1_001)], 'The weight value must be between 0 and 1000.'],
    ['a definition that does not fit', [item('pool')], 'Task definition does not support launch_type EC2.'],
  ])('is refused with %s', async (_, strategy, words) => {
    expect(await refusal(update(...strategy))).toMatch(/^InvalidParameterException: /)
    expect(await refusal(update(...strategy))).toContain(words)
  })

  test('is refused with a provider that is being deleted, and may have a base without weight', async () => {
    await remove('own', cluster)
    const service = peer.fleet.site(place).clusters.get('web')
    service?.capacityProviders.push('own')
    expect(await refusal(update(item('own')))).toContain("'own' is not in an ACTIVE state")
    expect(await refusal(update(item('FARGATE', 0, 1), item('FARGATE_SPOT', 1)))).toBe('not refused')
  })

  test('moves a service from any kind to any other, and back only to its own launch type', async () => {
    const service = aService(peer, 'roaming', { spec: { ...specOf(), taskDefinition: anywhere('roaming') } })
    const move = (...capacityProviderStrategy: CapacityProviderStrategyItem[]) =>
      peer.ecs.send(
        new UpdateServiceCommand({ cluster, service: 'roaming', capacityProviderStrategy, forceNewDeployment: true }),
      )
    const steps = [
      ['pool', 'EC2'],
      ['own', 'MANAGED_INSTANCES'],
      ['FARGATE_SPOT', 'FARGATE'],
    ] as const
    for (const [provider, launchType] of steps) {
      const answer = await move(item(provider))
      expect([answer.service?.launchType, answer.service?.capacityProviderStrategy]).toEqual([
        undefined,
        [item(provider)],
      ])
      peer.clock.advance(200_000)
      const { taskArns } = await peer.ecs.send(new ListTasksCommand({ cluster, serviceName: 'roaming' }))
      const { tasks } = await peer.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
      expect(tasks?.map(task => [task.capacityProviderName, task.launchType])).toEqual([
        [provider, launchType],
        [provider, launchType],
      ])
    }
    expect((await move()).service).toMatchObject({ launchType: 'FARGATE' })
    expect(service.deployments).toHaveLength(2)
  })

  const specOf = () => {
    const [deployment] = aService(peer, 'model').deployments
    if (!deployment) throw new Error('no deployment')
    return deployment.revision.spec
  }

  const createService = (more: object) =>
    peer.ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: 'made',
        taskDefinition: aDefinition(peer, 'made').arn,
        desiredCount: 1,
        networkConfiguration: awsvpc,
        ...more,
      }),
    )

  test('of the cluster is used where a service names none', async () => {
    await put([...both, 'pool'], [item('FARGATE_SPOT', 1, 0)])
    expect((await createService({})).service?.capacityProviderStrategy).toEqual([item('FARGATE_SPOT')])
    const back = new UpdateServiceCommand({
      cluster,
      service: 'made',
      capacityProviderStrategy: [],
      forceNewDeployment: true,
    })
    expect(await refusal(peer.ecs.send(back))).toContain('cannot be changed to use a launch type')
  })

  const run = (more: object) =>
    peer.ecs.send(
      new RunTaskCommand({
        cluster,
        taskDefinition: aDefinition(peer, 'once').arn,
        networkConfiguration: awsvpc,
        ...more,
      }),
    )

  test('places the tasks of RunTask, those without capacity as failures', async () => {
    const capacityProviderStrategy = [item('FARGATE', 1, 1), item('FARGATE_SPOT', 3)]
    const { tasks } = await run({
      count: 5,
      capacityProviderStrategy,
      startedBy: 'me',
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(tasks?.map(task => task.capacityProviderName).toSorted()).toEqual([
      'FARGATE',
      'FARGATE',
      'FARGATE_SPOT',
      'FARGATE_SPOT',
      'FARGATE_SPOT',
    ])
    expect(tasks?.[0]).toMatchObject({ group: 'family:once', startedBy: 'me', tags: [{ key: 'a', value: 'b' }] })
    peer.clock.advance(120_000)
    const { taskArns } = await peer.ecs.send(new ListTasksCommand({ cluster, startedBy: 'me' }))
    expect(taskArns).toHaveLength(5)
    peer.fleet.knobs.exhaust('FARGATE_SPOT')
    expect(await run({ count: 2, capacityProviderStrategy: [item('FARGATE_SPOT')] })).toMatchObject({
      tasks: [],
      failures: Array(2).fill({
        reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      }),
    })
  })

  test('of RunTask follows the same rules', async () => {
    expect(await refusal(run({ capacityProviderStrategy: [item('FARGATE', 0), item('FARGATE_SPOT', 0)] }))).toContain(
      'weight value greater than 0',
    )
    expect(await refusal(run({ launchType: 'FARGATE', capacityProviderStrategy: [item('FARGATE')] }))).toContain(
      'both a launch type and capacity provider strategy',
    )
    expect(await refusal(run({ launchType: 'FARGATE', count: 11 }))).toContain('between 1 and 10')
  })

  test('is the only way to Managed Instances, without daemons', async () => {
    const taskDefinition = anywhere('wide').arn
    expect(await refusal(createService({ taskDefinition, launchType: 'MANAGED_INSTANCES' }))).toContain('not supported')
    const daemon = {
      taskDefinition,
      schedulingStrategy: 'DAEMON',
      desiredCount: undefined,
      capacityProviderStrategy: [item('own')],
    }
    expect(await refusal(createService(daemon))).toContain('daemon scheduling strategy is not supported')
  })
})
