// The reads that checks need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Spot } from '../services/service-index.ts'
import type { ClusterPosture, DefinitionPosture, ImageScan, RunningTask, ServicePosture } from './posture.ts'

export type CheckReads = {
  /** Reads up to 100 clusters of one account and region in one or two calls. */
  readonly clusterPostures: (
    spot: Spot & { readonly account: string },
    clusters: readonly string[],
  ) => Promise<readonly Omit<ClusterPosture, 'execServices'>[]>
  /** Reads services of one cluster, ten per call. Deleted services are omitted. */
  readonly servicePostures: (cluster: ServiceRef, services: readonly ServiceRef[]) => Promise<readonly ServicePosture[]>
  readonly definitionPosture: (service: Pick<ServicePosture, 'ref' | 'definition'>) => Promise<DefinitionPosture>
  /** Reads the first 500 running tasks of a cluster, or of one of its services. */
  readonly tasksIn: (
    cluster: ServiceRef,
    service?: string,
  ) => Promise<{ readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }>
  /**
   * Reads ECR's scan of an image. `image`: the image as the task names it. `digest`: the digest of the running image.
   */
  readonly imageScan: (running: { readonly image: string; readonly digest: string }) => Promise<ImageScan>
  /** Returns those of the given log groups that have no retention period. Reads fifty groups per call. */
  readonly endlessLogs: (spot: Spot, groups: readonly string[]) => Promise<readonly string[]>
}
