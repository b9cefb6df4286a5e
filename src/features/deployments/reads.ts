// What deployments and rollbacks read of AWS.

import type { ServiceRef } from '../../model/ecs.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'

export type DeploymentReads = {
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** The newest first; ECS keeps 90 days. `most`: at most 20. */
  readonly deployments: (ref: ServiceRef, most: number) => Promise<readonly DeploymentRecord[]>
  /** At most 20. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** A task definition by its ARN, or by `orders-api:6`; undefined when there is none. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
}
