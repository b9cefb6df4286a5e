import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  GetPredictiveScalingForecastCommand,
  ListTagsForResourceCommand,
  type MetricType,
  type PolicyType,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type ServiceNamespace,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import type { Service } from '../../../sandbox/world/state.ts'
import { isQuick } from '../../seed.ts'
import { allow, policy } from './iam/policies.ts'
import { account, aService, type Peer, refusal, region, startPeer } from './peer.ts'

const MINUTE = 60_000

let peer: Peer
let client: ApplicationAutoScalingClient
let service: Service

const clientOf = (more: object = {}) =>
  new ApplicationAutoScalingClient({
    endpoint: peer.aws.url,
    region,
    credentials: localUser,
    maxAttempts: 1,
    ...more,
  })

beforeEach(async () => {
  peer = await startPeer()
  client = clientOf()
  service = aService(peer, 'api', { desired: 6, age: 40 })
  peer.aws.autoscaling.setLoad(service, 3.42)
})
afterEach(() => peer.aws.close())

const named = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/web/api',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const
const cpu = { PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' as const } }

/** A client keeps the clock that it saw last: a new one after each leap. */
const pass = (ms: number) => {
  peer.clock.advance(ms)
  client = clientOf()
}

const register = (more: Partial<RegisterScalableTargetCommandInput> = {}) =>
  client.send(new RegisterScalableTargetCommand({ ...named, ...more }))
const bounded = () => register({ MinCapacity: 4, MaxCapacity: 10 })
const putPolicy = (more: Partial<PutScalingPolicyCommandInput> = {}) =>
  client.send(new PutScalingPolicyCommand({ ...named, PolicyName: 'cpu', ...more }))
const track = (more: object = {}) =>
  putPolicy({
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, ...cpu, ...more },
  })
const putAction = (more: Partial<PutScheduledActionCommandInput> = {}) =>
  client.send(
    new PutScheduledActionCommand({
      ...named,
      ScheduledActionName: 'night',
      Schedule: 'cron(0 20 ? * MON-FRI *)',
      ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 3 },
      ...more,
    }),
  )
const targets = async (more: object = {}) =>
  (await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ...more }))).ScalableTargets ?? []
