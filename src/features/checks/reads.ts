// The reads that checks need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Spot } from '../services/service-index.ts'
import type { ClusterPosture, DefinitionPosture, ImageScan, RunningTask, ServicePosture } from './posture.ts'

export type CheckReads = {
  /** At most 100 clusters of one account and region, in one or two calls. */
  readonly clusterPostures: (
    spot: Spot & { readonly account: string },
    clusters: readonly string[],
  ) => Promise<readonly Omit<ClusterPosture, 'execServices'>[]>
  /** Services of one cluster, ten a call; deleted ones are omitted. */
  readonly servicePostures: (cluster: ServiceRef, services: readonly ServiceRef[]) => Promise<readonly ServicePosture[]>
  readonly definitionPosture: (service: Pick<ServicePosture, 'ref' | 'definition'>) => Promise<DefinitionPosture>
  /** The first 500 running tasks of a cluster, or of one of its services. */
  readonly tasksIn: (
    cluster: ServiceRef,
    service?: string,
  ) => Promise<{ readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }>
  /** ECR's scan of an image. `image`: as in the task. `digest`: of the running image. */
  readonly imageScan: (running: { readonly image: string; readonly digest: string }) => Promise<ImageScan>
  /** Log groups without a retention period, of those given; fifty a call. */
  readonly endlessLogs: (spot: Spot, groups: readonly string[]) => Promise<readonly string[]>
}
