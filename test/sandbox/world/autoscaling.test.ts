import { beforeEach, describe, expect, test } from 'vitest'
import { type Autoscaling, createAutoscaling } from '../../../sandbox/world/autoscaling/autoscaling.ts'
import type { Policy, Strategy, Target } from '../../../sandbox/world/autoscaling/state.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet, type Fleet } from '../../../sandbox/world/fleet.ts'
import { isRunning, type Service } from '../../../sandbox/world/state.ts'
import { aService, place } from '../aws/peer.ts'

const START = Date.parse('2026-11-22T03:00:00Z')
const MINUTE = 60_000

let clock: Clock
let fleet: Fleet
let autoscaling: Autoscaling
let service: Service
let target: Target

const id = 'service/web/api'
const tracking = (more: object = {}): Strategy => ({
  type: 'TargetTrackingScaling',
  input: {
    TargetValue: 60,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    ...more,
  },
})

/** Six tasks between four and ten, at 57 % of CPU. */
const begin = (desired = 6) => {
  clock = new Clock({ start: START, speed: 0 })
  fleet = createFleet({ clock, seed: 7 })
  autoscaling = createAutoscaling(fleet)
  service = aService({ fleet }, 'api', { desired, age: 40 })
  autoscaling.setLoad(service, 3.42)
  target = autoscaling.register(place, id, { min: 4, max: 10 })
}
beforeEach(() => begin())

const running = () => [...service.tasks].filter(isRunning).length
const passing = (ms: number) => {
  clock.advance(ms)
  return [service.desired, running()]
}
const rest = () => {
  for (let n = 0; n < 10_000; n += 1) {
    const next = clock.next()
    if (next === undefined) return [service.desired, running()]
    clock.advanceTo(next)
  }
  throw new Error('it never rests')
}
const activities = () => target.activities.map(({ description, status }) => `${description} ${status}`)
const reasons = () => target.activities.flatMap(({ notScaled = [] }) => notScaled)
const states = (policy: Policy) => policy.alarms.map(({ state }) => state)

