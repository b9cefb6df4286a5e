import {
  DeregisterTaskDefinitionCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aDefinition, aService, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const cluster = 'web'
const list = (input = {}) => peer.ecs.send(new ListTasksCommand({ cluster, ...input }))
const describeTasks = (...tasks: string[]) => peer.ecs.send(new DescribeTasksCommand({ cluster, tasks }))

describe('tasks', () => {
  test('are listed by service, and described', async () => {
    aService(peer, 'api')
    aService(peer, 'other')
    const { taskArns = [] } = await list({ serviceName: 'api' })
    expect(taskArns).toHaveLength(2)
    expect((await describeTasks(...taskArns)).tasks?.[0]).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      group: 'service:api',
      startedBy: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      cpu: '256',
      memory: '512',
      launchType: 'FARGATE',
      startedAt: expect.any(Date),
      containers: [
        { name: 'app', image: 'api:v1', lastStatus: 'RUNNING', imageDigest: expect.stringMatching(/^sha256:/) },
      ],
    })
  })

  test('what is not there is a failure, what is no id is an error', async () => {
    aService(peer, 'api')
    const id = '0'.repeat(32)
    expect((await describeTasks(id)).failures).toEqual([
      { arn: `arn:aws:ecs:us-east-1:111122223333:task/web/${id}`, reason: 'MISSING' },
    ])
    expect(await refusal(describeTasks('abc'))).toBe(
      'InvalidParameterException: taskId length should be one of [32,36]',
    )
    expect(await refusal(describeTasks())).toBe('InvalidParameterException: Tasks cannot be empty.')
    expect(await refusal(describeTasks(...Array.from({ length: 101 }, () => id)))).toMatch(/at most 100 items/)
    expect(await refusal(list({ serviceName: 'none' }))).toBe('ServiceNotFoundException: Service not found.')
  })

  test('a stopped task is listed as such, for an hour', async () => {
    aService(peer, 'api')
    const { taskArns: [task = ''] = [] } = await list()
    const stop = (id: string) => peer.ecs.send(new StopTaskCommand({ cluster, task: id, reason: 'stuck' }))
    expect((await stop(task)).task).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'UserInitiated' })
    peer.clock.advance(60_000)
    expect((await list({ desiredStatus: 'STOPPED' })).taskArns).toEqual([task])
    expect((await describeTasks(task)).tasks?.[0]).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'stuck' })
    expect((await list()).taskArns).toHaveLength(2)
    peer.clock.advance(3_700_000)
    expect((await describeTasks(task)).failures).toHaveLength(1)
    expect(await refusal(stop(task))).toBe('InvalidParameterException: The referenced task was not found.')
  })

  test('a protected task is kept when the service scales in', async () => {
    aService(peer, 'api')
    const { taskArns: [task = ''] = [] } = await list()
    const protect = (input = {}) =>
      peer.ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks: [task], protectionEnabled: true, ...input }))
    expect((await protect({ expiresInMinutes: 60 })).protectedTasks).toEqual([
      { taskArn: task, protectionEnabled: true, expirationDate: new Date(peer.clock.now() + 3_600_000) },
    ])
    await peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', desiredCount: 1 }))
    peer.clock.advance(60_000)
    expect((await list()).taskArns).toEqual([task])
    expect((await peer.ecs.send(new GetTaskProtectionCommand({ cluster }))).protectedTasks).toHaveLength(1)
    expect(await refusal(protect({ expiresInMinutes: 2_881 }))).toMatch(/^InvalidParameterException/)
  })

  test('the count is accepted although tasks are protected, and the service says what it waits for', async () => {
    const { deployments } = aService(peer, 'api')
    const { taskArns: tasks = [] } = await list()
    await peer.ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks, protectionEnabled: true }))
    const { service } = await peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', desiredCount: 0 }))
    expect(service?.desiredCount).toBe(0)
    const see = async () => {
      const { services } = await peer.ecs.send(new DescribeServicesCommand({ cluster, services: ['api'] }))
      return services?.[0]
    }
    peer.clock.advance(119 * 60_000)
    expect(await see()).toMatchObject({ desiredCount: 0, runningCount: 2 })
    expect((await see())?.events?.[0]?.message).toBe(
      `(service api, taskSet ${deployments[0]?.id}) was unable to scale in due to (reason 2 tasks under protection)`,
    )
    peer.clock.advance(3 * 60_000)
    expect(await see()).toMatchObject({ desiredCount: 0, runningCount: 0 })
  })

  test('ten tasks are protected at once, a hundred are looked at', async () => {
    aService(peer, 'api')
    const tasks = Array.from({ length: 11 }, (_, n) => n.toString().padStart(32, '0'))
    const set = (ids: string[]) =>
      refusal(peer.ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks: ids, protectionEnabled: true })))
    expect(await set(tasks)).toMatch(/at most 10 items/)
    const { failures } = await peer.ecs.send(new GetTaskProtectionCommand({ cluster, tasks }))
    expect(failures).toHaveLength(11)
    expect(failures?.[0]).toMatchObject({ reason: 'MISSING' })
  })

  test('take the tags of their service, where it says so, and those of ECS', async () => {
    aService(peer, 'api', {
      tags: { team: 'a', 'aws:cloudformation:stack-name': 's' },
      settings: { propagateTags: 'SERVICE', enableECSManagedTags: true },
    })
    aService(peer, 'plain', { tags: { team: 'b' } })
    const tagsOf = async (serviceName: string, include: 'TAGS'[] = ['TAGS']) => {
      const { taskArns = [] } = await list({ serviceName })
      const { tasks = [] } = await peer.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns, include }))
      return tasks[0]?.tags
    }
    expect(await tagsOf('api')).toEqual([
      { key: 'aws:ecs:clusterName', value: 'web' },
      { key: 'aws:ecs:serviceName', value: 'api' },
      { key: 'team', value: 'a' },
    ])
    expect(await tagsOf('api', [])).toEqual([])
    expect(await tagsOf('plain')).toEqual([])
  })
})