const policies = async (more: object = {}) =>
  (await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', ...more }))).ScalingPolicies ?? []
const actions = async (more: object = {}) =>
  (await client.send(new DescribeScheduledActionsCommand({ ServiceNamespace: 'ecs', ...more }))).ScheduledActions ?? []
const activities = async (more: object = {}) =>
  (await client.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs', ...more }))).ScalingActivities ??
  []

const of = 'for service namespace: ecs, resource ID: service/web/api, scalable dimension: ecs:service:DesiredCount'

describe('a scalable target', () => {
  test('is registered under an id that tells nothing, and shown', async () => {
    const { ScalableTargetARN } = await register({ MinCapacity: 4, MaxCapacity: 10, Tags: { team: 'api' } })
    expect(ScalableTargetARN).toMatch(
      new RegExp(`^arn:aws:application-autoscaling:${region}:${account}:scalable-target/0ec5[0-9a-f]{32}$`),
    )
    expect(await targets()).toEqual([
      {
        ...named,
        MinCapacity: 4,
        MaxCapacity: 10,
        RoleARN: `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
        CreationTime: new Date(Math.floor(peer.clock.now())),
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
        ScalableTargetARN,
      },
    ])
    expect((await register({ MaxCapacity: 12 })).ScalableTargetARN).toBe(ScalableTargetARN)
    expect(await targets({ ResourceIds: ['service/web/other'] })).toEqual([])
    expect(await targets({ ServiceNamespace: 'dynamodb' })).toEqual([])
  })

  test.each<[string, Partial<RegisterScalableTargetCommandInput>, string]>([
    ['a first time without a minimum', { MaxCapacity: 4 }, 'Minimum capacity must be specified'],
    ['a first time without a maximum', { MinCapacity: 4 }, 'Maximum capacity must be specified'],
    ['a first time, suspended only', { SuspendedState: {} }, 'Minimum capacity must be specified'],
    ['less than nothing', { MinCapacity: -1, MaxCapacity: 4 }, 'Minimum capacity cannot be less than 0'],
    ['crossed bounds', { MinCapacity: 5, MaxCapacity: 4 }, 'Maximum capacity cannot be less than minimum capacity'],
    [
      'no such service',
      { ResourceId: 'service/web/none', MinCapacity: 1, MaxCapacity: 4 },
      "ECS service doesn't exist: service/web/none",
    ],
    [
      'another namespace',
      { ServiceNamespace: 'dynamodb', MinCapacity: 1, MaxCapacity: 4 },
      'Unsupported service namespace, resource type or scalable dimension',
    ],
    [
      'another dimension',
      { ScalableDimension: 'dynamodb:table:ReadCapacityUnits', MinCapacity: 1, MaxCapacity: 4 },
      'Unsupported service namespace, resource type or scalable dimension',
    ],
    [
      'a resource that is no service',
      { ResourceId: 'web/api', MinCapacity: 1, MaxCapacity: 4 },
      'Unsupported service namespace, resource type or scalable dimension',
    ],
    [
      'no namespace at all',
      { ServiceNamespace: 'eks' as ServiceNamespace, MinCapacity: 1, MaxCapacity: 4 },
      "1 validation error detected: Value 'eks' at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set: [ecs, elasticmapreduce, ec2, appstream, dynamodb, rds, sagemaker, custom-resource, comprehend, lambda, cassandra, kafka, elasticache, neptune, workspaces]",
    ],
    [
      'no resource',
      { ResourceId: undefined },
      "1 validation error detected: Value null at 'resourceId' failed to satisfy constraint: Member must not be null",
    ],
  ])('is refused with %s', async (_, more, message) => {
    expect(await refusal(register(more))).toBe(`ValidationException: ${message}`)
    expect(await targets()).toEqual([])
  })

  test('is refused for a service that drains, or that has no count of its own', async () => {
    aService(peer, 'agent', { schedulingStrategy: 'DAEMON' })
    expect(await refusal(register({ ResourceId: 'service/web/agent', MinCapacity: 1, MaxCapacity: 2 }))).toMatch(
      /^ValidationException: The daemon scheduling strategy/,
    )
    service.status = 'DRAINING'
    expect(await refusal(bounded())).toBe("ValidationException: ECS service doesn't exist: service/web/api")
  })

  test('its bounds may not cross by a change of one, and may be nothing', async () => {
    await bounded()
    expect(await refusal(register({ MinCapacity: 11 }))).toBe(
      'ValidationException: Maximum capacity cannot be less than minimum capacity',
    )
    expect(await refusal(register({ MaxCapacity: 3 }))).toMatch(/^ValidationException/)
    await register({ MinCapacity: 0 })
    expect((await targets())[0]).toMatchObject({ MinCapacity: 0, MaxCapacity: 10 })
  })

  test('registered, it pulls the count into its bounds, and says so', async () => {
    await register({ MinCapacity: 8, MaxCapacity: 10 })
    expect(service.desired).toBe(8)
    expect(await activities()).toMatchObject([
      {
        Description: 'Setting desired count to 8.',
        Cause: 'minimum capacity was set to 8',
        StatusCode: 'InProgress',
        StatusMessage: 'Successfully set desired count to 8. Waiting for change to be fulfilled by ecs.',
      },
    ])
    await register({ MinCapacity: 1, MaxCapacity: 5 })
    expect(service.desired).toBe(5)
  })

  test('a count outside of them is accepted from a person, until anybody registers again, if only to suspend', async () => {
    await bounded()
    const by = (desiredCount: number) =>
      peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'api', desiredCount }))
    const suspended = {
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: true,
      ScheduledScalingSuspended: true,
    }
    await register({ SuspendedState: suspended })
    await by(50)
    peer.clock.advance(60 * MINUTE)
    expect(service.desired).toBe(50)
    await register({ SuspendedState: { ...suspended, DynamicScalingInSuspended: false } })
    expect(service.desired).toBe(10)
    await by(1)
    await register()
    expect(service.desired).toBe(4)
    expect((await targets())[0]?.SuspendedState).toEqual({ ...suspended, DynamicScalingInSuspended: false })
  })

  test('deregistered, it takes along its policies, their alarms, and its scheduled actions', async () => {
    await bounded()
    await track()
    await putAction()
    await client.send(new DeregisterScalableTargetCommand(named))
    expect([await targets(), await policies(), await actions()]).toEqual([[], [], []])
    expect(peer.aws.autoscaling.alarms()).toEqual([])
    expect(await refusal(client.send(new DeregisterScalableTargetCommand(named)))).toBe(
      `ObjectNotFoundException: No scalable target found ${of}`,
    )
  })

  test('is listed in pages of at most fifty', async () => {
    for (let n = 0; n < 53; n += 1) {
      aService(peer, `s${n}`, { desired: 1 })
      await register({ ResourceId: `service/web/s${n}`, MinCapacity: 1, MaxCapacity: 2 })
    }
    const list = (more: object) => client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ...more }))
    const { ScalableTargets = [], NextToken } = await list({ MaxResults: 80 })
    expect(ScalableTargets).toHaveLength(50)
    const rest = await list({ NextToken })
    expect([rest.ScalableTargets?.length, rest.NextToken]).toEqual([3, undefined])
    expect((await list({ MaxResults: 7 })).ScalableTargets).toHaveLength(7)
    expect(await refusal(list({ NextToken: 'nonsense' }))).toMatch(/^InvalidNextTokenException/)
    expect(await refusal(list({ MaxResults: -1 }))).toBe('ValidationException: MaxResults cannot be less than 0')
    expect(await refusal(list({ ScalableDimension: named.ScalableDimension }))).toBe(
      'ValidationException: ResourceIds must be specified when ScalableDimension is specified',
    )
  })

  test('belongs to its account and region', async () => {
    await bounded()
    const elsewhere = clientOf({ region: 'eu-west-1' })
    const { ScalableTargets } = await elsewhere.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }))
    expect(ScalableTargets).toEqual([])
  })

  test('has tags, which are changed by its ARN alone', async () => {
    const { ScalableTargetARN: ResourceARN } = await register({ MinCapacity: 1, MaxCapacity: 9, Tags: { team: 'api' } })
    const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags
    expect(await refusal(register({ Tags: { team: 'b' } }))).toMatch(
      /^ValidationException: The scalable target that you tried to tag already exists\./,
    )
    await client.send(new TagResourceCommand({ ResourceARN, Tags: { owner: 'ada' } }))
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }))
    expect(await tags()).toEqual({ owner: 'ada' })
    const none = new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}0` })
    expect(await refusal(client.send(none))).toBe('ResourceNotFoundException: Scalable Target not found')
  })

  test('a concurrent update is an error of the server, which the SDK tries again', async () => {
    await bounded()
    const effect = {
      kind: 'error',
      code: 'ConcurrentUpdateException',
      message: 'You already have a pending update to an Application Auto Scaling resource.',
      status: 500,
    } as const
    peer.aws.faults.add({ match: { action: 'RegisterScalableTarget' }, when: 'before', effect })
    expect(await refusal(register({ MaxCapacity: 12 }))).toBe(`ConcurrentUpdateException: ${effect.message}`)
    const { id } = peer.aws.faults.add({ match: { action: 'RegisterScalableTarget' }, when: 'before', effect })
    await clientOf({ maxAttempts: 2 }).send(new RegisterScalableTargetCommand({ ...named, MaxCapacity: 12 }))
    expect([peer.aws.faults.hits(id), (await targets())[0]?.MaxCapacity]).toEqual([1, 12])
  })
})

describe('a scaling policy', () => {
  beforeEach(() => bounded())

  const steps = (StepAdjustments: readonly object[], more: object = {}) => ({
    PolicyType: 'StepScaling' as const,
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments,
      ...more,
    } as PutScalingPolicyCommandInput['StepScalingPolicyConfiguration'],
  })
  const tracking = (more: object) => ({
    PolicyType: 'TargetTrackingScaling' as const,
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, ...cpu, ...more },
  })
  const pair = {
    TargetValue: 60,
    PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' },
  }
  const predictive = (more: object = {}, MetricSpecifications: object[] = [pair]) => ({
    PolicyType: 'PredictiveScaling' as const,
    PredictiveScalingPolicyConfiguration: {
      MetricSpecifications,
      ...more,
    } as PutScalingPolicyCommandInput['PredictiveScalingPolicyConfiguration'],
  })

  test('that tracks a target makes its two alarms', async () => {
    const { PolicyARN, Alarms = [] } = await track({ ScaleOutCooldown: 60 })
    expect(PolicyARN).toMatch(
      new RegExp(
        `^arn:aws:autoscaling:${region}:${account}:scalingPolicy:[-0-9a-f]{36}:resource/ecs/service/web/api:policyName/cpu$`,
      ),
    )
    expect(Alarms.map(({ AlarmName }) => AlarmName?.replace(/[0-9a-f]{8}[-0-9a-f]{28}$/, '…'))).toEqual([
      'TargetTracking-service/web/api-AlarmHigh-…',
      'TargetTracking-service/web/api-AlarmLow-…',
    ])
    expect(await policies({ ResourceId: named.ResourceId })).toMatchObject([
      {
        ...named,
        PolicyARN,
        PolicyName: 'cpu',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 60,
          ScaleOutCooldown: 60,
          DisableScaleIn: false,
          ...cpu,
        },
        Alarms,
      },
    ])
  })

  test('is changed in place, with new alarms; its type stays', async () => {
    const first = await track()
    const second = await track({ TargetValue: 70 })
    expect(second.PolicyARN).toBe(first.PolicyARN)
    expect(peer.aws.autoscaling.alarms()).toHaveLength(2)
    expect(peer.aws.autoscaling.alarms()[0]?.input.Threshold).toBe(70)
    expect(await refusal(putPolicy(steps([{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }])))).toMatch(
      /^ValidationException/,
    )
  })

  test('is deleted with its alarms; what is not there has words of its own', async () => {
    await track()
    const remove = () => client.send(new DeleteScalingPolicyCommand({ ...named, PolicyName: 'cpu' }))
    await remove()
    expect([await policies(), peer.aws.autoscaling.alarms()]).toEqual([[], []])
    expect(await refusal(remove())).toBe(`ObjectNotFoundException: No scaling policy found ${of}, policy name: cpu`)
    expect(await refusal(putPolicy({ ResourceId: 'service/web/other' }))).toBe(
      `ObjectNotFoundException: No scalable target registered ${of.replace('/api', '/other')}`,
    )
  })

  test.each<[string, Partial<PutScalingPolicyCommandInput>, string]>([
    [
      'no configuration',
      { PolicyType: 'TargetTrackingScaling' },
      'TargetTrackingScalingPolicyConfiguration must be specified',
    ],
    ['neither type nor configuration', {}, 'StepScalingPolicyConfiguration must be specified'],
    ['an unknown type', { PolicyType: 'Simple' as PolicyType }, "at 'policyType' failed to satisfy constraint"],
    ['a name too long', { ...tracking({}), PolicyName: 'x'.repeat(257) }, 'length less than or equal to 256'],
    ['no target value', tracking({ TargetValue: 0 }), 'TargetValue must be greater than zero'],
    ['a negative cooldown', tracking({ ScaleInCooldown: -1 }), 'Cooldown cannot be negative'],
    [
      'no metric',
      tracking({ PredefinedMetricSpecification: undefined }),
      'exactly one predefined or customized metric',
    ],
    [
      'an unknown metric',
      tracking({ PredefinedMetricSpecification: { PredefinedMetricType: 'Mood' as MetricType } }),
      "Value 'Mood' at 'targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType' failed to satisfy constraint: Member must satisfy enum value set",
    ],
    [
      'a metric of another service',
      tracking({ PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } }),
      'is not supported for service namespace ecs',
    ],
    [
      'requests without a target group',
      tracking({ PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' } }),
      'resource label',
    ],
    [
      'requests of something else',
      tracking({
        PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: 'net/a/b' },
      }),
      'resource label',
    ],
    ['no steps', steps([]), 'at least one step adjustment'],
    [
      'more than twenty steps',
      steps(
        Array.from({ length: 21 }, (_, n) => ({
          MetricIntervalLowerBound: n,
          ...(n < 20 && { MetricIntervalUpperBound: n + 1 }),
          ScalingAdjustment: 1,
        })),
      ),
      'Cannot exceed 20 step adjustments',
    ],
    [
      'a gap between steps',
      steps([
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 20, ScalingAdjustment: 2 },
      ]),
      'gaps or overlaps',
    ],
    [
      'steps that end',
      steps([{ MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 }]),
      'Positive intervals must extend to a null upper bound',
    ],
    [
      'a magnitude for a plain change',
      steps([{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }], { MinAdjustmentMagnitude: 2 }),
      'PercentChangeInCapacity',
    ],
    ['two metrics to predict', predictive({}, [pair, pair]), 'Exactly one metric specification'],
    ['no metric to predict', predictive({}, [{ TargetValue: 60 }]), 'metric pair'],
    [
      'a metric that is no pair',
      predictive({}, [
        {
          TargetValue: 60,
          PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
      ]),
      'is not a metric pair',
    ],
    [
      'requests to predict without a label',
      predictive({}, [
        { TargetValue: 60, PredefinedMetricPairSpecification: { PredefinedMetricType: 'ALBRequestCount' } },
      ]),
      'resource label',
    ],
    ['a buffer of more than an hour', predictive({ SchedulingBufferTime: 3_601 }), 'less than or equal to 3600'],
    [
      'an unknown mode',
      predictive({ Mode: 'Scale' }),
      'Member must satisfy enum value set: [ForecastOnly, ForecastAndScale]',
    ],
    [
      'a raised maximum without a buffer',
      predictive({ MaxCapacityBreachBehavior: 'IncreaseMaxCapacity' }),
      'MaxCapacityBuffer is required',
    ],
    [
      'a buffer without a raised maximum',
      predictive({ MaxCapacityBuffer: 10 }),
      'MaxCapacityBuffer can only be specified',
    ],
  ])('is refused with %s', async (_, more, words) => {
    const refused = await refusal(putPolicy(more))
    expect(refused).toMatch(/^ValidationException: /)
    expect(refused).toContain(words)
    expect(await policies()).toEqual([])
  })

  test('takes the metrics of twenty seconds, and requests of a target group', async () => {
    const ResourceLabel = 'app/web/50dc6c495c0c9188/targetgroup/api/6d0ecf831eec9f09'
    for (const PredefinedMetricType of ['ECSServiceAverageCPUUtilizationHighResolution', 'ALBRequestCountPerTarget'])
      await putPolicy({
        ...tracking({
          PredefinedMetricSpecification: {
            PredefinedMetricType,
            ...(PredefinedMetricType.startsWith('ALB') && { ResourceLabel }),
          },
        }),
        PolicyName: PredefinedMetricType,
      })
    expect(await policies()).toHaveLength(2)
  })

  test('of fifty a target has enough; they are shown ten at a time', async () => {
    for (let n = 0; n < 50; n += 1)
      await putPolicy({ ...steps([{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }]), PolicyName: `p${n}` })
    const more = putPolicy({ ...steps([{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }]), PolicyName: 'p50' })
    expect(await refusal(more)).toMatch(/^LimitExceededException/)
    const page = await client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', MaxResults: 50 }))
    expect(page.ScalingPolicies).toHaveLength(10)
    expect(page.NextToken).toBeDefined()
    expect(await policies({ PolicyNames: ['p7', 'p8'] })).toHaveLength(2)
  })

  test('that predicts has defaults, and forecasts by the hour', async () => {
    await putPolicy(predictive())
    const [policy] = await policies()
    expect(policy?.PredictiveScalingPolicyConfiguration).toMatchObject({
      Mode: 'ForecastOnly',
      SchedulingBufferTime: 300,
      MaxCapacityBreachBehavior: 'HonorMaxCapacity',
    })
    expect(policy?.Alarms).toEqual([])
    const now = peer.clock.now()
    const forecast = (from: number, to: number, PolicyName = 'cpu') =>
      client.send(
        new GetPredictiveScalingForecastCommand({
          ...named,
          PolicyName,
          StartTime: new Date(now + from),
          EndTime: new Date(now + to),
        }),
      )
    const HOUR = 60 * MINUTE
    const { LoadForecast = [], CapacityForecast, UpdateTime } = await forecast(0, 5 * HOUR)
    expect(CapacityForecast?.Timestamps).toHaveLength(5)
    expect(CapacityForecast?.Values).toHaveLength(5)
    expect(LoadForecast).toMatchObject([{ MetricSpecification: pair }])
    expect(UpdateTime).toBeInstanceOf(Date)
    expect(await forecast(0, 5 * HOUR)).toMatchObject({ CapacityForecast })
    expect((await targets())[0]?.PredictedCapacity).toBeGreaterThan(0)
    expect(await refusal(forecast(0, 31 * 24 * HOUR))).toMatch(/^ValidationException: .*30 days/)
    expect(await refusal(forecast(-366 * 24 * HOUR, -365 * 24 * HOUR))).toMatch(/^ValidationException: .*one year/)
    expect(await refusal(forecast(HOUR, 0))).toMatch(/^ValidationException/)
    expect(await refusal(forecast(0, HOUR, 'none'))).toMatch(/^ValidationException/)
  })
})