describe('target tracking', () => {
  test('in the band nothing is due', () => {
    const policy = autoscaling.putPolicy(target, 'cpu', tracking())
    expect(autoscaling.utilizationOf(service)).toBeCloseTo(57)
    expect(states(policy)).toEqual(['OK', 'OK'])
    expect(clock.next()).toBeUndefined()
  })

  test('three minutes over the target, and it scales out in proportion', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 4.8)
    expect(passing(3 * MINUTE - 1)).toEqual([6, 6])
    expect(passing(1)).toEqual([8, 6])
    expect(activities()).toEqual(['Setting desired count to 8. InProgress'])
    expect(rest()).toEqual([8, 8])
    expect(target.activities[0]).toMatchObject({
      cause: expect.stringMatching(
        /^monitor alarm TargetTracking-service\/web\/api-AlarmHigh-[-\da-f]{36} in state ALARM triggered policy cpu$/,
      ),
      status: 'Successful',
      message: 'Successfully set desired count to 8. Change successfully fulfilled by ecs.',
    })
  })

  test('a quarter of an hour below nine tenths of the target, and it scales in to what is needed', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 2.6)
    expect(passing(15 * MINUTE - 1)).toEqual([6, 6])
    expect(passing(1)).toEqual([5, 6])
    expect(rest()).toEqual([5, 5])
    expect(target.activities[0]?.cause).toMatch(/AlarmLow-.* in state ALARM triggered policy cpu$/)
  })

  test('at its bounds it notes once why it did not scale, and rests', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 50)
    expect(rest()).toEqual([10, 10])
    expect(autoscaling.utilizationOf(service)).toBe(100)
    expect(reasons().filter(({ Code }) => Code !== 'AlreadyAtDesiredCapacity')).toEqual([
      { Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10 },
    ])
    autoscaling.setLoad(service, 0)
    expect(rest()).toEqual([4, 4])
    expect(reasons()[0]).toEqual({ Code: 'AlreadyAtMinCapacity', MinCapacity: 4 })
    expect(target.activities[0]).toMatchObject({
      description: 'Attempting to scale due to alarm triggered',
      status: 'Failed',
    })
  })

  test('it does not scale in where it would have to scale out again', () => {
    begin(4)
    autoscaling.register(place, id, { min: 1 })
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 2)
    expect(rest()).toEqual([4, 4])
    expect(reasons()).toEqual([{ Code: 'AutoScalingAnticipatedFlapping' }])
  })

  test('between two steps it cools down, but for a larger one', () => {
    autoscaling.register(place, id, { max: 40 })
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 4.8)
    passing(3 * MINUTE)
    passing(100_000)
    expect([service.desired, running()]).toEqual([8, 8])
    autoscaling.setLoad(service, 5.3)
    passing(3 * MINUTE)
    expect(service.desired).toBe(8)
    expect(passing(2 * MINUTE)[0]).toBe(9)
    expect(target.activities[0]?.startAt).toBeGreaterThanOrEqual(START + 8 * MINUTE)
  })

  test('scaled in, it rests before it does so again', () => {
    autoscaling.putPolicy(target, 'cpu', tracking({ ScaleInCooldown: 1_800 }))
    autoscaling.setLoad(service, 2.6)
    passing(16 * MINUTE)
    expect(service.desired).toBe(5)
    autoscaling.setLoad(service, 2)
    expect(passing(28 * MINUTE)).toEqual([5, 5])
    expect(passing(2 * MINUTE)[0]).toBe(4)
  })

  test('without scale-in it only ever grows', () => {
    autoscaling.putPolicy(target, 'cpu', tracking({ DisableScaleIn: true }))
    autoscaling.setLoad(service, 1)
    expect(rest()).toEqual([6, 6])
    expect(target.activities).toEqual([])
  })

  test('a deployment keeps it from scaling in, and not from scaling out', () => {
    const spec = service.deployments[0]?.revision.spec
    if (!spec) throw new Error('no deployment')
    autoscaling.putPolicy(target, 'cpu', tracking())
    fleet.knobs.failService(service.arn, 'exit1')
    fleet.deploy(service, spec)
    autoscaling.setLoad(service, 2.6)
    expect(passing(20 * MINUTE)).toEqual([6, 6])
    expect(reasons()).toEqual([{ Code: 'TargetServicePutResourceAsUnscalable' }])
    fleet.knobs.healService(service.arn)
    expect(rest()).toEqual([5, 5])
    fleet.deploy(service, spec)
    autoscaling.setLoad(service, 5.4)
    passing(4 * MINUTE)
    expect(service.desired).toBe(9)
  })

  test('it counts from the tasks that run, not from those desired', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    fleet.knobs.failService(service.arn, 'capacity')
    service.desired = 9
    fleet.touch(service)
    autoscaling.setLoad(service, 4.8)
    expect(passing(4 * MINUTE)).toEqual([9, 6])
    expect(reasons()).toEqual([{ Code: 'AlreadyAtDesiredCapacity' }])
  })

  test('where nothing runs there is nothing to measure', () => {
    autoscaling.register(place, id, { min: 0 })
    const policy = autoscaling.putPolicy(target, 'cpu', tracking())
    service.desired = 0
    fleet.touch(service)
    expect(rest()).toEqual([0, 0])
    autoscaling.setLoad(service, 9)
    expect(states(policy)).toEqual(['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'])
    expect(rest()).toEqual([0, 0])
  })
})

describe('outside the bounds', () => {
  const byHand = (count: number) => {
    service.desired = count
    fleet.touch(service)
    return rest()
  }

  test('more than the maximum stays until a scale-in drops to it', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 7)
    expect(byHand(12)).toEqual([12, 12])
    autoscaling.setLoad(service, 30)
    expect(rest()).toEqual([12, 12])
    expect(reasons()).toEqual([{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10 }])
    autoscaling.setLoad(service, 3)
    expect(passing(15 * MINUTE)[0]).toBe(10)
    expect(rest()).toEqual([5, 5])
  })

  test('less than the minimum stays until a scale-out lifts to it, and goes on from there', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 0.5)
    expect(byHand(2)).toEqual([2, 2])
    expect(reasons()[0]).toEqual({ Code: 'AlreadyAtMinCapacity', MinCapacity: 4 })
    autoscaling.setLoad(service, 3.5)
    expect(passing(3 * MINUTE)[0]).toBe(4)
    expect(rest()).toEqual([6, 6])
  })

  test('every registration pulls the count into them, whatever it says', () => {
    expect(byHand(12)).toEqual([12, 12])
    autoscaling.register(place, id, {
      suspended: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true, ScheduledScalingSuspended: true },
    })
    expect(service.desired).toBe(10)
    expect(target.activities[0]?.cause).toBe('maximum capacity was set to 10')
    byHand(1)
    autoscaling.register(place, id, { suspended: {} })
    expect(service.desired).toBe(4)
    expect(target.activities[0]?.cause).toBe('minimum capacity was set to 4')
    expect(target.suspended.ScheduledScalingSuspended).toBe(true)
  })
})

