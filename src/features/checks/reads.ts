// What the checks read of AWS.

import type { ServiceRef } from '../../model/ecs.ts'
import type { Spot } from '../services/service-index.ts'
import type { ClusterPosture, DefinitionPosture, ImageScan, RunningTask, ServicePosture } from './posture.ts'

export type CheckReads = {
  /** At most a hundred clusters of one account and region, in one or two calls. */
  readonly clusterPostures: (
    spot: Spot & { readonly account: string },
    clusters: readonly string[],
  ) => Promise<readonly Omit<ClusterPosture, 'execServices'>[]>
  /** Services of one cluster, ten a call; those that are gone are left out. */
  readonly servicePostures: (cluster: ServiceRef, services: readonly ServiceRef[]) => Promise<readonly ServicePosture[]>
  readonly definitionPosture: (service: Pick<ServicePosture, 'ref' | 'definition'>) => Promise<DefinitionPosture>
  /** Of a whole cluster, or of one service in it: the first 500. */
  readonly tasksIn: (
    cluster: ServiceRef,
    service?: string,
  ) => Promise<{ readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }>
  /** What ECR's scan found in an image; `image` as the task names it, `digest` what runs. */
  readonly imageScan: (running: { readonly image: string; readonly digest: string }) => Promise<ImageScan>
  /** Those of these log groups that keep everything for good, fifty a call. */
  readonly endlessLogs: (spot: Spot, groups: readonly string[]) => Promise<readonly string[]>
}
