// The reads that deployments and rollbacks need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'

export type DeploymentReads = {
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** The newest first; ECS keeps deployments for 90 days. `most`: at most 20. */
  readonly deployments: (ref: ServiceRef, most: number) => Promise<readonly DeploymentRecord[]>
  /** Service revisions by ARN, at most 20. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** A task definition by its ARN or a name such as `orders-api:6`; undefined when none exists. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
}