describe('a scheduled action', () => {
  beforeEach(() => bounded())

  test('is put, shown, and deleted', async () => {
    await putAction({ Timezone: 'Europe/Berlin' })
    expect(await actions()).toMatchObject([
      {
        ...named,
        ScheduledActionName: 'night',
        ScheduledActionARN: expect.stringMatching(
          /^arn:aws:autoscaling:us-east-1:111122223333:scheduledAction:[-0-9a-f]{36}:resource\/ecs\/service\/web\/api:scheduledActionName\/night$/,
        ),
        Schedule: 'cron(0 20 ? * MON-FRI *)',
        Timezone: 'Europe/Berlin',
        ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 3 },
      },
    ])
    const remove = () => client.send(new DeleteScheduledActionCommand({ ...named, ScheduledActionName: 'night' }))
    await remove()
    expect(await actions()).toEqual([])
    expect(await refusal(remove())).toBe(
      `ObjectNotFoundException: No scheduled action found ${of}, scheduled action name: night`,
    )
  })

  test('put again, it keeps what is not said, but for its start and end', async () => {
    const at = (hours: number) => new Date(Math.floor(peer.clock.now() / 1_000) * 1_000 + hours * 3_600_000)
    await putAction({ Timezone: 'Europe/Berlin', StartTime: at(1), EndTime: at(9) })
    expect((await actions())[0]).toMatchObject({ StartTime: at(1), EndTime: at(9) })
    await putAction({ Schedule: undefined, ScalableTargetAction: { MinCapacity: 5 } })
    const [action] = await actions()
    expect(action).toMatchObject({
      Schedule: 'cron(0 20 ? * MON-FRI *)',
      Timezone: 'Europe/Berlin',
      ScalableTargetAction: { MinCapacity: 5 },
    })
    expect([action?.StartTime, action?.EndTime]).toEqual([undefined, undefined])
  })

  test.each<[string, Partial<PutScheduledActionCommandInput>, string]>([
    ['a colon in its name', { ScheduledActionName: 'a:b' }, 'Member must satisfy regular expression pattern'],
    ['a slash in its name', { ScheduledActionName: 'a/b' }, 'Member must satisfy regular expression pattern'],
    ['a bar in its name', { ScheduledActionName: 'a|b' }, 'Member must satisfy regular expression pattern'],
    ['a space before its name', { ScheduledActionName: ' a' }, 'Member must satisfy regular expression pattern'],
    ['a space after its name', { ScheduledActionName: 'a ' }, 'Member must satisfy regular expression pattern'],
    ['too long a name', { ScheduledActionName: 'a'.repeat(257) }, 'length less than or equal to 256'],
    ['no action', { ScalableTargetAction: undefined }, 'ScalableTargetAction must be set'],
    [
      'an empty action',
      { ScalableTargetAction: {} },
      'At least one of minimum capacity and maximum capacity should be provided',
    ],
    [
      'crossed bounds',
      { ScalableTargetAction: { MinCapacity: 5, MaxCapacity: 4 } },
      'Minimum capacity cannot be greater than maximum capacity',
    ],
    [
      'less than nothing',
      { ScalableTargetAction: { MinCapacity: -1 } },
      'Minimum and maximum capacity must be non-negative',
    ],
    ['no schedule', { Schedule: undefined }, 'schedule'],
    ['a cron of five fields', { Schedule: 'cron(0 20 ? * MON-FRI)' }, 'schedule'],
    ['two kinds of day', { Schedule: 'cron(0 20 1 * MON *)' }, 'schedule'],
    ['a rate of one minutes', { Schedule: 'rate(1 minutes)' }, 'schedule'],
    ['a time with a zone', { Schedule: 'at(2026-11-22T03:00:00Z)' }, 'schedule'],
    ['no such time zone', { Timezone: 'Europe/Nowhere' }, 'Europe/Nowhere'],
    [
      'an end before its start',
      { StartTime: new Date(2_000_000_000_000), EndTime: new Date(1_900_000_000_000) },
      'StartTime must be before EndTime',
    ],
  ])('is refused with %s', async (_, more, words) => {
    const refused = await refusal(putAction(more))
    expect(refused).toMatch(/^ValidationException: /)
    expect(refused).toContain(words)
    expect(await actions()).toEqual([])
  })

  test.skipIf(isQuick)('of two hundred a target has enough', async () => {
    for (let n = 0; n < 200; n += 1) await putAction({ ScheduledActionName: `a${n}`, Schedule: 'rate(1 day)' })
    expect(await refusal(putAction({ ScheduledActionName: 'one-more' }))).toMatch(/^LimitExceededException/)
    expect(await actions()).toHaveLength(50)
  })

  test('moves the bounds when it is due, and the count with them, unless schedules are suspended', async () => {
    await putAction({ Schedule: 'rate(10 minutes)' })
    await register({ SuspendedState: { ScheduledScalingSuspended: true } })
    pass(11 * MINUTE)
    expect((await targets())[0]).toMatchObject({ MinCapacity: 4, MaxCapacity: 10 })
    await register({ SuspendedState: { ScheduledScalingSuspended: false } })
    pass(10 * MINUTE)
    expect((await targets())[0]).toMatchObject({ MinCapacity: 2, MaxCapacity: 3 })
    expect(service.desired).toBe(3)
  })
})