describe('task definitions', () => {
  const register = (input: Partial<RegisterTaskDefinitionCommandInput> = {}) =>
    peer.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'job',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'job:v1', portMappings: [{ containerPort: 80 }] }],
        ...input,
      }),
    )

  test('what was registered is described, in the next revision', async () => {
    await register()
    const { taskDefinition } = await register({ cpu: '1 vCPU', memory: '2 GB', tags: [{ key: 'a', value: 'b' }] })
    expect(taskDefinition).toMatchObject({ family: 'job', revision: 2, cpu: '1024', memory: '2048', status: 'ACTIVE' })
    const answer = await peer.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'job', include: ['TAGS'] }))
    expect(answer.taskDefinition).toEqual(taskDefinition)
    expect(answer.tags).toEqual([{ key: 'a', value: 'b' }])
    expect(answer.taskDefinition?.containerDefinitions?.[0]).toMatchObject({
      essential: true,
      portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    })
    const listed = await peer.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'job', sort: 'DESC' }))
    expect(listed.taskDefinitionArns?.map(arn => arn.split('/')[1])).toEqual(['job:2', 'job:1'])
  })

  test('the values of its environment are not in the call log', async () => {
    await register({
      containerDefinitions: [{ name: 'app', image: 'job:v1', environment: [{ name: 'KEY', value: 'hush' }] }],
    })
    const log = JSON.stringify(peer.aws.callLog.list())
    expect(log).not.toContain('hush')
    expect(log).toContain('"name":"KEY"')
  })

  test('a deregistered one is inactive, and starts nothing', async () => {
    aService(peer, 'api')
    await register()
    await peer.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'job:1' }))
    const use = peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'api', taskDefinition: 'job:1' }))
    expect(await refusal(use)).toBe('ClientException: TaskDefinition is inactive')
    const found = await peer.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'job:1' }))
    expect(found.taskDefinition?.status).toBe('INACTIVE')
    const gone = peer.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'job' }))
    expect(await refusal(gone)).toBe('ClientException: Unable to describe task definition.')
  })

  test.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string]>([
    [
      'size',
      { memory: '8192' },
      'No Fargate configuration exists for given values: 256 CPU, 8192 memory. See the Amazon ECS documentation for the valid values.',
    ],
    ['network mode', { networkMode: 'bridge' }, 'Fargate only supports network mode ‘awsvpc’.'],
    ['container list', { containerDefinitions: [] }, 'Container list cannot be empty.'],
    ['cpu', { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
  ])('refuses a bad %s', async (_, input, text) => {
    expect(await refusal(register(input))).toBe(`ClientException: ${text}`)
  })
})