describe('suspended', () => {
  test.each([
    ['out', { DynamicScalingOutSuspended: true }, 4.8, 8],
    ['in', { DynamicScalingInSuspended: true }, 2.6, 5],
  ] as const)('scaling %s does not happen, is not spoken of, and is made up for later', (_, suspended, load, then) => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.register(place, id, { suspended })
    autoscaling.setLoad(service, load)
    expect(rest()).toEqual([6, 6])
    expect(target.activities).toEqual([])
    autoscaling.register(place, id, {
      suspended: { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false },
    })
    expect(rest()).toEqual([then, then])
  })

  test('in one direction, the other goes on', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.register(place, id, { suspended: { DynamicScalingInSuspended: true } })
    autoscaling.setLoad(service, 4.8)
    expect(rest()).toEqual([8, 8])
    autoscaling.setLoad(service, 1)
    expect(rest()).toEqual([8, 8])
  })
})

describe('several policies', () => {
  const memory = tracking({
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
    TargetValue: 60,
  })

  test('the largest capacity wins', () => {
    autoscaling.putPolicy(target, 'memory', memory)
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.setLoad(service, 5.3)
    expect(rest()).toEqual([9, 9])
  })

  test('it scales in only when all that track are ready to', () => {
    autoscaling.putPolicy(target, 'cpu', tracking())
    autoscaling.putPolicy(target, 'memory', { ...memory, input: { ...memory.input, TargetValue: 30 } } as Strategy)
    autoscaling.setLoad(service, 2.1)
    expect(rest()).toEqual([6, 6])
    autoscaling.setLoad(service, 1.6)
    expect(rest()).toEqual([5, 5])
  })
})

describe('steps', () => {
  const step = (more: object = {}): Strategy => ({
    type: 'StepScaling',
    input: {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 15, ScalingAdjustment: 1 },
        { MetricIntervalLowerBound: 15, ScalingAdjustment: 3 },
      ],
      ...more,
    },
  })
  const withAlarm = (strategy: Strategy, Threshold = 70) => {
    const policy = autoscaling.putPolicy(target, 'steps', strategy)
    return autoscaling.putAlarm(place, {
      AlarmName: 'api-cpu',
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: 'web' },
        { Name: 'ServiceName', Value: 'api' },
      ],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [policy.arn],
    })
  }

  test.each([
    ['a small breach', step(), 4.5, 7],
    ['a large one', step(), 5.2, 9],
    ['a percentage', step({ AdjustmentType: 'PercentChangeInCapacity' }), 4.5, 7],
    ['at least so many', step({ AdjustmentType: 'PercentChangeInCapacity', MinAdjustmentMagnitude: 2 }), 4.5, 8],
    [
      'an exact count',
      step({
        AdjustmentType: 'ExactCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 10 }],
      }),
      4.5,
      10,
    ],
    ['no step for it', step({ StepAdjustments: [{ MetricIntervalLowerBound: 20, ScalingAdjustment: 3 }] }), 4.5, 6],
  ] as const)('%s', (_, strategy, load, then) => {
    const alarm = withAlarm(strategy)
    autoscaling.setLoad(service, load)
    expect(passing(2 * MINUTE - 1)[0]).toBe(6)
    expect(passing(1)[0]).toBe(then)
    expect(alarm.state).toBe('ALARM')
  })

  test('an alarm that goes on is acted on again once it cooled down', () => {
    withAlarm(step())
    autoscaling.setLoad(service, 5.4)
    expect(passing(2 * MINUTE)[0]).toBe(9)
    autoscaling.setLoad(service, 7)
    expect(passing(4 * MINUTE)[0]).toBe(9)
    expect(passing(2 * MINUTE)[0]).toBe(10)
  })
})