describe('scaling activities', () => {
  test('tell what was scaled, and on request what was not, and why', async () => {
    await bounded()
    await track()
    peer.aws.autoscaling.setLoad(service, 30)
    peer.clock.advance(30 * MINUTE)
    const [done, ...more] = await activities({ ResourceId: named.ResourceId })
    expect(more).toEqual([])
    expect(done).toMatchObject({
      ...named,
      Description: 'Setting desired count to 10.',
      Cause: expect.stringMatching(/^monitor alarm TargetTracking-.* in state ALARM triggered policy cpu$/),
      StatusCode: 'Successful',
      StatusMessage: 'Successfully set desired count to 10. Change successfully fulfilled by ecs.',
      EndTime: expect.any(Date),
    })
    const [first] = await activities({ IncludeNotScaledActivities: true })
    expect(first).toMatchObject({
      Description: 'Attempting to scale due to alarm triggered',
      StatusCode: 'Failed',
      NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10 }],
    })
  })

  test('are forgotten after six weeks', async () => {
    await register({ MinCapacity: 8, MaxCapacity: 10 })
    expect(await activities()).toHaveLength(1)
    peer.clock.advance(42 * 24 * 60 * MINUTE + 1)
    expect(await activities()).toEqual([])
  })
})

describe('IAM', () => {
  const TARGETS = `arn:aws:application-autoscaling:${region}:${account}:scalable-target/`
  const SERVICE = `arn:aws:ecs:${region}:${account}:service/web/api`
  const keys = {
    StringEquals: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
  }
  const asRole = (...statements: readonly object[]) => {
    peer.aws.roles.add({ account, name: 'caller', trustPolicy: policy(), policies: [policy(...statements)] })
    return clientOf({
      credentials: peer.aws.credentials.issue({
        account,
        arn: `arn:aws:sts::${account}:assumed-role/caller/x`,
        roleArn: `arn:aws:iam::${account}:role/caller`,
        userId: 'AROA:x',
      }),
    })
  }

  beforeEach(async () => {
    await peer.aws.close()
    peer = await startPeer({ iam: true })
    client = clientOf()
    service = aService(peer, 'api', { desired: 6, age: 40 })
  })

  test('a first registration needs any target, and the service as well', async () => {
    const first = (by: ApplicationAutoScalingClient) =>
      refusal(by.send(new RegisterScalableTargetCommand({ ...named, MinCapacity: 4, MaxCapacity: 10 })))
    const onAny = allow('application-autoscaling:RegisterScalableTarget', `${TARGETS}*`, keys)
    expect(await first(asRole(onAny))).toContain(`ecs:DescribeServices on resource: ${SERVICE}`)
    expect(await first(asRole(onAny, allow('ecs:DescribeServices')))).toContain(
      `ecs:UpdateService on resource: ${SERVICE}`,
    )
    expect(await first(asRole(allow('ecs:*')))).toContain(
      `application-autoscaling:RegisterScalableTarget on resource: ${TARGETS}*`,
    )
    expect(await first(asRole(onAny, allow(['ecs:DescribeServices', 'ecs:UpdateService'], SERVICE)))).toBe(
      'not refused',
    )
  })

  test('later it is the target by its id that must be allowed, and not the service', async () => {
    const { ScalableTargetARN = '' } = await bounded()
    const again = (resource: string) =>
      refusal(
        asRole(allow('application-autoscaling:*', resource)).send(
          new RegisterScalableTargetCommand({ ...named, MaxCapacity: 9 }),
        ),
      )
    expect(await again(ScalableTargetARN)).toBe('not refused')
    expect(await again(`${TARGETS}service/web/api`)).toContain(
      `application-autoscaling:RegisterScalableTarget on resource: ${ScalableTargetARN} because no identity-based policy`,
    )
    expect(await again(SERVICE)).toMatch(/^AccessDeniedException: /)
  })

  test('who puts a policy that tracks must be allowed its alarms', async () => {
    const { ScalableTargetARN = '' } = await bounded()
    const put = (...statements: readonly object[]) => {
      client = asRole(allow('application-autoscaling:PutScalingPolicy', ScalableTargetARN), ...statements)
      return refusal(track())
    }
    const ALARMS = `arn:aws:cloudwatch:${region}:${account}:alarm:TargetTracking-service/web/api-*`
    expect(await put()).toContain(`cloudwatch:PutMetricAlarm on resource: ${ALARMS}`)
    const on = ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms']
    expect(await put(allow(on, ALARMS))).toBe('not refused')
  })

  test('looking needs to be allowed on everything', async () => {
    const look = (resource: string) =>
      refusal(
        asRole(allow('application-autoscaling:Describe*', resource)).send(
          new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
        ),
      )
    expect(await look(`${TARGETS}*`)).toContain('DescribeScalableTargets on resource: * because')
    expect(await look('*')).toBe('not refused')
  })
})
