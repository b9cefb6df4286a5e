// The reads that deployments and rollbacks need.

import type { ServiceRef } from '../../model/ecs.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'

export type DeploymentReads = {
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** The newest first; ECS keeps deployments for 90 days. `most`: at most 100. `before`: only older ones; ISO 8601. */
  readonly deployments: (ref: ServiceRef, most: number, before?: string) => Promise<readonly DeploymentRecord[]>
  /** Service revisions by ARN. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** Reads a task definition by its ARN or by a name such as `orders-api:6`; undefined if it does not exist. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
  /** The digest that an image's tag has now in Amazon ECR; undefined where it is not readable. */
  readonly digestOf: (image: string) => Promise<string | undefined>
}
