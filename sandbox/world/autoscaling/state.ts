// What Application Auto Scaling and CloudWatch hold: targets with their policies, scheduled actions and activities, and
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
  /** `service/<cluster>/<service>`; the service itself may be gone by now. */
  readonly resourceId: string
  readonly roleArn: string
  readonly createdAt: number
  min: number
  max: number
  suspended: SuspendedState
  tags: Tags
  /** By name. */
  readonly policies: Map<string, Policy>
  /** By name. */
  readonly scheduled: Map<string, ScheduledAction>
  /** Newest first. */
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
  /** Those that target tracking made for itself. */
  alarms: readonly Alarm[]
  /** The last time it scaled out, and from how many: the cooldown counts what that added. */
  lastOut?: { readonly at: number; readonly from: number }
  lastIn?: number
  /** Of a forecast that is acted on. */
  timer?: Timer
}

export type Alarm = Place & {
  readonly arn: string
  readonly name: string
  readonly input: PutMetricAlarmInput
  /** Nothing where it is about a metric that this world does not have. */
  readonly watches?: { readonly resourceId: string; readonly metric: Metric }
  state: StateValue
  stateAt: number
  stateReason: string
  /** Since when its metric has been over the threshold. */
  since?: number
  timer?: Timer
  /** What came of the present stay in ALARM; a new one with each. */
  episode?: Episode
}

type Episode = {
  readonly at: number
  /** The situation when it was last acted on: the same situation again has the same outcome. */
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
  status: 'InProgress' | 'Successful' | 'Overridden' | 'Failed'
  message?: string
  /** The count that it waits for. */
  readonly to?: number
  readonly notScaled?: readonly NotScaledReason[]
}
