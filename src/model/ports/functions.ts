// The ports to other functions: invoke one, wake a waiting one, schedule a job, read the status of an execution.

import type { DecisionJob, FollowJob, HomeJob, OperationJob, QueryJob, ScheduledJob, SettingJob } from './job.ts'

/** `at`: ISO 8601; the job runs within the following minute. Idempotent for the same job. */
export type Schedule = (job: ScheduledJob, at: string) => Promise<void>

/** RUNNING, SUCCEEDED, FAILED, TIMED_OUT or STOPPED. `arn`: the execution's ARN. */
export type ExecutionStatus = (arn: string) => Promise<string>

export type Dispatch = {
  readonly query: (job: QueryJob | HomeJob) => Promise<void>
  /** Votes and settings, on a function with reserved concurrency. */
  readonly decision: (job: DecisionJob | SettingJob) => Promise<void>
  /** Idempotent for the same id and job. */
  readonly operation: (job: OperationJob) => Promise<void>
}

/** Continues a log follow in another invocation of QUERY_FUNCTION. */
export type ContinueFollow = (job: FollowJob) => Promise<void>

/** Wakes an operation that waits for this callback. Idempotent. */
export type Wake = (callbackId: string) => Promise<void>
