// The state of Application Auto Scaling and CloudWatch: targets with policies, scheduled actions and activities, and
// alarms. Times are epoch milliseconds of world time.

import type {
  NotScaledReason,
  PredictiveScalingPolicyConfiguration,
  ScalableTargetAction,
  StepScalingPolicyConfiguration,
  SuspendedState,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch'
import type { Timer } from '../clock.ts'
import type { Place } from '../place.ts'
import type { Tags } from '../state.ts'
import type { Metric } from './meters.ts'

export type Target = Place & {
  readonly arn: string
  /** The resource id, `service/<cluster>/<service>`. The service itself may have been deleted. */
  readonly resourceId: string
  readonly roleArn: string
  readonly createdAt: number
  min: number
  max: number
  suspended: SuspendedState
  tags: Tags
  /** Policies, keyed by name. */
  readonly policies: Map<string, Policy>
  /** Scheduled actions, keyed by name. */
  readonly scheduled: Map<string, ScheduledAction>
  /** Activities, newest first. */
  activities: Activity[]
}

export type Strategy =
  | { readonly type: 'TargetTrackingScaling'; readonly input: TargetTrackingScalingPolicyConfiguration }
  | { readonly type: 'StepScaling'; readonly input: StepScalingPolicyConfiguration }
  | { readonly type: 'PredictiveScaling'; readonly input: PredictiveScalingPolicyConfiguration }

export type Policy = {
  readonly arn: string
  readonly name: string
  readonly target: Target
  readonly createdAt: number
  strategy: Strategy
  /** The alarms that the target tracking policy created. */
  alarms: readonly Alarm[]
  /** The time of the last scale-out, and the task count before that scale-out. */
  lastOut?: { readonly at: number; readonly from: number }
  lastIn?: number
  /** The timer of a policy that acts on its forecast. */
  timer?: Timer
}

export type Alarm = Place & {
  readonly arn: string
  readonly name: string
  readonly input: PutMetricAlarmInput
  /** The watched metric; undefined if the sandbox does not have the metric. */
  readonly watches?: { readonly resourceId: string; readonly metric: Metric }
  state: StateValue
  stateAt: number
  stateReason: string
  /** The time since which the metric has exceeded the threshold. */
  since?: number
  timer?: Timer
  /** The current period in state ALARM. A new object is created for each period. */
  episode?: Episode
}

type Episode = {
  readonly at: number
  /** The situation in which the policies acted last. The policies do not act again in the same situation. */
  seen?: string
  timer?: Timer
}

export type ScheduledAction = {
  readonly arn: string
  readonly name: string
  readonly target: Target
  readonly createdAt: number
  readonly schedule: string
  readonly timezone?: string
  readonly startAt?: number
  readonly endAt?: number
  readonly action: ScalableTargetAction
  timer?: Timer
}

export type Activity = {
  readonly id: string
  readonly resourceId: string
  readonly description: string
  readonly cause: string
  readonly startAt: number
  endAt?: number
  status: 'Pending' | 'InProgress' | 'Successful' | 'Overridden' | 'Unfulfilled' | 'Failed'
  message?: string
  /** The activity ends when this number of tasks is running. */
  readonly to?: number
  readonly notScaled?: readonly NotScaledReason[]
}
