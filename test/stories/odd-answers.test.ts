// Answers that AWS gave in the field, and what a person reads then.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
type Output = Record<string, unknown>

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  world.clock.advance(60_000)
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.damage = undefined
  world.aws.faults.clear()
  world.aws.throttle.reset()
  world.clock.advance(60_000)
})

/** AWS answers `action` with other members. */
const answers = (action: string, change: (output: Output) => Output): void => {
  world.aws.damage = (of, output) => (of === action ? change(output as Output) : output)
}

const each = (name: string, change: (one: Output) => Output) => (output: Output) => ({
  ...output,
  [name]: (output[name] as Output[]).map(change),
})

test.each<[string, string, string, (output: Output) => Output, RegExp]>([
  [
    'tasks on ECS Anywhere have no zone',
    'status orders-api',
    'DescribeTasks',
    each('tasks', ({ availabilityZone: _, ...task }) => task),
    /• Zones none(?:;|$)/m,
  ],
  [
    'no security groups',
    'status orders-api',
    'DescribeServices',
    each('services', one => ({ ...one, networkConfiguration: { awsvpcConfiguration: { subnets: ['a', 'b'] } } })),
    /• Network no security groups in 2 subnets/,
  ],
  [
    'a strategy of no providers',
    'status orders-api',
    'DescribeServices',
    each('services', one => ({ ...one, capacityProviderStrategy: [], launchType: 'EC2' })),
    /configured: EC2$/m,
  ],
  [
    'neither a strategy nor a launch type',
    'status orders-api',
    'DescribeServices',
    each('services', ({ launchType: _, ...one }) => ({ ...one, capacityProviderStrategy: [] })),
    /configured: unknown$/m,
  ],
  [
    'Service Connect without a namespace',
    `status ${CHECKOUT}`,
    'DescribeServices',
    each('services', one => ({
      ...one,
      deployments: (one['deployments'] as Output[]).map(of => ({
        ...of,
        serviceConnectConfiguration: { enabled: true, services: [{ portName: 'http' }] },
      })),
    })),
    /• Service Connect the namespace of the cluster, called as http/,
  ],
  [
    'a deployment that only its record knows',
    'status orders-api',
    'DescribeServiceDeployments',
    each('serviceDeployments', ({ finishedAt: _, ...one }) => ({ ...one, status: 'IN_PROGRESS' })),
    /^orders-api is healthy and deploying[\s\S]*the last is still in progress/,
  ],
  [
    'an ARN that is empty, and one that is not there',
    'deployments orders-api',
    'DescribeServiceDeployments',
    each('serviceDeployments', one => ({
      ...one,
      targetServiceRevision: { arn: '' },
      sourceServiceRevisions: [{}, { arn: '' }],
    })),
    /^orders-api: the last deployment was successful/,
  ],
  [
    'a deployment without an ARN',
    'deployments orders-api',
    'ListServiceDeployments',
    output => ({
      ...output,
      serviceDeployments: [{ serviceDeploymentArn: '' }, ...(output['serviceDeployments'] as Output[]), {}],
    }),
    /was successful · orders-api:7/,
  ],
  [
    'a 20-second metric',
    `autoscale ${CHECKOUT}`,
    'DescribeScalingPolicies',
    each('ScalingPolicies', one => ({
      ...one,
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilizationHighResolution' },
      },
    })),
    /keeps CPU at 60%, by 20-second metrics/,
  ],
  [
    'a schedule that cannot be read',
    `autoscale ${CHECKOUT}`,
    'DescribeScheduledActions',
    output => ({
      ...output,
      ScheduledActions: [
        { ScheduledActionName: 'night', Schedule: 'cron(whenever)', ScalableTargetAction: { MinCapacity: 1 } },
      ],
    }),
    /night \(cron\(whenever\)\): its next run is unknown, as its expression could not be read/,
  ],
  [
    'a schedule that is over',
    `autoscale ${CHECKOUT}`,
    'DescribeScheduledActions',
    output => ({
      ...output,
      ScheduledActions: [
        { ScheduledActionName: 'night', Schedule: 'at(2020-01-01T00:00:00)', ScalableTargetAction: { MinCapacity: 1 } },
      ],
    }),
    /night \(at\(2020-01-01T00:00:00\)\) does not run again/,
  ],
  [
    'activities without a time',
    `autoscale ${CHECKOUT}`,
    'DescribeScalingActivities',
    output => ({
      ...output,
      ScalingActivities: [{ Description: 'Setting desired count to 6.', Cause: 'an alarm', StatusCode: 'Successful' }],
    }),
    /an unknown time {2}Setting desired count to 6\./,
  ],
  [
    'tasks without times',
    'tasks orders-api',
    'DescribeTasks',
    each('tasks', ({ createdAt: _, startedAt: __, ...task }) => task),
    /running since an unknown time/,
  ],
  [
    'events without times',
    'events orders-api',
    'DescribeServices',
    each('services', one => ({ ...one, events: [{ message: '(service orders-api) has reached a steady state.' }] })),
    /an unknown time {2}orders-api has reached a steady state\.\n\nFrom 1 event; ECS keeps/,
  ],
  [
    'a controller that is new',
    'rollback orders-api --dry-run',
    'DescribeServices',
    each('services', one => ({ ...one, deploymentController: { type: 'SOMETHING' } })),
    /ECS names a deployment controller that Quarterdeck does not know/,
  ],
  [
    'a cluster that is missing',
    'check orders-api',
    'DescribeClusters',
    () => ({ clusters: [], failures: [{ arn: 'a', reason: 'MISSING' }] }),
    /ECS has no cluster web any more/,
  ],
  [
    'a cluster that is missing',
    `capacity ${CHECKOUT}`,
    'DescribeClusters',
    () => ({ clusters: [], failures: [{ arn: 'a', reason: 'MISSING' }] }),
    /ECS has no cluster web any more/,
  ],
])('%s: %s', async (_, line, action, change, words) => {
  answers(action, change)
  const answer = await world.type(line)
  expect(answer).toMatch(words)
  expect(answer).not.toMatch(/undefined|NaN|null|``|\bInvalid\b/)
})