describe('service deployments', () => {
  const deploy = async () => {
    aDefinition(peer, 'api', 'api:v2')
    const { service } = await peer.ecs.send(
      new UpdateServiceCommand({ cluster, service: 'api', taskDefinition: 'api:2' }),
    )
    return service?.currentServiceDeployment ?? ''
  }
  const describeOne = async (arn: string) =>
    (await peer.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })))
      .serviceDeployments?.[0]
  const listDeployments = async (input = {}) =>
    (await peer.ecs.send(new ListServiceDeploymentsCommand({ cluster, service: 'api', ...input }))).serviceDeployments

  test('are listed newest first, with their revisions', async () => {
    aService(peer, 'api')
    const arn = await deploy()
    expect((await listDeployments())?.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'SUCCESSFUL'])
    expect(await listDeployments({ status: ['SUCCESSFUL'] })).toHaveLength(1)
    const found = await describeOne(arn)
    expect(found).toMatchObject({ status: 'IN_PROGRESS', targetServiceRevision: { requestedTaskCount: 2 } })
    const revisions = [found?.sourceServiceRevisions?.[0]?.arn ?? '', found?.targetServiceRevision?.arn ?? '']
    const { serviceRevisions } = await peer.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisions }),
    )
    expect(serviceRevisions?.map(({ taskDefinition }) => taskDefinition?.split('/')[1])).toEqual(['api:1', 'api:2'])
    expect(serviceRevisions?.[1]).toMatchObject({
      launchType: 'FARGATE',
      containerImages: [{ containerName: 'app', image: 'api:v2', imageDigest: expect.stringMatching(/^sha256:/) }],
    })
  })

  test('one that is stopped goes back to what was', async () => {
    aService(peer, 'api')
    const arn = await deploy()
    peer.clock.advance(10_000)
    const stop = () =>
      peer.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
    await stop()
    expect(await describeOne(arn)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      rollback: { reason: expect.any(String) },
    })
    peer.clock.advance(120_000)
    expect(await describeOne(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', finishedAt: expect.any(Date) })
    expect(await refusal(stop())).toMatch(/^ConflictException/)
    const none = peer.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: `${arn}x` }))
    expect(await refusal(none)).toMatch(/^ServiceDeploymentNotFoundException/)
  })

  test('one that fails says by which threshold', async () => {
    const deploymentCircuitBreaker = {
      enable: true,
      rollback: true,
      thresholdConfiguration: { type: 'COUNT' as const, value: 5 },
    }
    aService(peer, 'api', { deploymentConfiguration: { deploymentCircuitBreaker } })
    peer.fleet.knobs.failImage('api:v2', 'pull')
    const arn = await deploy()
    expect((await describeOne(arn))?.deploymentCircuitBreaker).toEqual({
      status: 'MONITORING',
      failureCount: 0,
      threshold: 5,
    })
    peer.clock.advance(1_200_000)
    expect(await describeOne(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 5, threshold: 5 },
    })
  })
})

describe('clusters and tags', () => {
  test('a cluster counts what is in it', async () => {
    aService(peer, 'api')
    const answer = await peer.ecs.send(new DescribeClustersCommand({ clusters: ['web', 'nope'] }))
    expect(answer.clusters).toMatchObject([{ status: 'ACTIVE', runningTasksCount: 2, activeServicesCount: 1 }])
    expect(answer.failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:111122223333:cluster/nope', reason: 'MISSING' }])
  })

  test('a provider in use cannot be taken from its cluster', async () => {
    const spec = {
      taskDefinition: aDefinition(peer, 'spot'),
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      loadBalancers: [],
      serviceRegistries: [],
    }
    aService(peer, 'spot', { spec })
    const put = (capacityProviders: string[]) =>
      peer.ecs.send(
        new PutClusterCapacityProvidersCommand({ cluster, capacityProviders, defaultCapacityProviderStrategy: [] }),
      )
    expect(await refusal(put(['FARGATE']))).toMatch(/^ResourceInUseException/)
    expect((await put(['FARGATE_SPOT'])).cluster?.capacityProviders).toEqual(['FARGATE_SPOT'])
    const { capacityProviders } = await peer.ecs.send(new DescribeCapacityProvidersCommand({}))
    expect(capacityProviders?.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'FARGATE ACTIVE',
      'FARGATE_SPOT ACTIVE',
    ])
  })

  test('a service is tagged and untagged', async () => {
    const resourceArn = aService(peer, 'api', { tags: { team: 'a' } }).arn
    await peer.ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'stage', value: 'prod' }] }))
    await peer.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }))
    const { tags } = await peer.ecs.send(new ListTagsForResourceCommand({ resourceArn }))
    expect(tags).toEqual([{ key: 'stage', value: 'prod' }])
  })
})
