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
  /** Tasks of the service with scale-in protection. */
  readonly protectedTasks: (ref: ServiceRef) => Promise<readonly ProtectedTask[]>
  /** The service's scalable target with its policies and schedules; undefined when it has none. */
  readonly autoscaling: (ref: ServiceRef) => Promise<Autoscaling | undefined>
  /** Fargate On-Demand quota and usage of the account and region; undefined where they are not readable. */
  readonly fargate: (ref: ServiceRef) => Promise<FargateRoom | undefined>
  /** Scaling activities, including reasons for not scaling, the newest first, at most ten. */
  readonly scalingActivities: (ref: ServiceRef) => Promise<readonly ScalingActivity[]>
  /** The last call of this action on the service since `since` (ISO 8601), from CloudTrail, minutes late. Never fails. */
  readonly changedAtAws: (
    ref: ServiceRef,
    action: 'RegisterScalableTarget' | 'UpdateService',
    since: string,
  ) => Promise<ChangeAtAws | undefined>
}
