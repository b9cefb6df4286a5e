// The reads that changes of size and autoscaling need.

import type {
  Autoscaling,
  ChangeAtAws,
  FargateRoom,
  ProtectedTask,
  ScalableTarget,
  ScalingActivity,
  ScalingForecast,
  ScalingMetric,
  ScalingPolicy,
  ScheduledBounds,
  ServiceRef,
} from '../../model/ecs.ts'
import type { Sample } from '../../model/picture.ts'

/** A time span, epoch milliseconds. */
export type Span = { readonly from: number; readonly until: number }

export type ScalingReads = {
  /** Reads the tasks of the service that have scale-in protection. */
  readonly protectedTasks: (ref: ServiceRef) => Promise<readonly ProtectedTask[]>
  /** Reads the service's scalable target with its policies and schedules; undefined if it has none. */
  readonly autoscaling: (ref: ServiceRef) => Promise<Autoscaling | undefined>
  /** Reads the service's scalable target; undefined if it has none. */
  readonly scalableTarget: (ref: ServiceRef) => Promise<ScalableTarget | undefined>
  /** Reads the scaling policies of the service's scalable target: AWS allows 50. */
  readonly scalingPolicies: (ref: ServiceRef) => Promise<readonly ScalingPolicy[]>
  /** Reads the scheduled actions of the service's scalable target: AWS allows 200. */
  readonly scheduledActions: (ref: ServiceRef) => Promise<readonly ScheduledBounds[]>
  /** Reads a policy's forecast between two times, epoch milliseconds, at most 30 days apart. */
  readonly forecast: (ref: ServiceRef, policy: string, span: Span) => Promise<ScalingForecast>
  /**
   * Reads the load of the service by the hour: percent of one task over all tasks, or requests a minute. `label`: the resource label
   * of the load balancer's target group, for requests.
   */
  readonly loadByHour: (
    ref: ServiceRef,
    metric: ScalingMetric,
    span: Span,
    label?: string,
  ) => Promise<readonly Sample[]>
  /**
   * Reads the resource labels of up to five target groups, `app/<name>/<id>/targetgroup/<name>/<id>`: one for each Application Load
   * Balancer that uses a group.
   */
  readonly requestLabels: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly string[]>
  /** Reads the Fargate On-Demand quota and usage of the account and region; undefined if they are not readable. */
  readonly fargate: (ref: ServiceRef) => Promise<FargateRoom | undefined>
  /** Reads at most ten scaling activities, newest first, including the reasons for not scaling. */
  readonly scalingActivities: (ref: ServiceRef) => Promise<readonly ScalingActivity[]>
  /**
   * Finds in CloudTrail the last call of this action on the service since `since` (ISO 8601). CloudTrail is some
   * minutes late. Never fails.
   */
  readonly changedAtAws: (
    ref: ServiceRef,
    action: 'RegisterScalableTarget' | 'UpdateService',
    since: string,
  ) => Promise<ChangeAtAws | undefined>
}
