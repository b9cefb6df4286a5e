// The reads that deployments and rollbacks need.

import type { Registration } from '../../engine/change/plan.ts'
import type { CallerAtAws, ServiceRef } from '../../model/ecs.ts'
import type {
  DefinitionBase,
  DeploymentRecord,
  ImageFacts,
  ServiceRevision,
  TaskDefinition,
} from '../../model/service-detail.ts'

/** Which of some things AWS does not have, and which could not be looked for. */
export type Presence = { readonly missing: readonly string[]; readonly unread: readonly string[] }

export type DeploymentReads = {
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** The newest first; ECS keeps deployments for 90 days. `most`: at most 100. `before`: only older ones; ISO 8601. */
  readonly deployments: (ref: ServiceRef, most: number, before?: string) => Promise<readonly DeploymentRecord[]>
  /** Service revisions by ARN. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** Reads a task definition by its ARN or by a name such as `orders-api:6`; undefined if it does not exist. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
  /** As `definition`, with what a new revision of it needs. */
  readonly definitionBase: (ref: ServiceRef, name: string) => Promise<DefinitionBase | undefined>
  /** The highest number of an active revision of a family; 0 if it has none. */
  readonly newestRevision: (ref: ServiceRef, family: string) => Promise<number>
  /**
   * The ARN of the active revision with a number above `after` that is what this registration registers; false if there
   * is no revision above `after`.
   */
  readonly registered: (
    ref: ServiceRef,
    registration: Registration,
    after: number,
  ) => Promise<{ readonly registered: string } | false | 'unknown'>
  /** Whether roles (by ARN), secrets and parameters (by ARN or name) and log groups exist. They never fail. */
  readonly rolesThere: (ref: ServiceRef, roles: readonly string[]) => Promise<Presence>
  readonly secretsThere: (ref: ServiceRef, secrets: readonly string[]) => Promise<Presence>
  readonly logGroupsThere: (ref: ServiceRef, groups: DefinitionBase['logGroups']) => Promise<Presence>
  /** An image of ECR by its tag or digest; `missing` where ECR does not have it, undefined where it is not readable. */
  readonly imageFacts: (image: string) => Promise<ImageFacts | 'missing' | undefined>
  /** The tags of a task definition. */
  readonly definitionTags: (ref: ServiceRef, arn: string) => Promise<Readonly<Record<string, string>>>
  /**
   * Who called UpdateService or CreateService for this service between two times (ISO 8601), the newest first, from
   * CloudTrail, which knows it some minutes later. Calls that only set the count are left out. `mayBeCreation`: CreateService
   * is looked up, too; CloudTrail answers two look-ups a second. Undefined where CloudTrail does not answer.
   */
  readonly deployCalls: (
    ref: ServiceRef,
    from: string,
    until: string,
    mayBeCreation: boolean,
  ) => Promise<readonly CallerAtAws[] | undefined>
  /**
   * Who called RegisterTaskDefinition for this revision, from CloudTrail, as above. `at`: when ECS says that it was registered;
   * ISO 8601.
   */
  readonly registerCalls: (ref: ServiceRef, arn: string, at: string) => Promise<readonly CallerAtAws[] | undefined>
  /** The digest that an image's tag has now in Amazon ECR; undefined where it is not readable. */
  readonly digestOf: (image: string) => Promise<string | undefined>
}