describe('predictive scaling', () => {
  const predictive = (more: object = {}): Strategy => ({
    type: 'PredictiveScaling',
    input: {
      MetricSpecifications: [
        {
          TargetValue: 60,
          PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' },
        },
      ],
      Mode: 'ForecastAndScale',
      SchedulingBufferTime: 300,
      MaxCapacityBreachBehavior: 'HonorMaxCapacity',
      ...more,
    },
  })
  const HOUR = 60 * MINUTE

  test('raises ahead of the hour, and never lowers', () => {
    autoscaling.putPolicy(target, 'ahead', predictive())
    expect(passing(8 * HOUR - 5 * MINUTE - 1)[0]).toBe(6)
    expect(passing(1)[0]).toBe(7)
    expect(passing(24 * HOUR)[0]).toBe(7)
    expect(target.activities.map(({ cause }) => cause)).toEqual(['predictive scaling policy ahead was triggered'])
  })

  test('forecasts only, it moves nothing, and nothing is due', () => {
    const policy = autoscaling.putPolicy(target, 'ahead', predictive({ Mode: 'ForecastOnly' }))
    expect(clock.next()).toBeUndefined()
    expect(autoscaling.predictedFor(target)).toBe(3)
    const { timestamps, capacity, load } = autoscaling.forecastOf(policy, START, START + 3 * 24 * HOUR)
    expect(timestamps).toHaveLength(48)
    expect([Math.min(...capacity), Math.max(...capacity)]).toEqual([3, 7])
    expect(load[11]).toBeCloseTo(410.4)
  })

  test('may raise the maximum, for good', () => {
    autoscaling.register(place, id, { max: 6 })
    autoscaling.putPolicy(
      target,
      'ahead',
      predictive({ MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: 10 }),
    )
    passing(30 * HOUR)
    expect([service.desired, target.max]).toEqual([7, 8])
  })

  test('without a day of history there is no forecast', () => {
    const young = aService({ fleet }, 'young')
    const other = autoscaling.register(place, 'service/web/young', { min: 1, max: 9 })
    const policy = autoscaling.putPolicy(other, 'ahead', predictive({ Mode: 'ForecastOnly' }))
    expect(autoscaling.forecastOf(policy, START, START + HOUR).capacity).toEqual([])
    expect(young.desired).toBe(2)
  })
})

describe('schedules', () => {
  const put = (schedule: string, action: object, more: object = {}) =>
    autoscaling.putScheduled(target, { name: 'night', schedule, action, ...more })

  test('one moves the bounds, and the count into them; then nothing is due', () => {
    put('at(2026-11-22T03:10:00)', { MinCapacity: 8, MaxCapacity: 12 })
    expect(rest()).toEqual([8, 8])
    expect([target.min, target.max]).toEqual([8, 12])
    expect(target.activities.toReversed()).toMatchObject([
      {
        description: 'Setting min capacity to 8 and max capacity to 12',
        cause: 'scheduled action name night was triggered',
        startAt: START + 10 * MINUTE,
      },
      { description: 'Setting desired count to 8.', cause: 'minimum capacity was set to 8', status: 'Successful' },
    ])
  })

  test('suspended, it does nothing', () => {
    autoscaling.register(place, id, { suspended: { ScheduledScalingSuspended: true } })
    put('at(2026-11-22T03:10:00)', { MinCapacity: 8 })
    expect(rest()).toEqual([6, 6])
    expect(target.min).toBe(4)
  })

  test('a recurring one recurs, in its time zone, until its end', () => {
    put('cron(0 9 ? * MON-FRI *)', { MinCapacity: 7 }, { timezone: 'Europe/Berlin', endAt: START + 48 * 3_600_000 })
    passing(20 * 3_600_000)
    expect(target.min).toBe(4)
    passing(Date.parse('2026-11-23T08:00:00Z') - clock.now())
    expect(target.min).toBe(7)
    expect(rest()).toEqual([7, 7])
  })

  test('put again, it replaces what was there', () => {
    put('rate(5 minutes)', { MaxCapacity: 5 })
    const again = put('rate(1 hour)', { MaxCapacity: 8 })
    passing(59 * MINUTE)
    expect(target.max).toBe(10)
    passing(MINUTE)
    expect(target.max).toBe(8)
    autoscaling.removeScheduled(again)
    expect(rest()).toEqual([6, 6])
  })
})

test('deregistered, it leaves neither alarms nor timers', () => {
  autoscaling.putPolicy(target, 'cpu', tracking())
  autoscaling.putScheduled(target, { name: 'night', schedule: 'rate(1 day)', action: { MinCapacity: 1 } })
  autoscaling.setLoad(service, 9)
  autoscaling.deregister(target)
  expect(autoscaling.alarms()).toEqual([])
  expect(clock.next()).toBeUndefined()
  expect(autoscaling.targetOf(service)).toBeUndefined()
})

test('a service that is deleted takes its target with it', () => {
  service.status = 'DRAINING'
  service.desired = 0
  fleet.touch(service)
  rest()
  expect(autoscaling.targets()).toEqual([])
})

test('what a person sets meanwhile overrides what was under way', () => {
  autoscaling.putPolicy(target, 'cpu', tracking())
  autoscaling.setLoad(service, 4.8)
  passing(3 * MINUTE)
  service.desired = 9
  fleet.touch(service)
  passing(2_000)
  expect(target.activities[0]).toMatchObject({ status: 'Overridden' })
})

test('EventBridge is told of counts that autoscaling sets', () => {
  const told: unknown[] = []
  fleet.onEvent(({ detail }) => told.push(detail['eventName']))
  autoscaling.register(place, id, { min: 7 })
  expect(told).toEqual(['SERVICE_DESIRED_COUNT_UPDATED'])
})
