// Where a command would run, as ECS describes it: what the concierge looks at before anybody is asked.

import type { LogBucket } from '../../engine/change/plan.ts'
import type { ServiceRef } from '../../model/ecs.ts'

export type LiveSession = {
  readonly id: string
  readonly ref: ServiceRef
  readonly task: string
  readonly container: string
  readonly startedAt: string
}

export type Hindrance = { readonly what: string; readonly fix: string; readonly isOff?: true }

export type ExecContainer = {
  readonly name: string
  readonly image: string
  /** What the SSM target of the container is named by. */
  readonly runtimeId: string
  readonly status: string
  /** Not there where ECS Exec was off when the task was started. */
  readonly agent?: { readonly status: string; readonly reason?: string }
  readonly isRootReadOnly: boolean
  /** Of AWS's keys: the agent would use them in place of the task's role. */
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
  /** Fargate's: `1.4.0`. */
  readonly platform?: string
  readonly definition: string
  readonly isWindows: boolean
  readonly pidMode: string
  /** Of its network interface, where it has one of its own. */
  readonly subnet?: string
  readonly taskRole?: string
  readonly taskRoleArn?: string
  /** Whom the tag of a grant names. */
  readonly grantee?: string
  readonly containers: readonly ExecContainer[]
}

/** A log group and a bucket that the cluster itself names. */
export type LogPlace = 'group' | 'bucket'

export type ExecSite = {
  readonly clusterArn: string
  /** ARN or id of the key that sessions are encrypted with. */
  readonly key?: string
  /** What is kept of a session, in words; not there where nothing is. */
  readonly log?: string
  /** Of CloudWatch Logs, where that is it: a stream for each session, which has its id. */
  readonly logGroup?: string
  /** Of S3: an object for each session, which is named by its id. */
  readonly logBucket?: LogBucket
  /** Which of the two have to be encrypted: the agent looks, and begins no session where it cannot see that. */
  readonly sealed?: readonly LogPlace[]
  readonly tasks: readonly ExecTask[]
}
