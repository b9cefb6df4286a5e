// The AWS calls that change a service's size and autoscaling, as data.

import type { AutoscalingCall, Call } from '../../engine/change/plan.ts'
import type { Bounds, ScalingPolicy, ScheduledBounds, ServiceRef, Suspensions } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

export const setCount = (ref: ServiceRef, desiredCount: number): Call => ({
  service: 'ecs',
  action: 'UpdateService',
  input: { cluster: ref.cluster, service: ref.arn, desiredCount },
  resources: [ref.arn],
  repeatable: true,
})

/** A call about the service's scalable target. `arn`: of the target. */
const onTarget = (
  action: AutoscalingCall['action'],
  { cluster, service }: ServiceRef,
  arn: string,
  more: Call['input'],
): AutoscalingCall => ({
  service: 'application-autoscaling',
  action,
  input: {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
    ...more,
  },
  resources: [arn],
  repeatable: true,
})

/** The RegisterScalableTarget call. It moves the count into the bounds at once, even if only the suspension changes. */
const register = (ref: ServiceRef, arn: string, more: Call['input']): Call =>
  onTarget('RegisterScalableTarget', ref, arn, more)

export const putSchedule = (ref: ServiceRef, targetArn: string, schedule: ScheduledBounds): Call =>
  onTarget('PutScheduledAction', ref, targetArn, {
    ScheduledActionName: schedule.name,
    Schedule: schedule.expression,
    // A rate has no time zone.
    ...(!schedule.expression.startsWith('rate(') && { Timezone: schedule.timezone }),
    ScalableTargetAction: {
      ...(schedule.min !== undefined && { MinCapacity: schedule.min }),
      ...(schedule.max !== undefined && { MaxCapacity: schedule.max }),
    },
  })

/** A second deletion fails, so it must not be repeated. */
export const deleteSchedule = (ref: ServiceRef, targetArn: string, name: string): Call => ({
  ...onTarget('DeleteScheduledAction', ref, targetArn, { ScheduledActionName: name }),
  repeatable: false,
})

/** The beginning of the names of the alarms that AWS makes for target tracking policies. */
const alarmsOf = ({ accountId, arn, region, cluster, service }: ServiceRef): string =>
  `arn:${arn.split(':')[1]}:cloudwatch:${region}:${accountId}:alarm:TargetTracking-service/${cluster}/${service}-`

export const putTracking = (ref: ServiceRef, targetArn: string, name: string, configuration: JsonObject): Call => ({
  ...onTarget('PutScalingPolicy', ref, targetArn, {
    PolicyName: name,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: configuration,
  }),
  alarms: alarmsOf(ref),
})

export const putPredictive = (ref: ServiceRef, targetArn: string, name: string, configuration: JsonObject): Call =>
  onTarget('PutScalingPolicy', ref, targetArn, {
    PolicyName: name,
    PolicyType: 'PredictiveScaling',
    PredictiveScalingPolicyConfiguration: configuration,
  })

/** A second deletion fails, so it must not be repeated. */
export const deletePolicy = (ref: ServiceRef, targetArn: string, { name, kind }: ScalingPolicy): Call => ({
  ...onTarget('DeleteScalingPolicy', ref, targetArn, { PolicyName: name }),
  repeatable: false,
  ...(kind === 'target tracking' && { alarms: alarmsOf(ref) }),
})

export const setBounds = (ref: ServiceRef, targetArn: string, { min, max }: Bounds): Call =>
  register(ref, targetArn, { MinCapacity: min, MaxCapacity: max })

export const setSuspensions = (ref: ServiceRef, targetArn: string, suspended: Suspensions): Call =>
  register(ref, targetArn, {
    SuspendedState: {
      DynamicScalingInSuspended: suspended.in,
      DynamicScalingOutSuspended: suspended.out,
      ScheduledScalingSuspended: suspended.scheduled,
    },
  })

/** The call that sets the bounds of a service in Express Mode, which has its own bounds. */
export const setExpressBounds = (ref: ServiceRef, { min, max }: Bounds): Call => ({
  service: 'ecs',
  action: 'UpdateExpressGatewayService',
  input: { serviceArn: ref.arn, scalingTarget: { minTaskCount: min, maxTaskCount: max } },
  resources: [ref.arn],
  repeatable: true,
})
