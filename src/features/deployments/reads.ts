// The reads that deployments and rollbacks need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'

export type DeploymentReads = {
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** Reads deployments, newest first. ECS keeps them for 90 days. `most`: at most 20. */
  readonly deployments: (ref: ServiceRef, most: number) => Promise<readonly DeploymentRecord[]>
  /** Reads up to 20 service revisions by their ARNs. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** Reads a task definition by its ARN or by a name such as `orders-api:6`; undefined if it does not exist. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
}
