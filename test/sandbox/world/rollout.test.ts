import { beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/world/clock.ts'
import type { EcsEvent } from '../../../sandbox/world/events.ts'
import { createFleet, type Fleet } from '../../../sandbox/world/fleet.ts'
import { nextProvider } from '../../../sandbox/world/placement.ts'
import { isAlive, isRunning, type Service } from '../../../sandbox/world/state.ts'
import { aDefinition, aService } from '../aws/peer.ts'

let clock: Clock
let fleet: Fleet

beforeEach(() => {
  clock = new Clock({ start: Date.parse('2026-11-22T12:00:00Z'), speed: 0 })
  fleet = createFleet({ clock, seed: 3 })
})

const seconds = (n: number) => clock.advance(n * 1_000)
const running = ({ tasks }: Service) => [...tasks].filter(isRunning).length
const messages = ({ events }: Service) => events.map(({ message }) => message.replaceAll(/[0-9a-f]{32}|\d{19}/g, '#'))

const scale = (service: Service, desired: number) => {
  service.desired = desired
  fleet.touch(service)
}

const deploy = (service: Service, image: string) => {
  const [primary] = service.deployments
  if (!primary) throw new Error('no deployment')
  const taskDefinition = aDefinition({ fleet }, service.name, image)
  fleet.deploy(service, { ...primary.revision.spec, taskDefinition })
}

describe('scaling', () => {
  test('a scale-out starts tasks that run within a minute, and says so', () => {
    const service = aService({ fleet }, 'api')
    scale(service, 4)
    seconds(2)
    expect([...service.tasks].map(({ lastStatus }) => lastStatus)).toEqual([
      'RUNNING',
      'RUNNING',
      'PROVISIONING',
      'PROVISIONING',
    ])
    seconds(20)
    expect(running(service)).toBe(2)
    seconds(38)
    expect(running(service)).toBe(4)
    expect(messages(service).slice(0, 2)).toEqual([
      '(service api) has reached a steady state.',
      '(service api) has started 2 tasks: (task #) (task #).',
    ])
    expect(service.deployments).toHaveLength(1)
  })

  test('a scale-in stops tasks, which stay visible for an hour', () => {
    const service = aService({ fleet }, 'api', { desired: 3 })
    scale(service, 1)
    seconds(60)
    expect(running(service)).toBe(1)
    const stopped = fleet.tasksIn(service.cluster).filter(({ lastStatus }) => lastStatus === 'STOPPED')
    expect(stopped.map(({ stopCode }) => stopCode)).toEqual(['ServiceSchedulerInitiated', 'ServiceSchedulerInitiated'])
    expect(stopped[0]?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/)
    seconds(3_600)
    expect(fleet.tasksIn(service.cluster)).toHaveLength(1)
  })

  test('a steady state is told once, however its tasks come and go', () => {
    const service = aService({ fleet }, 'api', { desired: 4 })
    scale(service, 2)
    seconds(120)
    scale(service, 3)
    seconds(120)
    fleet.touch(service)
    seconds(120)
    expect(messages(service).filter(text => text.includes('steady state'))).toHaveLength(3)
  })

  test('protected tasks survive a scale-in until the protection ends', () => {
    const service = aService({ fleet }, 'api')
    for (const task of service.tasks) task.protectedUntil = clock.now() + 120_000
    scale(service, 1)
    seconds(60)
    expect(running(service)).toBe(2)
    expect(messages(service)[0]).toContain('was unable to scale in due to')
    seconds(120)
    expect(running(service)).toBe(1)
  })

  test('a deployment waits for protected tasks of the older one, and says so', () => {
    const service = aService({ fleet }, 'api')
    const [before] = service.deployments
    if (!before) throw new Error('no deployment')
    for (const task of service.tasks) task.protectedUntil = clock.now() + 600_000
    fleet.deploy(service, before.revision.spec)
    seconds(300)
    expect(service.deployments).toHaveLength(2)
    expect(messages(service)[0]).toBe(
      '(service api) was unable to reach steady state because (taskSet ecs-svc/#) was unable to scale in due to (reason 2 tasks under protection)',
    )
    seconds(600)
    expect(service.deployments).toHaveLength(1)
  })

  test('launches keep to five hundred a minute', () => {
    const service = aService({ fleet }, 'api', { desired: 0 })
    scale(service, 700)
    seconds(61)
    const alive = [...service.tasks].filter(isAlive).length
    expect(alive).toBeGreaterThan(480)
    expect(alive).toBeLessThanOrEqual(520)
    seconds(90)
    expect(running(service)).toBe(700)
  })

  test('a task that somebody stops is replaced', () => {
    const service = aService({ fleet }, 'api')
    const [task] = service.tasks
    if (!task) throw new Error('no task')
    fleet.stopTask(task, 'because')
    seconds(90)
    expect(running(service)).toBe(2)
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'because' })
  })
})

