// The reads that /ecs status, /ecs tasks and /ecs services need.

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

/** The maximum number of stopped tasks that are read. ECS keeps those of the last hour, or somewhat longer. */
export const MOST_STOPPED = 1_000

export type StatusReads = {
  /** Reads the service's tasks that stopped within the last hour, newest first, at most MOST_STOPPED. */
  readonly stoppedTasks: (ref: ServiceRef) => Promise<readonly StoppedTask[]>
  /** Reads the service with the details that /ecs status shows. */
  readonly serviceDetail: (ref: ServiceRef) => Promise<ServiceDetail | undefined>
  /** Reads up to 500 tasks with desired status RUNNING, with two calls for each hundred. */
  readonly runningTasks: (ref: ServiceRef) => Promise<RunningTasks>
  /** Reads container instances by ARN. */
  readonly hosts: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly Host[]>
  /** Reads the creation dates of AMIs, ISO 8601, keyed by AMI id. Deleted AMIs are omitted. */
  readonly imagesMade: (ref: ServiceRef, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Reads alarms by name. Names without an alarm are omitted. */
  readonly alarms: (ref: ServiceRef, names: readonly string[]) => Promise<readonly AlarmState[]>
  /** Reads the health of up to five target groups by ARN. */
  readonly targetHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** Reads the health of up to five VPC Lattice target groups by ARN. */
  readonly latticeHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** Reads task counts, keyed by service ARN, for services that CloudWatch counts. `unread`: failed reads. */
  readonly counts: (
    refs: readonly ServiceRef[],
    now: string,
  ) => Promise<{ readonly counts: ReadonlyMap<string, Counts>; readonly unread: readonly string[] }>
  /** Reads Service Connect traffic for each discovery name. */
  readonly traffic: (ref: ServiceRef, names: readonly string[], now: string) => Promise<readonly Traffic[]>
  /**
   * Reads the requests a minute that Application Load Balancers sent to these target groups, over five minutes.
   * Undefined if no load balancer counts them.
   */
  readonly requests: (ref: ServiceRef, groups: readonly string[], now: string) => Promise<number | undefined>
  /** Reads the names of the services that sent traffic to these Service Connect names in the last hour, sorted. */
  readonly callers: (ref: ServiceRef, names: readonly string[], now: string) => Promise<readonly string[]>
  /**
   * Reads CPU and memory usage of the USAGE_HOURS hours until `now`; or of these minutes until then, with the number of
   * running tasks.
   */
  readonly usage: (ref: ServiceRef, now: string, minutes?: number) => Promise<Usage>
  /** Reads how Fargate loads an ECR image; undefined for other registries and deleted images. */
  readonly imageLoading: (running: {
    readonly image: string
    readonly digest: string
  }) => Promise<ImageLoading | undefined>
}
