// The simulated Application Auto Scaling: targets, policies, schedules, and the load that causes scaling. There is no
// polling, and a metric within its normal range sets no timer.

import type { SuspendedState } from '@aws-sdk/client-application-auto-scaling'
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import type { Fleet } from '../fleet.ts'
import type { Place } from '../place.ts'
import { createRandom } from '../random.ts'
import type { Service, Tags } from '../state.ts'
import { actAgainAfterChange, ring } from './acting.ts'
import { moveIntoBounds, settleActivities } from './activities.ts'
import { become, createAlarm, removeAlarm, reviewAlarm } from './alarms.ts'
import { keyOf, resourceIdOf, type Scaling, serviceAt, uuid } from './context.ts'
import { armForecast, capacityAhead, type Forecast, forecastOf } from './forecast.ts'
import { createMeters, type Metric } from './meters.ts'
import { armScheduled, type NewScheduled, putScheduled } from './scheduled.ts'
import type { Alarm, Policy, ScheduledAction, Strategy, Target } from './state.ts'
import { trackingAlarms } from './tracking.ts'

export type Registration = {
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly suspended?: SuspendedState | undefined
  readonly roleArn?: string | undefined
  readonly tags?: Tags | undefined
}

const awake: SuspendedState = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
}

const serviceRole = (account: string) =>
  `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`

export type Autoscaling = ReturnType<typeof createAutoscaling>

const createTarget = (scaling: Scaling, place: Place, resourceId: string, { roleArn, tags }: Registration): Target => {
  const { account, region } = place
  return {
    account,
    region,
    // The id in the ARN does not contain the name of the resource.
    arn: `arn:aws:application-autoscaling:${region}:${account}:scalable-target/0ec5${scaling.random.hex(32)}`,
    resourceId,
    roleArn: roleArn ?? serviceRole(account),
    createdAt: scaling.fleet.clock.now(),
    min: 0,
    max: 0,
    suspended: awake,
    tags: tags ?? {},
    policies: new Map(),
    scheduled: new Map(),
    activities: [],
  }
}

const removePolicy = (scaling: Scaling, policy: Policy): void => {
  policy.timer?.cancel()
  for (const alarm of policy.alarms) removeAlarm(scaling, alarm)
  policy.target.policies.delete(policy.name)
}

const removeScheduled = (action: ScheduledAction): void => {
  action.timer?.cancel()
  action.target.scheduled.delete(action.name)
}

const alarmsOn = ({ alarms }: Scaling, { account, region }: Place, resourceId: string): readonly Alarm[] =>
  [...alarms.values()].filter(
    alarm => alarm.account === account && alarm.region === region && alarm.watches?.resourceId === resourceId,
  )

/**
 * Evaluates a service after a change of the service, its load or its target. If a service is deleted, its target is
 * deleted too, with its policies and actions. Source: seen by users of AWS (github.com/eagletmt/hako, pull request 69;
 * github.com/hashicorp/terraform-provider-aws, issue 10432).
 */
const review = (scaling: Scaling, place: Place, resourceId: string): void => {
  const target = scaling.targets.get(keyOf(place, resourceId))
  const service = serviceAt(scaling, place, resourceId)
  if (target && service?.status !== 'ACTIVE') deregister(scaling, target)
  if (service) scaling.meters.record(service)
  if (service && target) settleActivities(scaling, target, service)
  const alarms = alarmsOn(scaling, place, resourceId)
  for (const alarm of alarms) reviewAlarm(scaling, alarm, ringing => ring(scaling, ringing))
  for (const alarm of alarms) actAgainAfterChange(scaling, alarm)
}

const putPolicy = (scaling: Scaling, target: Target, name: string, strategy: Strategy): Policy => {
  const before = target.policies.get(name)
  for (const alarm of before?.alarms ?? []) removeAlarm(scaling, alarm)
  const { account, region, resourceId } = target
  const policy: Policy = before ?? {
    arn: `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${uuid(scaling)}:resource/ecs/${resourceId}:policyName/${name}`,
    name,
    target,
    createdAt: scaling.fleet.clock.now(),
    strategy,
    alarms: [],
  }
  policy.strategy = strategy
  policy.alarms = trackingAlarms(scaling, policy)
  target.policies.set(name, policy)
  armForecast(scaling, policy)
  review(scaling, target, resourceId)
  return policy
}

const register = (scaling: Scaling, place: Place, resourceId: string, request: Registration): Target => {
  const key = keyOf(place, resourceId)
  const target = scaling.targets.get(key) ?? createTarget(scaling, place, resourceId, request)
  scaling.targets.set(key, target)
  target.min = request.min ?? target.min
  target.max = request.max ?? target.max
  target.suspended = { ...target.suspended, ...request.suspended }
  moveIntoBounds(scaling, target)
  review(scaling, place, resourceId)
  return target
}

