// Converts scalable targets, policies, scheduled actions and activities to the format of the API.

import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  ScheduledAction as ScheduledView,
} from '@aws-sdk/client-application-auto-scaling'
import type { Activity, Alarm, Policy, ScheduledAction, Target } from '../../../world/autoscaling/state.ts'
import { DIMENSION } from './find.ts'

const named = (ResourceId: string) => ({ ServiceNamespace: 'ecs', ResourceId, ScalableDimension: DIMENSION }) as const

export const viewTarget = (target: Target, predicted: number | undefined): ScalableTarget => ({
  ...named(target.resourceId),
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: new Date(target.createdAt),
  SuspendedState: target.suspended,
  ScalableTargetARN: target.arn,
  ...(predicted !== undefined && { PredictedCapacity: predicted }),
})

export const viewAlarms = (alarms: readonly Alarm[]) =>
  alarms.map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn }))

const configurationOf = ({ strategy }: Policy) => {
  if (strategy.type === 'TargetTrackingScaling') return { TargetTrackingScalingPolicyConfiguration: strategy.input }
  if (strategy.type === 'StepScaling') return { StepScalingPolicyConfiguration: strategy.input }
  return { PredictiveScalingPolicyConfiguration: strategy.input }
}

/** A policy in the format of the API. `alarms`: the alarms that have the policy among their actions. */
export const viewPolicy = (policy: Policy, alarms: readonly Alarm[]): ScalingPolicy => ({
  ...named(policy.target.resourceId),
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  PolicyType: policy.strategy.type,
  ...configurationOf(policy),
  Alarms: viewAlarms(alarms),
  CreationTime: new Date(policy.createdAt),
})

export const viewScheduled = (action: ScheduledAction): ScheduledView => ({
  ...named(action.target.resourceId),
  ScheduledActionName: action.name,
  ScheduledActionARN: action.arn,
  Schedule: action.schedule,
  ...(action.timezone !== undefined && { Timezone: action.timezone }),
  ...(action.startAt !== undefined && { StartTime: new Date(action.startAt) }),
  ...(action.endAt !== undefined && { EndTime: new Date(action.endAt) }),
  ScalableTargetAction: action.action,
  CreationTime: new Date(action.createdAt),
})

export const viewActivity = (activity: Activity): ScalingActivity => ({
  ...named(activity.resourceId),
  ActivityId: activity.id,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: new Date(activity.startAt),
  ...(activity.endAt !== undefined && { EndTime: new Date(activity.endAt) }),
  StatusCode: activity.status,
  ...(activity.message !== undefined && { StatusMessage: activity.message }),
  ...(activity.notScaled && { NotScaledReasons: [...activity.notScaled] }),
})
