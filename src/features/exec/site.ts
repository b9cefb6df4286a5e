// Tasks and containers as exec's readiness checks need them.

import type { LogBucket } from '../../engine/change/plan.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { GrantTag } from './grant.ts'

export type LiveSession = {
  readonly id: string
  readonly ref: ServiceRef
  readonly task: string
  readonly container: string
  readonly startedAt: string
}

export type ExecProblem = { readonly what: string; readonly fix: string; readonly isOff?: true }

export type ExecContainer = {
  readonly name: string
  readonly image: string
  /** Part of the container's SSM target id. */
  readonly runtimeId: string
  readonly status: string
  /** Absent where ECS Exec was off when the task started. */
  readonly agent?: { readonly status: string; readonly reason?: string }
  readonly isRootReadOnly: boolean
  /** Environment variables with AWS keys, which the agent would use instead of the task role. */
  readonly awsKeys: readonly string[]
}

export type ExecTask = {
  readonly id: string
  readonly arn: string
  readonly status: string
  readonly isEnabled: boolean
  readonly isConnected: boolean
  readonly startedAt: string
  /** Availability zone. */
  readonly zone?: string
  /** Fargate platform version: `1.4.0`. */
  readonly platform?: string
  readonly definition: string
  readonly isWindows: boolean
  readonly pidMode: string
  /** Subnet of its own network interface, where it has one. */
  readonly subnet?: string
  readonly taskRole?: string
  readonly taskRoleArn?: string
  /** Tags with a grant's keys, in any spelling. */
  readonly grantTags?: readonly GrantTag[]
  readonly containers: readonly ExecContainer[]
}

/** The cluster's log destinations: a log group and a bucket. */
export type LogPlace = 'group' | 'bucket'

export type ExecSite = {
  readonly clusterArn: string
  /** ARN or id of the key that sessions are encrypted with. */
  readonly key?: string
  /** Where sessions are logged, in words; absent where they are not. */
  readonly log?: string
  /** CloudWatch Logs group, with a stream for each session, named by its id. */
  readonly logGroup?: string
  /** S3 bucket, with an object for each session, named by its id. */
  readonly logBucket?: LogBucket
  /** Destinations that must be encrypted: the agent checks this, and starts no session where it cannot. */
  readonly sealed?: readonly LogPlace[]
  readonly tasks: readonly ExecTask[]
}