const deregister = (scaling: Scaling, target: Target): void => {
  for (const policy of [...target.policies.values()]) removePolicy(scaling, policy)
  for (const action of [...target.scheduled.values()]) removeScheduled(action)
  scaling.targets.delete(keyOf(target, target.resourceId))
}

export const createAutoscaling = (fleet: Fleet) => {
  const scaling: Scaling = {
    fleet,
    random: createRandom(2_016),
    meters: createMeters(fleet.clock),
    targets: new Map(),
    alarms: new Map(),
  }
  const { meters } = scaling
  const reviewService = (service: Service) => review(scaling, service.cluster, resourceIdOf(service))
  fleet.onChange(reviewService)

  return {
    now: (): number => fleet.clock.now(),
    /** Sets the load of a service, in numbers of fully busy tasks: CPU is `100 × load / running`, at most 100 %. */
    setLoad: (service: Service, load: number): void => {
      meters.setLoad(service, load)
      reviewService(service)
    },
    /** Sets the earlier load of a service that has always run its current number of tasks. */
    setHistory: (service: Service, history: readonly { readonly at: number; readonly load: number }[]): void => {
      meters.setHistory(service, history)
      reviewService(service)
    },
    loadOf: (service: Service): number | undefined => meters.loadOf(service),
    /** The current value of a service's metric; undefined without datapoints. */
    utilizationOf: (service: Service, metric: Metric = 'cpu'): number | undefined => meters.valueOf(service, metric),
    averageOf: (service: Service, metric: Metric, from: number, to: number): number | undefined =>
      meters.average(service, metric, from, to),
    /** The average of a metric's sum over all tasks. */
    totalOf: (service: Service, metric: Metric, from: number, to: number): number | undefined =>
      meters.total(service, metric, from, to),

    targetOf: (service: Service): Target | undefined =>
      scaling.targets.get(keyOf(service.cluster, resourceIdOf(service))),
    targetAt: (place: Place, resourceId: string): Target | undefined => scaling.targets.get(keyOf(place, resourceId)),
    targets: (): readonly Target[] => [...scaling.targets.values()],
    serviceAt: (place: Place, resourceId: string): Service | undefined => serviceAt(scaling, place, resourceId),

    servicesIn: (place: Place): readonly Service[] =>
      [...fleet.site(place).clusters.values()].flatMap(({ services }) => [...services.values()]),

    /** Registers a target, or updates an existing target. In both cases the desired count is moved into the bounds. */
    register: (place: Place, resourceId: string, request: Registration): Target =>
      register(scaling, place, resourceId, request),
    /** Deletes a target, its policies, their alarms and its scheduled actions. */
    deregister: (target: Target): void => deregister(scaling, target),

    putPolicy: (target: Target, name: string, strategy: Strategy): Policy => putPolicy(scaling, target, name, strategy),
    removePolicy: (policy: Policy): void => removePolicy(scaling, policy),
    forecastOf: (policy: Policy, from: number, to: number): Forecast => forecastOf(scaling, policy, from, to),
    /** The capacity that the predictive policies of a target forecast. */
    predictedFor: (target: Target): number | undefined => {
      const service = serviceAt(scaling, target, target.resourceId)
      const predictive = [...target.policies.values()].filter(({ strategy }) => strategy.type === 'PredictiveScaling')
      if (!service || predictive.length === 0) return undefined
      return Math.max(...predictive.map(policy => capacityAhead(scaling, policy, service)))
    },

    putScheduled: (target: Target, request: NewScheduled): ScheduledAction => {
      const action = putScheduled(scaling, target, request)
      armScheduled(scaling, action, () => review(scaling, target, target.resourceId))
      return action
    },
    removeScheduled,

    putAlarm: (place: Place, input: PutMetricAlarmInput): Alarm => {
      const alarm = createAlarm(scaling, place, input)
      if (alarm.watches) review(scaling, place, alarm.watches.resourceId)
      return alarm
    },
    removeAlarm: (alarm: Alarm): void => removeAlarm(scaling, alarm),
    /** Sets the state of an alarm. If the sandbox has the alarm's metric, the next review sets the state by that metric. */
    setAlarmState: (alarm: Alarm, state: Alarm['state'], reason: string): void => become(scaling, alarm, state, reason),
    alarms: (): readonly Alarm[] => [...scaling.alarms.values()],
  }
}
