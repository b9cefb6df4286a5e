// The reads that changes of size and autoscaling need.

import type {
  Autoscaling,
  ChangeAtAws,
  FargateRoom,
  ProtectedTask,
  ScalingActivity,
  ServiceRef,
} from '../../model/ecs.ts'

export type ScalingReads = {
  /** Reads the tasks of the service that have scale-in protection. */
  readonly protectedTasks: (ref: ServiceRef) => Promise<readonly ProtectedTask[]>
  /** Reads the service's scalable target with its policies and schedules; undefined if it has none. */
  readonly autoscaling: (ref: ServiceRef) => Promise<Autoscaling | undefined>
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