describe('deployments', () => {
  test('a rolling deployment never falls below its minimum nor rises above its maximum', () => {
    const service = aService({ fleet }, 'api', { desired: 4 })
    deploy(service, 'api:v2')
    for (let n = 0; n < 150; n += 1) {
      seconds(1)
      expect(running(service)).toBeGreaterThanOrEqual(4)
      expect([...service.tasks].filter(isAlive).length).toBeLessThanOrEqual(8)
    }
    expect(service.deployments).toHaveLength(1)
    expect(service.deployments[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED' })
    expect([...service.tasks].filter(isRunning).every(({ definition }) => definition.revision === 2)).toBe(true)
    expect(service.deployments[0]?.record).toMatchObject({ status: 'SUCCESSFUL' })
  })

  test('with a maximum of a hundred percent it stops before it starts', () => {
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 }
    const service = aService({ fleet }, 'api', { desired: 4, deploymentConfiguration })
    deploy(service, 'api:v2')
    let fewest = 4
    for (let n = 0; n < 300; n += 1) {
      seconds(1)
      fewest = Math.min(fewest, running(service))
      expect([...service.tasks].filter(isAlive).length).toBeLessThanOrEqual(4)
    }
    expect(fewest).toBe(2)
    expect(service.deployments[0]?.rolloutState).toBe('COMPLETED')
  })

  test('the circuit breaker rolls back to what ran before', () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    const service = aService({ fleet }, 'api', { desired: 4, deploymentConfiguration: { deploymentCircuitBreaker } })
    const before = service.deployments[0]
    fleet.knobs.failImage('api:v2', 'pull')
    deploy(service, 'api:v2')
    const failing = service.deployments[0]
    seconds(300)
    expect(failing).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    })
    expect(failing?.failedTasks).toBeGreaterThanOrEqual(3)
    expect(service.deployments).toHaveLength(1)
    expect(service.deployments[0]).toMatchObject({
      rolloutState: 'COMPLETED',
      revision: before?.revision,
      record: { status: 'ROLLBACK_SUCCESSFUL' },
    })
    expect(running(service)).toBe(4)
    expect(messages(service)).toContain('(service api) rolling back to deployment ecs-svc/#.')
    const stopped = fleet.tasksIn(service.cluster).find(({ stopCode }) => stopCode === 'TaskFailedToStart')
    expect(stopped?.stoppedReason).toMatch(/^CannotPullContainerError: .*api:v2: not found$/)
  })

  test('without rollback it stays failed, and what ran before goes on', () => {
    const deploymentCircuitBreaker = { enable: true, rollback: false }
    const service = aService({ fleet }, 'api', { desired: 4, deploymentConfiguration: { deploymentCircuitBreaker } })
    fleet.knobs.failImage('api:v2', 'exit1')
    deploy(service, 'api:v2')
    seconds(600)
    expect(service.deployments.map(({ rolloutState }) => rolloutState)).toEqual(['FAILED', 'COMPLETED'])
    expect([...service.tasks].filter(task => isRunning(task) && !task.isDoomed)).toHaveLength(4)
  })

  test('without a circuit breaker it tries on, more and more slowly', () => {
    const service = aService({ fleet }, 'api')
    fleet.knobs.failImage('api:v2', 'exit1')
    deploy(service, 'api:v2')
    seconds(3_600)
    expect(service.deployments[0]?.rolloutState).toBe('IN_PROGRESS')
    expect(messages(service).some(text => text.includes('is unable to consistently start tasks successfully'))).toBe(
      true,
    )
    expect(fleet.tasksIn(service.cluster).length).toBeLessThan(40)
    fleet.knobs.healImage('api:v2')
    seconds(3_600)
    expect(service.deployments[0]?.rolloutState).toBe('COMPLETED')
  })

  test.each([
    ['oom', { exitCode: 137, stopCode: 'EssentialContainerExited' }],
    ['exit1', { exitCode: 1, stoppedReason: 'Essential container in task exited' }],
    ['health', { stoppedReason: 'Task failed container health checks', stopCode: 'ServiceSchedulerInitiated' }],
  ] as const)('a task that fails by %s ends as AWS says', (how, ending) => {
    const service = aService({ fleet }, 'api', { desired: 0 })
    fleet.knobs.failService(service.arn, how)
    scale(service, 1)
    seconds(180)
    expect(fleet.tasksIn(service.cluster)[0]).toMatchObject({ ...ending, lastStatus: 'STOPPED' })
  })

  test('bounds that leave no room block a deployment, and are named', () => {
    const service = aService({ fleet }, 'api', { desired: 1, deploymentConfiguration: { maximumPercent: 150 } })
    deploy(service, 'api:v2')
    seconds(300)
    expect(service.deployments).toHaveLength(2)
    expect(messages(service)[0]).toContain('was unable to stop or start tasks during a deployment')
    service.deploymentConfiguration = { maximumPercent: 200 }
    fleet.touch(service)
    seconds(120)
    expect(service.deployments[0]?.rolloutState).toBe('COMPLETED')
  })

  test('a service that is superseded in the middle ends with the newest', () => {
    const service = aService({ fleet }, 'api')
    deploy(service, 'api:v2')
    seconds(10)
    const second = service.deployments[0]?.record
    deploy(service, 'api:v3')
    seconds(200)
    expect(second?.status).toBe('STOPPED')
    expect(service.deployments).toHaveLength(1)
    expect(service.deployments[0]?.revision.spec.taskDefinition.revision).toBe(3)
  })
})

