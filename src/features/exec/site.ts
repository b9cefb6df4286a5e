// Tasks and containers with the fields that the readiness checks of ECS Exec need.

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
  /** The runtime id, which is part of the container's SSM target id. */
  readonly runtimeId: string
  readonly status: string
  /** The state of the exec agent; absent if ECS Exec was off when the task started. */
  readonly agent?: { readonly status: string; readonly reason?: string }
  readonly isRootReadOnly: boolean
  /** The names of environment variables with AWS keys. The agent would use these keys instead of the task role. */
  readonly awsKeys: readonly string[]
}

export type ExecTask = {
  readonly id: string
  readonly arn: string
  readonly status: string
  readonly isEnabled: boolean
  readonly isConnected: boolean
  readonly startedAt: string
  /** The Availability Zone of the task. */
  readonly zone?: string
  /** The Fargate platform version, such as `1.4.0`. */
  readonly platform?: string
  readonly definition: string
  readonly isWindows: boolean
  readonly pidMode: string
  /** The subnet of the task's own network interface, if it has one. */
  readonly subnet?: string
  readonly taskRole?: string
  readonly taskRoleArn?: string
  /** Tags with a grant's keys, in any spelling. */
  readonly grantTags?: readonly GrantTag[]
  readonly containers: readonly ExecContainer[]
}

/** A kind of log destination: a log group or a bucket. */
export type LogPlace = 'group' | 'bucket'

export type ExecSite = {
  readonly clusterArn: string
  /** The ARN or id of the KMS key that encrypts sessions. */
  readonly key?: string
  /** The destinations of the session log in words; absent if sessions are not logged. */
  readonly log?: string
  /** The CloudWatch Logs group. Each session has a stream, named by the session's id. */
  readonly logGroup?: string
  /** The S3 bucket. Each session has an object, named by the session's id. */
  readonly logBucket?: LogBucket
  /**
   * The log destinations that must be encrypted. The agent checks the encryption and refuses the session if it cannot.
   */
  readonly sealed?: readonly LogPlace[]
  readonly tasks: readonly ExecTask[]
}
