// The ports to other functions: invoke one, wake a waiting one, schedule a job, read the status of an execution.

import type { DecisionJob, FollowJob, HomeJob, OperationJob, QueryJob, ScheduledJob, SettingJob } from './job.ts'

/** `at`: ISO 8601; it runs within the minute after. The same job again finds the schedule that is there. */
export type Schedule = (job: ScheduledJob, at: string) => Promise<void>

/** RUNNING, SUCCEEDED, FAILED, TIMED_OUT or STOPPED. `arn`: of the execution. */
export type ExecutionStatus = (arn: string) => Promise<string>

export type Dispatch = {
  readonly query: (job: QueryJob | HomeJob) => Promise<void>
  /** Votes and settings: the function that always has capacity. */
  readonly decision: (job: DecisionJob | SettingJob) => Promise<void>
  /** The same id with the same job again finds the operation that is there. */
  readonly operation: (job: OperationJob) => Promise<void>
}

/** A follow goes on in another invocation of QUERY_FUNCTION. */
export type ContinueFollow = (job: FollowJob) => Promise<void>

export type Wake = (callbackId: string) => Promise<void>