describe('capacity', () => {
  const strategy = [
    { capacityProvider: 'FARGATE', weight: 1, base: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ]
  const onSpot = (desired: number) => {
    const spec = {
      taskDefinition: aDefinition({ fleet }, 'spotty'),
      capacityProviderStrategy: strategy,
      networkConfiguration: {},
      loadBalancers: [],
      serviceRegistries: [],
    }
    return aService({ fleet }, 'spotty', { desired, spec })
  }
  const providers = ({ tasks }: Service) => [...tasks].filter(isAlive).map(({ capacityProvider }) => capacityProvider)

  test('base first, then by weight', () => {
    const service = onSpot(9)
    expect(providers(service).filter(name => name === 'FARGATE')).toHaveLength(3)
    expect(providers(service)[0]).toBe('FARGATE')
  })

  test('the example of AWS: of six tasks with a base of two, three are on Spot', () => {
    const spec = {
      taskDefinition: aDefinition({ fleet }, 'example'),
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', weight: 1, base: 2 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ],
      networkConfiguration: {},
      loadBalancers: [],
      serviceRegistries: [],
    }
    const service = aService({ fleet }, 'example', { desired: 6, spec })
    expect(providers(service).filter(name => name === 'FARGATE_SPOT')).toHaveLength(3)
  })

  test('an interrupted Spot task warns, stops, and is replaced', () => {
    const service = onSpot(4)
    const events: EcsEvent[] = []
    fleet.onEvent(event => events.push(event))
    const [task] = fleet.spotTasks()
    if (!task) throw new Error('no Spot task')
    fleet.interruptSpot(task)
    expect(events[0]?.detail).toMatchObject({
      desiredStatus: 'STOPPED',
      lastStatus: 'RUNNING',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      taskArn: task.arn,
    })
    seconds(120)
    expect(task.lastStatus).toBe('STOPPED')
    expect(running(service)).toBe(4)
  })

  test('without Spot capacity only the share on demand starts, until there is some', () => {
    const service = onSpot(1)
    const events: EcsEvent[] = []
    fleet.onEvent(event => events.push(event))
    fleet.knobs.exhaust('FARGATE_SPOT')
    scale(service, 5)
    seconds(120)
    expect(providers(service)).toEqual(['FARGATE', 'FARGATE'])
    expect(running(service)).toBe(2)
    expect(messages(service).filter(message => message.includes('unable to place'))).toEqual([
      '(service spotty) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    ])
    expect(events.find(({ detail }) => detail['eventName'] === 'SERVICE_TASK_PLACEMENT_FAILURE')?.detail).toMatchObject(
      {
        reason: 'RESOURCE:FARGATE',
        capacityProviderArns: ['arn:aws:ecs:us-east-1:111122223333:capacity-provider/FARGATE_SPOT'],
      },
    )
    fleet.knobs.replenish('FARGATE_SPOT')
    seconds(120)
    expect(running(service)).toBe(5)
    expect(providers(service).filter(name => name === 'FARGATE_SPOT')).toHaveLength(3)
  })

  test('scaling in and interruptions let the ratio drift, and only a deployment lays the tasks out again', () => {
    const service = onSpot(9)
    const count = (name: string) => providers(service).filter(provider => provider === name).length
    expect([count('FARGATE'), count('FARGATE_SPOT')]).toEqual([3, 6])
    fleet.knobs.exhaust('FARGATE_SPOT')
    for (const task of fleet.spotTasks()) fleet.interruptSpot(task)
    seconds(300)
    expect(count('FARGATE_SPOT')).toBe(0)
    expect(count('FARGATE')).toBeGreaterThanOrEqual(4)
    const drifted = count('FARGATE')
    fleet.knobs.replenish('FARGATE_SPOT')
    seconds(300)
    expect([count('FARGATE'), count('FARGATE_SPOT')]).toEqual([drifted, 9 - drifted])
    scale(service, 4)
    seconds(120)
    expect(count('FARGATE') + count('FARGATE_SPOT')).toBe(4)
    expect(count('FARGATE')).not.toBe(1)
    scale(service, 9)
    const [primary] = service.deployments
    if (!primary) throw new Error('no deployment')
    fleet.deploy(service, primary.revision.spec)
    seconds(600)
    expect([count('FARGATE'), count('FARGATE_SPOT')]).toEqual([3, 6])
  })

  test('each launch goes to the provider furthest below its share', () => {
    const launches = new Map<string, number>()
    const order = Array.from({ length: 8 }, () => {
      const next = nextProvider(
        [
          { capacityProvider: 'a', weight: 1 },
          { capacityProvider: 'b', weight: 3 },
        ],
        new Map(),
        launches,
      )
      const name = next?.provider ?? ''
      launches.set(name, (launches.get(name) ?? 0) + 1)
      return name
    })
    expect(order.join('')).toBe('babbbabb')
    const base = [
      { capacityProvider: 'a', base: 2 },
      { capacityProvider: 'b', weight: 1 },
    ]
    expect(nextProvider(base, new Map([['a', 1]]), launches)).toEqual({ provider: 'a', isForBase: true })
    expect(nextProvider(base, new Map([['a', 2]]), launches)).toEqual({ provider: 'b', isForBase: false })
  })
})

describe('events', () => {
  test('a rollback tells EventBridge what happened, in order', () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    const service = aService({ fleet }, 'api', { deploymentConfiguration: { deploymentCircuitBreaker } })
    const events: EcsEvent[] = []
    fleet.onEvent(event => events.push(event))
    fleet.knobs.failImage('api:v2', 'pull')
    deploy(service, 'api:v2')
    seconds(600)
    const told = events
      .filter(event => event['detail-type'] === 'ECS Deployment State Change')
      .map(({ detail }) => `${detail['eventName']} ${String(detail['reason']).replaceAll(/\d{19}/g, '#')}`)
    expect(told).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment ecs-svc/# in progress.',
      'SERVICE_DEPLOYMENT_FAILED ECS deployment circuit breaker: tasks failed to start.',
      'SERVICE_DEPLOYMENT_IN_PROGRESS ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/#.',
      'SERVICE_DEPLOYMENT_COMPLETED ECS deployment ecs-svc/# completed.',
    ])
    expect(events[0]).toMatchObject({ version: '0', source: 'aws.ecs', account: '111122223333', region: 'us-east-1' })
  })

  test('the same seed gives the same world', () => {
    const ids = () => {
      const twin = createFleet({ clock, seed: 11 })
      return [...aService({ fleet: twin }, 'api').tasks].map(({ id }) => id)
    }
    expect(ids()).toEqual(ids())
  })
})
