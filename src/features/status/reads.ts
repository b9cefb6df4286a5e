// The reads that status, tasks and the fleet need.

import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import type {
  AlarmState,
  Host,
  RunningTasks,
  ServiceDetail,
  TargetHealth,
  Traffic,
} from '../../model/service-detail.ts'
import type { ImageLoading } from './image-loading.ts'
import type { Usage } from './usage.ts'

export type Counts = { readonly running: number; readonly desired: number; readonly at: string }

export type StatusReads = {
  /** Tasks of the service that stopped within the last hour, the newest first, at most 100. */
  readonly stoppedTasks: (ref: ServiceRef) => Promise<readonly StoppedTask[]>
  /** The service with the details that status shows. */
  readonly serviceDetail: (ref: ServiceRef) => Promise<ServiceDetail | undefined>
  /** Tasks with desired status RUNNING, at most 500; two calls for each hundred. */
  readonly runningTasks: (ref: ServiceRef) => Promise<RunningTasks>
  /** Container instances, by ARN: the first hundred. */
  readonly hosts: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly Host[]>
  /** Creation dates of AMIs, ISO 8601, by id; deleted ones are omitted. */
  readonly imagesMade: (ref: ServiceRef, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Alarms by name; names without an alarm are omitted. */
  readonly alarms: (ref: ServiceRef, names: readonly string[]) => Promise<readonly AlarmState[]>
  /** Target groups by ARN, at most five. */
  readonly targetHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** VPC Lattice target groups by ARN, at most five. */
  readonly latticeHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** Task counts by service ARN, for services that CloudWatch counts; `unread`: failed reads. */
  readonly counts: (
    refs: readonly ServiceRef[],
    now: string,
  ) => Promise<{ readonly counts: ReadonlyMap<string, Counts>; readonly unread: readonly string[] }>
  /** Service Connect traffic for each discovery name. */
  readonly traffic: (ref: ServiceRef, names: readonly string[], now: string) => Promise<readonly Traffic[]>
  /** CPU and memory of the last USAGE_HOURS hours, until `now`. */
  readonly usage: (ref: ServiceRef, now: string) => Promise<Usage>
  /** How Fargate loads an ECR image; undefined for other registries and deleted images. */
  readonly imageLoading: (running: {
    readonly image: string
    readonly digest: string
  }) => Promise<ImageLoading | undefined>
}