test('a service with an ARN of the old format is one of its cluster', async () => {
  const old = (arn: unknown) => String(arn).replace(/(:service\/)[^/]+\//, '$1')
  world.aws.damage = (action, output) => {
    if (action === 'ListServices')
      return { ...(output as Output), serviceArns: ((output as Output)['serviceArns'] as string[]).map(old) }
    if (action !== 'DescribeServices') return output
    return each('services', one => ({ ...one, serviceArn: old(one['serviceArn']) }))(output as Output)
  }
  await world.recur('index')
  expect(await world.type('services')).toMatch(/prod\.us-east-1\/web\/orders-api|web\/orders-api/)
  expect(await world.type('status orders-api')).toMatch(/^orders-api is healthy/)
})

test.each([
  'DescribeScalingPolicies',
  'DescribeScheduledActions',
  'DescribeScalingActivities',
  'DescribeScalableTargets',
  'DescribeAlarms',
])('autoscale shows what can be read while %s fails', async action => {
  world.aws.faults.add({
    match: { action },
    when: 'before',
    effect: { kind: 'error', code: 'InternalServiceException', message: 'no', status: 500 },
    times: 100,
  })
  const answer = await world.type(`autoscale ${CHECKOUT}`)
  expect(answer).toMatch(/^checkout is set to 6/)
  expect(answer).toContain('Unavailable: reading the ')
  expect(answer.match(/checkout-cpu|within 4\.\.10/g)).not.toBeNull()
})

test('a Windows task gets PowerShell, and no command', async () => {
  answers('DescribeTaskDefinition', output => ({
    ...output,
    taskDefinition: {
      ...(output['taskDefinition'] as Output),
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
    },
  }))
  const refusal = await world.type('exec orders-api --container app --dry-run -- dir')
  expect(refusal).toMatch(/^app of task \w{8} is a Windows container: it has no sh,/)
  expect(refusal).toContain('[Request Shell Access]')
  expect(await world.type('exec orders-api --container app --interactive --dry-run')).toContain(
    'as administrator, in container app',
  )
})

test('a Windows task on Fargate is known by its platform, too', async () => {
  const windows = each('tasks', task => ({
    ...task,
    platformFamily: 'Windows_Server_2022_Core',
    platformVersion: '1.0.0',
  }))
  world.aws.damage = (action, output) => {
    if (action === 'DescribeTasks') return windows(output as Output)
    if (action !== 'DescribeTaskDefinition') return output
    const { runtimePlatform: _, ...taskDefinition } = (output as Output)['taskDefinition'] as Output
    return { ...(output as Output), taskDefinition }
  }
  expect(await world.type('exec orders-api --container app --dry-run -- dir')).toContain('is a Windows container')
})

test('a wrong id of a session is one of a session', async () => {
  expect(await world.type('exec terminate orders-api x!')).toContain(
    'x! is not the id of a session.\n\n/ecs exec sessions lists',
  )
})
