// What changes of size and autoscaling read of AWS.

import type {
  Autoscaling,
  ChangeAtAws,
  FargateRoom,
  ProtectedTask,
  ScalingActivity,
  ServiceRef,
} from '../../model/ecs.ts'

export type ScalingReads = {
  /** Tasks of the service that scale-in may not stop. */
  readonly protectedTasks: (ref: ServiceRef) => Promise<readonly ProtectedTask[]>
  /** The service's scalable target with its policies and schedules; undefined when it has none. */
  readonly autoscaling: (ref: ServiceRef) => Promise<Autoscaling | undefined>
  /** What Fargate on demand has room for in the service's account and region; undefined when nobody may know. */
  readonly fargate: (ref: ServiceRef) => Promise<FargateRoom | undefined>
  /** What autoscaling did, or why it did not, the newest first, at most ten. */
  readonly scalingActivities: (ref: ServiceRef) => Promise<readonly ScalingActivity[]>
  /** Who asked AWS last for this about the service since then, ISO 8601; known some minutes later. Never fails. */
  readonly changedAtAws: (
    ref: ServiceRef,
    action: 'RegisterScalableTarget' | 'UpdateService',
    since: string,
  ) => Promise<ChangeAtAws | undefined>
}
