// What status, tasks and the fleet read of AWS.

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
  /** As `service`, with what only people who look at it want to know. */
  readonly serviceDetail: (ref: ServiceRef) => Promise<ServiceDetail | undefined>
  /** Tasks that are to run, at most 500, in two calls a hundred. */
  readonly runningTasks: (ref: ServiceRef) => Promise<RunningTasks>
  /** Container instances, by ARN: the first hundred. */
  readonly hosts: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly Host[]>
  /** When machine images were made, ISO 8601, by their id; those that are gone are left out. */
  readonly imagesMade: (ref: ServiceRef, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Those of these names that are there. */
  readonly alarms: (ref: ServiceRef, names: readonly string[]) => Promise<readonly AlarmState[]>
  /** Of target groups, by ARN: at most five. */
  readonly targetHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** The same of VPC Lattice's. */
  readonly latticeHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** By ARN, as far as CloudWatch counts their tasks; and what could not be read. */
  readonly counts: (
    refs: readonly ServiceRef[],
    now: string,
  ) => Promise<{ readonly counts: ReadonlyMap<string, Counts>; readonly unread: readonly string[] }>
  /** Through Service Connect, by each of these names. */
  readonly traffic: (ref: ServiceRef, names: readonly string[], now: string) => Promise<readonly Traffic[]>
  /** CPU and memory of the last hours, until `now`. */
  readonly usage: (ref: ServiceRef, now: string) => Promise<Usage>
  /** How an image of ECR is loaded; undefined of others, and of those that are gone. */
  readonly imageLoading: (running: {
    readonly image: string
    readonly digest: string
  }) => Promise<ImageLoading | undefined>
}
